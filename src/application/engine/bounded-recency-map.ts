import { RecencyMap } from './recency-map.js'

export type BoundedRecencyMapOptions<K, V> = {
  /** Largest total weight of all values. */
  readonly weightMax: number
  readonly weightOf: (value: V) => number
  /** Called with each value that is evicted to make room for newer ones. */
  readonly onEvicted: (key: K, value: V) => void
}

/** A map with a bound on the total weight of its values. It evicts the least recently set value first. */
export class BoundedRecencyMap<K, V> {
  readonly #options: BoundedRecencyMapOptions<K, V>
  readonly #values = new RecencyMap<K, V>()
  #weight = 0

  constructor(options: BoundedRecencyMapOptions<K, V>) {
    this.#options = options
  }

  get(key: K): V | undefined {
    return this.#values.get(key)
  }

  /** Sets a value and makes its key the latest. A value that alone exceeds the bound is evicted at once. */
  set(key: K, value: V): void {
    const { weightMax, weightOf, onEvicted } = this.#options
    const before = this.#values.get(key)
    this.#weight += weightOf(value) - (before === undefined ? 0 : weightOf(before))
    this.#values.set(key, value)
    while (this.#weight > weightMax) {
      const [oldest, evicted] = this.#values.deleteOldest()
      this.#weight -= weightOf(evicted)
      onEvicted(oldest, evicted)
    }
  }

  delete(key: K): void {
    const value = this.#values.get(key)
    if (value === undefined) return
    this.#values.delete(key)
    this.#weight -= this.#options.weightOf(value)
  }
}
