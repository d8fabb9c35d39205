/** A map that can evict its least recently set key. */
export class RecencyMap<K, V> {
  readonly #values = new Map<K, V>()
  /**
   * An iterator that stays before the oldest key. A new one would step over the slots of all keys deleted
   * before it: tens of thousands in a map of 50,000 keys that are set again and again.
   */
  #oldest = this.#values.entries()

  get size(): number {
    return this.#values.size
  }

  get(key: K): V | undefined {
    return this.#values.get(key)
  }

  /** Sets a value and makes its key the latest. */
  set(key: K, value: V): void {
    this.#values.delete(key)
    this.#values.set(key, value)
  }

  delete(key: K): void {
    this.#values.delete(key)
  }

  /**
   * Deletes the least recently set key. Returns it and its value.
   *
   * @throws RangeError when the map is empty.
   */
  deleteOldest(): readonly [key: K, value: V] {
    const oldest = this.#oldest.next()
    if (oldest.done) {
      // A finished iterator stays finished even after later calls of `set`, so start a new one.
      this.#oldest = this.#values.entries()
      throw new RangeError('an empty map has no oldest key')
    }
    this.#values.delete(oldest.value[0])
    return oldest.value
  }
}
