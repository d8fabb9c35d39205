import type { Account, AccountId } from '../domain/account.js'
import type { Entry } from '../domain/entry.js'
import type { Clock } from './clock.js'
import { isUnavailable } from './errors.js'
import type { Ledger } from './ledger.js'

/** Most entries sent to the ledger at once. */
const BATCH_MAX = 500
/** Most entries waiting in memory. What finds no place is still in its account's journal, and waits there. */
const QUEUE_MAX = 50_000
/** Accounts whose progress is remembered. One that is forgotten is settled again, which changes nothing. */
const ACCOUNTS_MAX = 100_000
/** Time in which entries gather into one batch, in milliseconds: it keeps settling off the path of the decisions. */
const GATHER_MS = 10
/** Longest pause after a failure, in milliseconds. */
const BACKOFF_MS_MAX = 5_000

/** Time after which an entry that the ledger refused is offered again, in milliseconds. */
const STUCK_MS = 5_000

/**
 * How far one account has come, in `seq`. Everything up to `settled` is in the ledger; up to `queued`, on its way. While it is
 * stuck at an entry that the ledger refuses it comes no further: what stands behind that entry must not leave the journal either.
 */
type Progress = { settled: bigint; queued: bigint; stuckUntilMs?: number | undefined }

export type SettlerOptions = {
  readonly ledger: Ledger
  readonly clock: Clock
  /** Told of every failed attempt to reach the ledger; it is tried again. */
  readonly onFailure: (error: unknown) => void
  /**
   * Told of an entry that the ledger refuses, for example because something else is in its place. Its account settles nothing
   * more until that is mended: it is offered again from time to time.
   */
  readonly onDamage: (entry: Entry) => void
}

/**
 * Copies entries from the accounts' journals to the ledger, in batches, off the path of the decisions.
 *
 * It forgets everything when the process ends, and loses nothing: an entry leaves the journal only after the settler
 * has seen it in the ledger, so whoever touches the account next hands it in again.
 */
export class Settler {
  readonly #options: SettlerOptions
  readonly #progress = new Map<AccountId, Progress>()
  #queue: { readonly entry: Entry; readonly sinceMs: number }[] = []
  #running: Promise<void> | undefined
  #hurry: (() => void) | undefined
  #stopped = false

  constructor(options: SettlerOptions) {
    this.#options = options
  }

  /** Takes in what the journal holds and the ledger is not known to hold. Call it with accounts as committed. */
  add(account: Account): void {
    const progress = this.#progressOf(account.id)
    const sinceMs = this.#options.clock.monotonicMs()
    if (progress.stuckUntilMs !== undefined) {
      if (sinceMs < progress.stuckUntilMs) return
      progress.stuckUntilMs = undefined
      progress.queued = progress.settled
    }
    for (const entry of account.journal) {
      if (entry.seq <= progress.queued) continue
      if (this.#queue.length >= QUEUE_MAX) break
      this.#queue.push({ entry, sinceMs })
      progress.queued = entry.seq
    }
    this.#start()
  }

  /** Every entry of the account up to this `seq` is in the ledger; 0 when nothing is known. */
  settledThrough(id: AccountId): bigint {
    return this.#progress.get(id)?.settled ?? 0n
  }

  /** Number of entries on their way to the ledger. */
  get unsettled(): number {
    return this.#queue.length
  }

  /** Age of the oldest entry on its way to the ledger, in milliseconds; 0 when there is none. */
  get oldestUnsettledMs(): number {
    const oldest = this.#queue[0]
    return oldest ? this.#options.clock.monotonicMs() - oldest.sinceMs : 0
  }

  /** Sends what waits without further delay and ends when nothing waits any more, or the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const timeIsOver = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    }).then(() => this.#stop())
    while (this.#running && !this.#stopped) {
      this.#hurry?.()
      // The ledger may take longer than there is time: nobody waits for it then.
      await Promise.race([this.#running, timeIsOver])
    }
    clearTimeout(timer)
    this.#stopped = true
  }

  #start(): void {
    if (this.#running || this.#stopped || this.#queue.length === 0) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      this.#start()
    })
  }

  #stop(): void {
    this.#stopped = true
    this.#hurry?.()
  }

  async #run(): Promise<void> {
    let failures = 0
    await this.#pause(GATHER_MS)
    while (this.#queue.length > 0 && !this.#stopped) {
      const batch = this.#queue.slice(0, BATCH_MAX).map(({ entry }) => entry)
      try {
        const refused = await this.#append(batch)
        refused.forEach(this.#options.onDamage)
        this.#settled(batch, new Set(refused))
        failures = 0
      } catch (error) {
        failures += 1
        this.#options.onFailure(error)
        await this.#pause(Math.min(GATHER_MS * 2 ** failures, BACKOFF_MS_MAX) * (0.5 + Math.random() / 2))
      }
    }
  }

  /**
   * Appends what can be appended and returns the rest. One entry that the ledger does not take must not hold up the others:
   * the batch is halved until it stands alone.
   */
  async #append(batch: readonly Entry[]): Promise<readonly Entry[]> {
    try {
      return await this.#options.ledger.append(batch)
    } catch (error) {
      if (isUnavailable(error)) throw error
      if (batch.length === 1) {
        this.#options.onFailure(error)
        return batch
      }
      const half = Math.ceil(batch.length / 2)
      return [...(await this.#append(batch.slice(0, half))), ...(await this.#append(batch.slice(half)))]
    }
  }

  #settled(batch: readonly Entry[], refused: ReadonlySet<Entry>): void {
    this.#queue = this.#queue.slice(batch.length)
    for (const entry of batch) {
      const progress = this.#progress.get(entry.accountId)
      if (!progress) continue
      if (refused.has(entry)) progress.stuckUntilMs = this.#options.clock.monotonicMs() + STUCK_MS
      if (progress.stuckUntilMs === undefined && entry.seq > progress.settled) progress.settled = entry.seq
    }
  }

  #progressOf(id: AccountId): Progress {
    const known = this.#progress.get(id)
    if (known) {
      // Moved to the end of the map, so that the account longest untouched is the first to be forgotten.
      this.#progress.delete(id)
      this.#progress.set(id, known)
      return known
    }
    const progress: Progress = { settled: 0n, queued: 0n }
    this.#progress.set(id, progress)
    const oldest = this.#progress.size > ACCOUNTS_MAX ? this.#progress.keys().next().value : undefined
    if (oldest !== undefined) this.#progress.delete(oldest)
    return progress
  }

  /** Waits, but not when `drain` is in a hurry. */
  async #pause(durationMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#hurry = undefined
  }
}
