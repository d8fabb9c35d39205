/** Random numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 up to, but not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  /** One of a list that is not empty. */
  pick<T>(from: readonly T[]): T {
    const index = this.below(from.length)
    if (index >= from.length) throw new RangeError('there is nothing to pick from')
    // Within the list, as was just seen.
    return from[index] as T
  }
}
