/** Ends that are remembered, in milliseconds. */
const MEMORY_MS = 60_000
/** Most ends within that time; one more is too many. */
const ENDS_MAX = 5
/** Pause after the first end, in milliseconds; it doubles with each one more. */
const PAUSE_MS = 100

/** When a worker that ends unasked is replaced: sooner or later, or, when it keeps ending, not at all. */
export class RestartPolicy {
  #endsMs: readonly number[] = []

  /**
   * It has ended now, on a monotonic clock in milliseconds. Returns how long to wait before it is replaced, 100 ms to 1.6 s;
   * undefined after the sixth end within a minute: another would not do better.
   */
  pauseAfterEnd(nowMs: number): number | undefined {
    this.#endsMs = [...this.#endsMs.filter((endMs) => nowMs - endMs < MEMORY_MS), nowMs]
    if (this.#endsMs.length > ENDS_MAX) return undefined
    return PAUSE_MS * 2 ** (this.#endsMs.length - 1)
  }
}
