/** A map that knows which of its keys was set longest ago. */
export class RecencyMap<K, V> {
  readonly #values = new Map<K, V>()
  /**
   * Stands before the oldest key, and stays there: a new iterator goes past the places of all that was deleted before it, which are tens of
   * thousands in a map of 50,000 that are set again and again.
   */
  #oldest = this.#values.entries()

  get size(): number {
    return this.#values.size
  }

  get(key: K): V | undefined {
    return this.#values.get(key)
  }

  /** Its key is the latest now. */
  set(key: K, value: V): void {
    this.#values.delete(key)
    this.#values.set(key, value)
  }

  delete(key: K): void {
    this.#values.delete(key)
  }

  /** Deletes the key that was set longest ago. Returns it and its value. Throws when there is none. */
  deleteOldest(): readonly [key: K, value: V] {
    const oldest = this.#oldest.next()
    if (oldest.done) {
      // An iterator that has come to its end stays there, whatever is set afterwards.
      this.#oldest = this.#values.entries()
      throw new RangeError('an empty map has no oldest key')
    }
    this.#values.delete(oldest.value[0])
    return oldest.value
  }
}
