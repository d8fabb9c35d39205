/**
 * A read that concurrent callers share, at most one at a time.
 *
 * A caller never gets a read that began before its call, so it sees every change acknowledged by then.
 * Callers that come during a read share the next one.
 */
export class SharedReads<T> {
  readonly #read: () => Promise<T>
  /** The read that has begun. It never rejects. */
  #current: Promise<unknown> | undefined
  /** The read that begins after it. */
  #next: Promise<T> | undefined

  constructor(read: () => Promise<T>) {
    this.#read = read
  }

  /** Rejects as the read does, for all callers that share it. */
  read(): Promise<T> {
    if (!this.#current) return this.#begin()
    this.#next ??= this.#current.then(() => {
      this.#next = undefined
      return this.#begin()
    })
    return this.#next
  }

  #begin(): Promise<T> {
    const read = this.#read()
    const current = read.then(
      () => {},
      () => {},
    )
    this.#current = current
    void current.then(() => {
      if (this.#current === current) this.#current = undefined
    })
    return read
  }
}
