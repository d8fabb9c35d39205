import type { Attack } from '../attack.js'
import { compression } from './compression.js'
import { floods } from './floods.js'
import { frames } from './frames.js'
import { headers } from './headers.js'
import { lingering } from './lingering.js'
import { catalogMessages, messages } from './messages.js'
import { streamedMessages } from './streamed-messages.js'

/** Every attack, by its name. */
export const attacks = {
  messages,
  catalogMessages,
  streamedMessages,
  frames,
  headers,
  compression,
  ...floods,
  ...lingering,
} as const satisfies Readonly<Record<string, Attack>>

export type AttackName = keyof typeof attacks

export function isAttack(name: string): name is AttackName {
  return Object.hasOwn(attacks, name)
}
