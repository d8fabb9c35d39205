import type { AnsweredEntry } from '../domain/entry.js'

/** The latest decisions of the process, up to a number of them. */
export class RecentDecisions {
  readonly #countMax: number
  readonly #ring: AnsweredEntry[] = []
  /** Place of the oldest decision, which the next one replaces once the ring is full. */
  #next = 0

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  add(decided: AnsweredEntry): void {
    this.#ring[this.#next] = decided
    this.#next = (this.#next + 1) % this.#countMax
  }

  /** Lists the decisions, newest first. */
  list(): readonly AnsweredEntry[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)].reverse()
  }
}
