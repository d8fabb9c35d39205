import { LedgerPoster, type LedgerPosterOptions } from './ledger-poster.js'

/** The interface that a {@link LedgerPoster} and a set of them share. */
export type Posting = Pick<LedgerPoster, 'unposted' | 'backlog' | 'oldestUnpostedMs' | 'drain'>

/**
 * One {@link LedgerPoster} for each part of the store, each with its own queue. An unavailable part does not
 * keep entries of other parts waiting in their journals. The bounds on a queue and on the accounts kept in
 * memory apply to each.
 *
 * While an account moves between parts, both may post its entries, which is as safe as two processes. The
 * first one counts the account's backlog until the process ends.
 */
export class LedgerPosters implements Posting {
  readonly #options: LedgerPosterOptions
  readonly #posters = new Map<string, LedgerPoster>()
  #isDrained = false

  constructor(options: LedgerPosterOptions) {
    this.#options = options
  }

  /** Returns the {@link LedgerPoster} of one part of the store, by the name that `ShardOf` returns. */
  of(shard: string): LedgerPoster {
    const known = this.#posters.get(shard)
    if (known) return known
    const poster = new LedgerPoster(this.#options)
    // A part first used after the drain posts nothing.
    if (this.#isDrained) void poster.drain(0)
    this.#posters.set(shard, poster)
    return poster
  }

  /**
   * Starts over as after a restart. Unposted entries remain in the journals of their accounts, if the books
   * have them.
   */
  forget(): void {
    for (const poster of this.#all) void poster.drain(0)
    this.#posters.clear()
  }

  /** See {@link LedgerPoster.unposted}. */
  get unposted(): number {
    return this.#all.reduce((sum, { unposted }) => sum + unposted, 0)
  }

  /** See {@link LedgerPoster.backlog}. */
  get backlog(): number {
    return this.#all.reduce((sum, { backlog }) => sum + backlog, 0)
  }

  /** See {@link LedgerPoster.oldestUnpostedMs}. */
  get oldestUnpostedMs(): number {
    return Math.max(0, ...this.#all.map(({ oldestUnpostedMs }) => oldestUnpostedMs))
  }

  /** See {@link LedgerPoster.drain}. Drains all parts at once, within the same timeout. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDrained = true
    await Promise.all(this.#all.map((poster) => poster.drain(timeoutMs)))
  }

  get #all(): readonly LedgerPoster[] {
    return [...this.#posters.values()]
  }
}
