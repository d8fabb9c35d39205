/** Keeps how long nobody at all got an answer, from the first answer on. All times are in milliseconds. */
export class Silence {
  readonly #watches = new Set<{ longestMs: number }>()
  #lastAnswerAtMs = Number.NaN
  #longestMs = 0

  /** Somebody got an answer. */
  heard(): void {
    const silentMs = this.#silentMs
    this.#longestMs = Math.max(this.#longestMs, silentMs)
    for (const watch of this.#watches) watch.longestMs = Math.max(watch.longestMs, silentMs)
    this.#lastAnswerAtMs = performance.now()
  }

  /** The longest time between two answers. */
  get longestMs(): number {
    return this.#longestMs
  }

  /** Watches from now on. What it returns ends that, and says the longest time without an answer of which a part lay in between. */
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
