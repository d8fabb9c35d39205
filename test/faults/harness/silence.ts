/** Measures the time without any answer, starting at the first answer. All times are in milliseconds. */
export class Silence {
  readonly #watches = new Set<{ longestMs: number }>()
  #firstAnswerAtMs: number | undefined
  #lastAnswerAtMs = Number.NaN
  #longestMs = 0

  /** Called for each answer. */
  heard(): void {
    const silentMs = this.#silentMs
    this.#longestMs = Math.max(this.#longestMs, silentMs)
    for (const watch of this.#watches) watch.longestMs = Math.max(watch.longestMs, silentMs)
    this.#lastAnswerAtMs = performance.now()
    this.#firstAnswerAtMs ??= this.#lastAnswerAtMs
  }

  /** Time of the monotonic clock; undefined before the first answer. */
  get firstAnswerAtMs(): number | undefined {
    return this.#firstAnswerAtMs
  }

  /** The longest time between two answers. */
  get longestMs(): number {
    return this.#longestMs
  }

  /** Starts a watch. The returned function ends it and returns its longest time without an answer. */
  watch(): () => number {
    const watch = { longestMs: 0 }
    this.#watches.add(watch)
    return () => {
      this.#watches.delete(watch)
      return Math.max(watch.longestMs, this.#silentMs)
    }
  }

  get #silentMs(): number {
    return Number.isNaN(this.#lastAnswerAtMs) ? 0 : performance.now() - this.#lastAnswerAtMs
  }
}
