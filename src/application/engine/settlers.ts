import { Settler, type SettlerOptions } from './settler.js'

/** The interface that a {@link Settler} and a set of them share. */
export type Settling = Pick<Settler, 'unsettled' | 'withheld' | 'oldestUnsettledMs' | 'drain'>

/**
 * One {@link Settler} for each part of the store, each with its own queue. An unavailable part does not keep
 * entries of other parts waiting in their journals. The bounds on a queue and on the accounts kept in memory
 * apply to each.
 *
 * While an account moves between parts, both may post its entries, which is as safe as two processes. The
 * first one counts the account's backlog until the process ends.
 */
export class Settlers implements Settling {
  readonly #options: SettlerOptions
  readonly #settlers = new Map<string, Settler>()
  #isDrained = false

  constructor(options: SettlerOptions) {
    this.#options = options
  }

  /** Returns the {@link Settler} of one part of the store, by the name that `HomeOf` returns. */
  of(home: string): Settler {
    const known = this.#settlers.get(home)
    if (known) return known
    const settler = new Settler(this.#options)
    // A part first used after the drain posts nothing.
    if (this.#isDrained) void settler.drain(0)
    this.#settlers.set(home, settler)
    return settler
  }

  /**
   * Starts over as after a restart. Unposted entries remain in the journals of their accounts, if the books
   * have them.
   */
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

  /** See {@link Settler.drain}. Drains all parts at once, within the same timeout. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDrained = true
    await Promise.all(this.#all.map((settler) => settler.drain(timeoutMs)))
  }

  get #all(): readonly Settler[] {
    return [...this.#settlers.values()]
  }
}
