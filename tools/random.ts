/** Pseudo-random numbers, repeatable by their seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number from 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** A whole number from `min` to `max`. */
  between({ min, max }: { readonly min: number; readonly max: number }): number {
    return min + this.below(max - min + 1)
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A random item. Throws RangeError when there is none. */
  pick<T>(items: readonly T[]): T {
    const index = this.below(items.length)
    if (index >= items.length) throw new RangeError('there is nothing to pick from')
    // Within the list, as checked above.
    return items[index] as T
  }

  /** The items in random order. */
  shuffled<T>(items: readonly T[]): T[] {
    const places = items.map((item) => ({ item, place: this.next() }))
    return places.sort((a, b) => a.place - b.place).map(({ item }) => item)
  }

  /** A separate generator, so that several users do not disturb each other's numbers. */
  fork(): Random {
    return new Random(this.below(2 ** 32))
  }
}
