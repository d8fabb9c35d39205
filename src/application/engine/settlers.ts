import { Settler, type SettlerOptions } from './settler.js'

/** What one settler, and several together, are asked but for the engines. */
export type Settling = Pick<Settler, 'unsettled' | 'withheld' | 'oldestUnsettledMs' | 'drain'>

/**
 * A settler for each part of the store, with a queue of its own: while one part is away, nothing on its way there keeps entries of the
 * others waiting in their journals. What bounds a settler, its queue and the accounts that it remembers, holds for each.
 *
 * An account that moves from one part to another is settled by both for a moment, which is as right as two processes are. What the
 * first had withheld of it is counted there until the process ends.
 */
export class Settlers implements Settling {
  readonly #options: SettlerOptions
  readonly #settlers = new Map<string, Settler>()
  #isDrained = false

  constructor(options: SettlerOptions) {
    this.#options = options
  }

  /** The settler of one part of the store, by the name that `HomeOf` gives it. */
  of(home: string): Settler {
    const known = this.#settlers.get(home)
    if (known) return known
    const settler = new Settler(this.#options)
    // Who comes after the end settles nothing.
    if (this.#isDrained) void settler.drain(0)
    this.#settlers.set(home, settler)
    return settler
  }

  /** Settles from now on as after a restart: what waits is still in the journals of its accounts, if they have it. */
  forget(): void {
    for (const settler of this.#all) void settler.drain(0)
    this.#settlers.clear()
  }

  /** See {@link Settler.unsettled}. */
  get unsettled(): number {
    return this.#all.reduce((sum, { unsettled }) => sum + unsettled, 0)
  }

  /** See {@link Settler.withheld}. */
  get withheld(): number {
    return this.#all.reduce((sum, { withheld }) => sum + withheld, 0)
  }

  /** See {@link Settler.oldestUnsettledMs}. */
  get oldestUnsettledMs(): number {
    return Math.max(0, ...this.#all.map(({ oldestUnsettledMs }) => oldestUnsettledMs))
  }

  /** See {@link Settler.drain}: all at once, in the same time. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDrained = true
    await Promise.all(this.#all.map((settler) => settler.drain(timeoutMs)))
  }

  get #all(): readonly Settler[] {
    return [...this.#settlers.values()]
  }
}
