import type { Account } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import type { Entry } from '../../domain/entry.js'
import type { Clock } from '../clock.js'
import { isUnavailable } from '../errors.js'
import type { Ledger } from '../ledger.js'
import { LeastRecentlySetMap } from './least-recently-set-map.js'
import { PostingBacklog } from './posting-backlog.js'
import { systemTimers, type Timers } from './timers.js'

/** Most entries in one batch to the ledger. */
const BATCH_MAX = 500
/** Most entries queued in memory. Any others stay in their account's journal, and wait there. */
const QUEUE_MAX = 50_000
/**
 * Most accounts whose progress is kept in memory. The entries of an evicted account are posted again, which
 * changes nothing.
 */
const ACCOUNTS_MAX = 100_000
/** Number of queued entries at which a batch is sent without further delay. */
const GATHERED_MIN = 64
/** Shortest and longest pause after a failure, in milliseconds. */
const BACKOFF_MS_MIN = 20
const BACKOFF_MS_MAX = 5_000

/** Time after which an entry rejected by the ledger is offered again, in milliseconds. */
const STUCK_MS = 5_000

/**
 * Posting progress of one account, by `seq`. Everything up to `posted` is in the ledger; everything up to
 * `queued` has been queued. An entry that the ledger rejects stops `posted`, because later entries must not
 * leave the journal either.
 */
type Progress = { posted: bigint; queued: bigint; stuckUntilMs?: number | undefined }

/** A queued entry, and when it was queued. */
type Queued = { readonly entry: Entry; readonly sinceMs: number; readonly isFound: boolean }

export type LedgerPosterOptions = {
  readonly ledger: Ledger
  readonly clock: Clock
  /**
   * Longest time for which entries are collected into a batch, in milliseconds. A batch costs the database
   * about the same at any size, and commits wait for it meanwhile, so small batches are a waste.
   */
  readonly gatherMsMax: number
  /** Default: the system's timers. A simulation passes its own. */
  readonly timers?: Timers
  /**
   * Returns a number from 0 up to, but not including, 1. Default: Math.random. A simulation passes its own.
   */
  readonly random?: () => number
  /** Called after each failed attempt to reach the ledger. The attempt is repeated. */
  readonly onFailure: (error: unknown) => void
  /**
   * Called for an entry that the ledger rejects, for example because something else is in its place. No later
   * entry of its account counts as posted until the data is repaired. The entry is offered again from time to
   * time.
   */
  readonly onDiscrepancy: (entry: Entry) => void
}

/**
 * Posts entries from the accounts' journals to the ledger, in batches, after the decisions were answered.
 *
 * Its memory is lost when the process ends, but no entry is: an entry leaves the journal only after this
 * class has seen it in the ledger. The next request on an account queues the remaining entries again.
 */
export class LedgerPoster {
  readonly #options: LedgerPosterOptions
  readonly #timers: Timers
  readonly #random: () => number
  readonly #progress = new LeastRecentlySetMap<AccountId, Progress>()
  readonly #backlog = new PostingBacklog()
  #queue: Queued[] = []
  #running: Promise<void> | undefined
  #hurry: (() => void) | undefined
  #isGathering = false
  #draining = false
  #stopped = false

  constructor(options: LedgerPosterOptions) {
    this.#options = options
    this.#timers = options.timers ?? systemTimers
    this.#random = options.random ?? Math.random
  }

  /**
   * Queues the journal's entries that are not known to be in the ledger. Call it with committed accounts.
   *
   * Entries up to `foundThrough` were in the journal before the latest commit. The process that committed
   * them has most probably posted them, so the ledger is asked for them first.
   */
  add(account: Account, { foundThrough = 0n }: { readonly foundThrough?: bigint } = {}): void {
    const progress = this.#progressOf(account.id)
    const nowMs = this.#options.clock.monotonicMs()
    const isStuck = progress.stuckUntilMs !== undefined && nowMs < progress.stuckUntilMs
    if (!isStuck) this.#takeIn(account, progress, { foundThrough, nowMs })
    this.#backlog.waits(account, { takenSeq: progress.queued, nowMs })
    this.#start()
    if (this.#isGathering && this.#hasGathered()) this.#hurry?.()
  }

  /** Returns the `seq` up to which the ledger has all entries of the account; 0 when unknown. */
  postedThrough(id: AccountId): bigint {
    return this.#progress.get(id)?.posted ?? 0n
  }

  /**
   * Number of entries not known to be in the ledger: queued, rejected, behind a rejected entry, or without
   * room in the queue. Backlogged entries count until a later request has posted their account's journal, or
   * the account is evicted.
   */
  get unposted(): number {
    return this.#queue.length + this.#backlog.entries
  }

  /** Number of those entries that are not queued: rejected, behind a rejected entry, or without room. */
  get backlog(): number {
    return this.#backlog.entries
  }

  /** Age of the oldest such entry since it was first seen, in milliseconds; 0 when there is none. */
  get oldestUnpostedMs(): number {
    const queuedMs = this.#queue[0]?.sinceMs ?? Number.POSITIVE_INFINITY
    const oldestMs = Math.min(queuedMs, this.#backlog.oldestSinceMs)
    return Number.isFinite(oldestMs) ? this.#options.clock.monotonicMs() - oldestMs : 0
  }

  /** Posts all queued entries without delay. Resolves when the queue is empty or the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true
    let callOff = () => {}
    const timeIsOver = new Promise<void>((resolve) => {
      callOff = this.#timers.after(timeoutMs, resolve)
    }).then(() => this.#stop())
    while (this.#running && !this.#stopped) {
      this.#hurry?.()
      // The ledger may need longer than the timeout. Do not wait for it then.
      await Promise.race([this.#running, timeIsOver])
    }
    callOff()
    this.#stopped = true
  }

  #takeIn(
    account: Account,
    progress: Progress,
    { foundThrough, nowMs }: { readonly foundThrough: bigint; readonly nowMs: number },
  ): void {
    if (progress.stuckUntilMs !== undefined) {
      progress.stuckUntilMs = undefined
      progress.queued = progress.posted
      this.#backlog.offerAgain(account.id)
    }
    // Entries that have left the journal were in the ledger before.
    const leftThrough = account.version - BigInt(account.journal.length)
    if (leftThrough > progress.posted) this.#postedThrough(account.id, progress, leftThrough)
    for (const entry of account.journal) {
      if (entry.seq <= progress.queued) continue
      if (this.#queue.length >= QUEUE_MAX) break
      this.#queue.push({ entry, sinceMs: nowMs, isFound: entry.seq <= foundThrough })
      progress.queued = entry.seq
    }
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
    while (this.#queue.length > 0 && !this.#stopped) {
      if (failures === 0) await this.#gather()
      const batch = this.#queue.slice(0, BATCH_MAX)
      try {
        const rejected = await this.#append(await this.#notPosted(batch))
        rejected.forEach(this.#options.onDiscrepancy)
        this.#posted(batch, new Set(rejected))
        failures = 0
      } catch (error) {
        failures += 1
        this.#options.onFailure(error)
        await this.#pause(
          Math.min(BACKOFF_MS_MIN * 2 ** (failures - 1), BACKOFF_MS_MAX) * (0.5 + this.#random() / 2),
        )
      }
    }
  }

  async #gather(): Promise<void> {
    this.#isGathering = true
    // Even a full batch waits for a later turn of the event loop, after the callers' answers.
    await this.#pause(this.#hasGathered() ? 0 : this.#options.gatherMsMax)
    this.#isGathering = false
  }

  #hasGathered(): boolean {
    return this.#draining || this.#queue.length >= GATHERED_MIN
  }

  /**
   * Returns the entries of the batch to append: all except those found in a journal that are already in the
   * ledger.
   */
  async #notPosted(batch: readonly Queued[]): Promise<readonly Entry[]> {
    const found = batch.filter(({ isFound }) => isFound).map(({ entry }) => entry)
    if (found.length === 0) return batch.map(({ entry }) => entry)
    const missing = new Set(await this.#options.ledger.missing(found))
    return batch.flatMap(({ entry, isFound }) => (isFound && !missing.has(entry) ? [] : [entry]))
  }

  /**
   * Appends the entries and returns the rejected ones. Halves a failing batch, so that one bad entry does not
   * hold up the others.
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

  #posted(batch: readonly Queued[], rejected: ReadonlySet<Entry>): void {
    this.#queue = this.#queue.slice(batch.length)
    for (const { entry, sinceMs } of batch) {
      const progress = this.#progress.get(entry.accountId)
      if (!progress) continue
      if (rejected.has(entry)) {
        progress.stuckUntilMs = this.#options.clock.monotonicMs() + STUCK_MS
        this.#backlog.reject(entry, sinceMs)
        continue
      }
      // A later entry may be posted before a rejected one. It counts only once all entries before it are in
      // the ledger.
      if (entry.seq === progress.posted + 1n) this.#postedThrough(entry.accountId, progress, entry.seq)
    }
  }

  #postedThrough(id: AccountId, progress: Progress, seq: bigint): void {
    progress.posted = seq
    this.#backlog.posted(id, seq)
  }

  #progressOf(id: AccountId): Progress {
    const progress = this.#progress.get(id) ?? { posted: 0n, queued: 0n }
    this.#progress.set(id, progress)
    if (this.#progress.size > ACCOUNTS_MAX) {
      const [forgotten] = this.#progress.evict()
      this.#backlog.forget(forgotten)
    }
    return progress
  }

  /** Waits for the duration, or until `drain` or a full batch ends the wait. */
  async #pause(durationMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const callOff = this.#timers.after(durationMs, resolve)
      this.#hurry = () => {
        callOff()
        resolve()
      }
    })
  }
}
