/** A first-in, first-out queue. Taking from either end costs the same at any length. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  /** Index of the oldest item. */
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  get oldest(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the oldest item; undefined when the queue is empty. */
  shift(): T | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head += 1
    // Copy the rest only when it is the smaller half.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Takes the newest item; undefined when the queue is empty. */
  pop(): T | undefined {
    return this.size === 0 ? undefined : this.#items.pop()
  }

  /** Lists the items, oldest first. */
  *[Symbol.iterator](): Generator<T> {
    for (let place = this.#head; place < this.#items.length; place++) {
      const item = this.#items[place]
      if (item !== undefined) yield item
    }
  }
}
