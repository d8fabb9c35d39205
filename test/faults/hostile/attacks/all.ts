import type { Attack } from '../attack.js'
import { floods } from './floods.js'
import { frames } from './frames.js'
import { lingering } from './lingering.js'
import { malformedCalls } from './malformed-calls.js'
import { catalogMessages, messages, streamedMessages } from './messages.js'

/** Every attack, in the order of the campaign. */
export const attacks = {
  messages,
  streamedMessages,
  frames,
  ...malformedCalls,
  ...floods,
  ...lingering,
  catalogMessages,
} as const satisfies Readonly<Record<string, Attack>>

export type AttackName = keyof typeof attacks

export const attackNames = Object.keys(attacks) as readonly AttackName[]

export function isAttack(name: string): name is AttackName {
  return Object.hasOwn(attacks, name)
}

/** The seed of one attack of a campaign: each attack has different cases. */
export function seedOf(attack: AttackName, campaignSeed: number): number {
  return campaignSeed + attackNames.indexOf(attack)
}
