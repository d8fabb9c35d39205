/** What happened in simulated histories, so that one sees that it did. */
export class Coverage {
  readonly #counts: Record<string, number> = {}

  count(what: string, times = 1): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + times
  }

  of(what: string): number {
    return this.#counts[what] ?? 0
  }

  add(other: Coverage): void {
    for (const [what, times] of other.all) this.count(what, times)
  }

  /** Everything counted, by name. */
  get all(): readonly (readonly [what: string, times: number])[] {
    return Object.entries(this.#counts).sort(([a], [b]) => (a < b ? -1 : 1))
  }
}
