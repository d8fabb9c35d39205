import type { Context } from 'mocha'

export type SeededRandom = {
  /** A whole number from `min` to `max`, both included. */
  readonly integer: (min: number, max: number) => number
  readonly pick: <T>(from: readonly T[]) => T
}

/**
 * Repeatable random numbers. The seed is TEST_SEED or random, and is part of the suite's title, where a
 * failure shows it.
 */
export function seededRandom({ test }: Context): SeededRandom {
  const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  if (test?.parent) test.parent.title += ` (TEST_SEED=${seed})`
  const next = mulberry32(seed)
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    integer,
    pick: (from) => {
      const index = integer(0, from.length - 1)
      if (index >= from.length) throw new RangeError('there is nothing to pick from')
      // Within the list, as checked above.
      return from[index] as (typeof from)[number]
    },
  }
}

/** A small generator of numbers from 0 up to 1 (mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
