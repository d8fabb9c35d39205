import type { Entry } from '../../src/domain/entry.js'

/** Events in simulated histories, counted to show that they occurred. */
export class Coverage {
  readonly #counts = new Map<string, number>()

  count(what: string, times = 1): void {
    this.#counts.set(what, this.of(what) + times)
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0
  }

  add(counts: Iterable<readonly [what: string, times: number]>): void {
    for (const [what, times] of counts) this.count(what, times)
  }

  /** All counts, in the order of their first occurrence. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }
}

/** The count of purchases with steps of these kinds, one directly after the other. */
export function orderText(first: Entry['kind'], second: Entry['kind']): string {
  return `order: ${first}, ${second}`
}
