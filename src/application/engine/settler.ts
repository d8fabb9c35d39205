import type { Account, AccountId } from '../../domain/account.js'
import type { Entry } from '../../domain/entry.js'
import type { Clock } from '../clock.js'
import { isUnavailable } from '../errors.js'
import type { Ledger } from '../ledger.js'
import { type Pauses, systemPauses } from './pauses.js'
import { RecencyMap } from './recency-map.js'
import { Withheld } from './withheld.js'

/** Most entries sent to the ledger at once. */
const BATCH_MAX = 500
/** Most entries waiting in memory. What finds no place is still in its account's journal, and waits there. */
const QUEUE_MAX = 50_000
/** Accounts whose progress is remembered. One that is forgotten is settled again, which changes nothing. */
const ACCOUNTS_MAX = 100_000
/** Entries that are sent without waiting for more. */
const GATHERED_MIN = 64
/** Shortest and longest pause after a failure, in milliseconds. */
const BACKOFF_MS_MIN = 20
const BACKOFF_MS_MAX = 5_000

/** Time after which an entry that the ledger refused is offered again, in milliseconds. */
const STUCK_MS = 5_000

/**
 * How far one account has come, in `seq`. Everything up to `settled` is in the ledger; everything up to `queued` was taken in. At an
 * entry that the ledger refuses it comes no further: what stands behind that entry must not leave the journal either.
 */
type Progress = { settled: bigint; queued: bigint; stuckUntilMs?: number | undefined }

/** An entry on its way, and when it was taken in. */
type Queued = { readonly entry: Entry; readonly sinceMs: number; readonly isFound: boolean }

export type SettlerOptions = {
  readonly ledger: Ledger
  readonly clock: Clock
  /**
   * Longest time that entries gather, in milliseconds. A batch costs the database about the same whatever its size, and the commits that
   * come meanwhile wait for it: it had better be worth it.
   */
  readonly gatherMsMax: number
  /** The system's, unless a simulation has its own. */
  readonly pauses?: Pauses
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
  readonly #pauses: Pauses
  readonly #progress = new RecencyMap<AccountId, Progress>()
  readonly #withheld = new Withheld()
  #queue: Queued[] = []
  #running: Promise<void> | undefined
  #hurry: (() => void) | undefined
  #isGathering = false
  #draining = false
  #stopped = false

  constructor(options: SettlerOptions) {
    this.#options = options
    this.#pauses = options.pauses ?? systemPauses
  }

  /**
   * Takes in what the journal holds and the ledger is not known to hold. Call it with accounts as committed.
   *
   * Entries up to `foundThrough` were found in the journal: whoever made them has most probably settled them, so they are looked for first.
   */
  add(account: Account, { foundThrough = 0n }: { readonly foundThrough?: bigint } = {}): void {
    const progress = this.#progressOf(account.id)
    const nowMs = this.#options.clock.monotonicMs()
    const isStuck = progress.stuckUntilMs !== undefined && nowMs < progress.stuckUntilMs
    if (!isStuck) this.#takeIn(account, progress, { foundThrough, nowMs })
    this.#withheld.waits(account, { takenSeq: progress.queued, nowMs })
    this.#start()
    if (this.#isGathering && this.#hasGathered()) this.#hurry?.()
  }

  /** Every entry of the account up to this `seq` is in the ledger; 0 when nothing is known. */
  settledThrough(id: AccountId): bigint {
    return this.#progress.get(id)?.settled ?? 0n
  }

  /**
   * Number of entries that are not known to be in the ledger: on their way, refused, behind one that was refused, or without room. What
   * is withheld counts until its account has come again and is settled, or is forgotten.
   */
  get unsettled(): number {
    return this.#queue.length + this.#withheld.entries
  }

  /** Those of them that nobody copies at the moment: refused, behind one that was refused, or without room. */
  get withheld(): number {
    return this.#withheld.entries
  }

  /** Time since the oldest of them was first seen, in milliseconds; 0 when there is none. */
  get oldestUnsettledMs(): number {
    const queuedMs = this.#queue[0]?.sinceMs ?? Number.POSITIVE_INFINITY
    const oldestMs = Math.min(queuedMs, this.#withheld.oldestSinceMs)
    return Number.isFinite(oldestMs) ? this.#options.clock.monotonicMs() - oldestMs : 0
  }

  /** Sends what waits without further delay and ends when nothing waits any more, or the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true
    let callOff = () => {}
    const timeIsOver = new Promise<void>((resolve) => {
      callOff = this.#pauses.after(timeoutMs, resolve)
    }).then(() => this.#stop())
    while (this.#running && !this.#stopped) {
      this.#hurry?.()
      // The ledger may take longer than there is time: nobody waits for it then.
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
      progress.queued = progress.settled
      this.#withheld.offerAgain(account.id)
    }
    // What has left the journal was in the ledger before.
    const leftThrough = account.version - BigInt(account.journal.length)
    if (leftThrough > progress.settled) this.#settledThrough(account.id, progress, leftThrough)
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
        const refused = await this.#append(await this.#notSettled(batch))
        refused.forEach(this.#options.onDamage)
        this.#settled(batch, new Set(refused))
        failures = 0
      } catch (error) {
        failures += 1
        this.#options.onFailure(error)
        await this.#pause(
          Math.min(BACKOFF_MS_MIN * 2 ** (failures - 1), BACKOFF_MS_MAX) * (0.5 + this.#pauses.random() / 2),
        )
      }
    }
  }

  async #gather(): Promise<void> {
    this.#isGathering = true
    // Never in the turn that answers the callers.
    await this.#pause(this.#hasGathered() ? 0 : this.#options.gatherMsMax)
    this.#isGathering = false
  }

  #hasGathered(): boolean {
    return this.#draining || this.#queue.length >= GATHERED_MIN
  }

  /** What of the batch is to be appended: all, but those that were found and are in the ledger. */
  async #notSettled(batch: readonly Queued[]): Promise<readonly Entry[]> {
    const found = batch.filter(({ isFound }) => isFound).map(({ entry }) => entry)
    if (found.length === 0) return batch.map(({ entry }) => entry)
    const missing = new Set(await this.#options.ledger.missing(found))
    return batch.flatMap(({ entry, isFound }) => (isFound && !missing.has(entry) ? [] : [entry]))
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

  #settled(batch: readonly Queued[], refused: ReadonlySet<Entry>): void {
    this.#queue = this.#queue.slice(batch.length)
    for (const { entry, sinceMs } of batch) {
      const progress = this.#progress.get(entry.accountId)
      if (!progress) continue
      if (refused.has(entry)) {
        progress.stuckUntilMs = this.#options.clock.monotonicMs() + STUCK_MS
        this.#withheld.refuse(entry, sinceMs)
        continue
      }
      // An entry may overtake one that was refused and is offered again: it counts when all before it are there.
      if (entry.seq === progress.settled + 1n) this.#settledThrough(entry.accountId, progress, entry.seq)
    }
  }

  #settledThrough(id: AccountId, progress: Progress, seq: bigint): void {
    progress.settled = seq
    this.#withheld.settle(id, seq)
  }

  #progressOf(id: AccountId): Progress {
    const progress = this.#progress.get(id) ?? { settled: 0n, queued: 0n }
    this.#progress.set(id, progress)
    if (this.#progress.size > ACCOUNTS_MAX) {
      const [forgotten] = this.#progress.deleteOldest()
      this.#withheld.forget(forgotten)
    }
    return progress
  }

  /** Waits, but not when `drain` is in a hurry. */
  async #pause(durationMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const callOff = this.#pauses.after(durationMs, resolve)
      this.#hurry = () => {
        callOff()
        resolve()
      }
    })
  }
}
