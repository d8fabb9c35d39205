import type { AccountHistory } from '../domain/account.js'
import type { AccountId } from '../domain/account-status.js'
import { timeBudget } from './budget.js'
import type { Clock } from './clock.js'
import type { BackgroundTurns } from './engine/background-turns.js'
import type { Executor } from './engine/engine.js'
import { systemTimers, type Timers } from './engine/timers.js'
import { UndecidedError } from './errors.js'
import { Places } from './places.js'

/** Pause between two sweeps, in milliseconds. */
const PAUSE_MS = 10_000
/** Most accounts in one page. */
const PAGE_MAX = 500
/** Most accounts in the engine at once. */
const ACCOUNTS_MAX = 32
/** Longest time for one account, in milliseconds. The next sweep finds it again. */
const ACCOUNT_MS_MAX = 10_000

/** A source of accounts with due holds. */
export interface DueAccounts {
  /**
   * Returns accounts with a hold due at the given time, the longest overdue first, then by id.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  page(query: DueAccountsQuery): Promise<readonly DueAccount[]>
}

export type DueAccountsQuery = {
  readonly dueAt: Date
  /** Only accounts after this one. */
  readonly after?: DueAccount
  readonly limit: number
}

export type DueAccount = {
  readonly id: AccountId
  /** The time when its first hold was due. */
  readonly dueSince: Date
}

export type HoldSweeperOptions = {
  readonly dueAccounts: DueAccounts
  readonly engine: Executor
  readonly clock: Clock
  /** Turns of the reads, after the waiting purchases. */
  readonly turns: BackgroundTurns
  /** Default: the system's timers. */
  readonly timers?: Timers
  /** Called when the due accounts could not be read, and for each account whose holds could not expire. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Expires due holds that no decision has expired: on accounts without traffic.
 *
 * A sweep visits each account with a due hold once. It sends the engine a request that decides nothing: the
 * engine ends due holds before any decision. Its lane comes last. Processes that sweep at the same time make
 * the same entries, so only one of them commits each.
 */
export class HoldSweeper {
  readonly #options: HoldSweeperOptions
  readonly #places = new Places(ACCOUNTS_MAX, PAGE_MAX)
  #isStopped = false
  #cancelPause = () => {}
  #overdueSince: Date | undefined

  constructor(options: HoldSweeperOptions) {
    this.#options = options
  }

  /** Age of the oldest hold that is known to be overdue, in milliseconds; 0 when none is. */
  get oldestOverdueMs(): number {
    if (this.#overdueSince === undefined) return 0
    return Math.max(this.#options.clock.now().getTime() - this.#overdueSince.getTime(), 0)
  }

  /** Sweeps now, and again after each pause. */
  start(): void {
    void this.#run()
  }

  /** Ends the sweeps. Requests in the engine end by themselves. */
  stop(): void {
    this.#isStopped = true
    this.#cancelPause()
  }

  /** Visits every account with a hold that is due now. Never rejects. */
  async sweep(): Promise<void> {
    try {
      await this.#sweep()
    } catch (error) {
      this.#failed(error)
    }
  }

  async #run(): Promise<void> {
    await this.sweep()
    if (this.#isStopped) return
    this.#cancelPause = (this.#options.timers ?? systemTimers).after(PAUSE_MS, () => void this.#run())
  }

  async #sweep(): Promise<void> {
    const { dueAccounts, clock, turns } = this.#options
    const dueAt = clock.now()
    let page = await dueAccounts.page({ dueAt, limit: PAGE_MAX })
    this.#overdueSince = page[0]?.dueSince
    let stillDue: DueAccount | undefined
    while (page.length > 0 && !this.#isStopped) {
      const expired = await Promise.all(page.map((account) => this.#places.run(() => this.#expire(account))))
      stillDue ??= page.find((_, index) => !expired[index])
      const after = page.at(-1)
      if (page.length < PAGE_MAX || !after) break
      await turns.turn()
      page = await dueAccounts.page({ dueAt, limit: PAGE_MAX, after })
    }
    this.#overdueSince = stillDue?.dueSince
  }

  /** Lets the engine expire the due holds of an account. Returns whether it has. */
  async #expire({ id: accountId, dueSince }: DueAccount): Promise<boolean> {
    if (this.#isStopped) return false
    // The engine has ended the due holds before it calls this, unless the journal was full.
    const decide = ({ account }: AccountHistory) => ({
      type: 'REJECTED' as const,
      rejection: account.holds.some(({ expiresAt }) => expiresAt <= dueSince) ? 'STILL_DUE' : 'NONE_DUE',
    })
    const request = { accountId, lane: 'EXPIRY', transactionIds: [], decide } as const
    try {
      const { rejection } = await this.#options.engine.execute(
        request,
        timeBudget(ACCOUNT_MS_MAX, this.#options.clock),
      )
      return rejection === 'NONE_DUE'
    } catch (error) {
      // Too much other work is no failure: it comes first.
      if (error instanceof UndecidedError && error.indecision !== 'UNAVAILABLE') return false
      this.#failed(
        error instanceof UndecidedError
          ? error
          : new Error(`account ${accountId}: ${error}`, { cause: error }),
      )
      return false
    }
  }

  #failed(error: unknown): void {
    if (!this.#isStopped) this.#options.onFailure(error)
  }
}
