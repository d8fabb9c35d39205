import type { Random } from '../../../tools/random.js'

/** Most changes to one message. */
const CHANGES_MAX = 4
/**
 * Bytes with a special meaning in the wrong place: ends of numbers, lengths that are too large, invalid wire
 * types.
 */
const bytes = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0b, 0x0c, 0x0f, 0x12, 0x08] as const

type Change = (bytes: Buffer, random: Random) => Buffer

const changes: readonly [Change, ...Change[]] = [
  function flipBit(message, random) {
    const at = random.below(message.length)
    return withByte(message, at, (message[at] ?? 0) ^ (1 << random.below(8)))
  },
  function setByte(message, random) {
    return withByte(message, random.below(message.length), random.pick(bytes))
  },
  function cutOff(message, random) {
    return message.subarray(0, random.below(message.length))
  },
  function leaveOut(message, random) {
    const { start, end } = slice(message, random)
    return Buffer.concat([message.subarray(0, start), message.subarray(end)])
  },
  function repeat(message, random) {
    const { start, end } = slice(message, random)
    return Buffer.concat([message.subarray(0, end), message.subarray(start)])
  },
  function insert(message, random) {
    const at = random.below(message.length)
    const noise = Buffer.from(Array.from({ length: 1 + random.below(12) }, () => random.below(256)))
    return Buffer.concat([message.subarray(0, at), noise, message.subarray(at)])
  },
]

/** The same message with a few changes that keep most of its structure. */
export function mutated(message: Buffer, random: Random): Buffer {
  let changed = message
  for (let change = 0; change <= random.below(CHANGES_MAX); change++) {
    if (changed.length > 0) changed = random.pick(changes)(changed, random)
  }
  return changed
}

function withByte(message: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(message)
  changed[at] = value
  return changed
}

function slice(message: Buffer, random: Random): { readonly start: number; readonly end: number } {
  const start = random.below(message.length)
  return { start, end: Math.min(message.length, start + 1 + random.below(16)) }
}
