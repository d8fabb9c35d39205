import type { AccountChange } from '../../src/application/account-store.js'
import { type Account, balanceOf } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import type { CategoryId } from '../../src/domain/category.js'
import type { Entry } from '../../src/domain/entry.js'
import { isLimited, unlimited } from '../../src/domain/limits.js'
import type { Centavos } from '../../src/domain/money.js'
import type { Random } from '../../tools/random.js'
import { Documents, type Write } from './documents.js'
import type { Mistakes } from './mistake.js'
import type { VirtualTime } from './virtual-time.js'

/** Receives every write, and every rolled-back write. */
export type WriteListener = {
  accountWritten(change: { readonly before: Account | undefined; readonly after: Account }): void
  entryInserted(entry: Entry): void
  takenBack(writes: readonly Write[]): void
}

export type ReplicaSetOptions = {
  readonly time: VirtualTime
  readonly random: Random
  readonly listener: WriteListener
  /** Longest time until a majority has a write, in microseconds. */
  readonly replicationUs: number
  readonly mistakes: Mistakes
}

/** The source of a read: the primary, or a former primary that does not know it yet. */
export type View = 'PRIMARY' | 'FORMER'

type Waiting = { readonly place: number; readonly done: (outcome: WriteOutcome) => void }

/**
 * DURABLE: a majority has it. UNSURE: a majority may get it, or never. LOST: its primary has lost its role.
 */
export type WriteOutcome = 'DURABLE' | 'UNSURE' | 'LOST'

/** Longest time that a write waits for a majority, in microseconds: the client's `wtimeoutMS`. */
const WAIT_US_MAX = 2_000_000

/** Time for which a primary counts as new, in microseconds. */
const NEW_US = 5_000_000

/**
 * A replica set of MongoDB, as seen by its clients: a primary that writes single documents, a log with a
 * majority-committed place, and elections that may lose the writes after it.
 *
 * - A filter and the unique indexes see all writes of the primary, durable or not.
 * - Reads with concern `majority` or `snapshot` see the majority-committed place as the primary knows it. A
 *   new primary may know an older place, until a majority has a write of its own. The place is never older
 *   than it was when the last write of its log was made: members exchange it with the log. (Two elections in
 *   a row without that exchange are not simulated.)
 * - A former primary still serves reads at its last known place. Its writes are lost.
 */
export class ReplicaSet {
  readonly documents = new Documents()
  readonly #options: ReplicaSetOptions
  #waiting: Waiting[] = []
  #term = 1
  #isUp = true
  #isReplicating = false
  #heldUntilUs = 0
  /** The majority-committed place of the log. Nothing up to it is lost. */
  #committed = 0
  /** That place as the primary knows it. */
  #known = 0
  #electedAtUs = Number.NEGATIVE_INFINITY
  /** That place as the previous primary knew it at the end of its term. */
  #formerlyKnown = 0

  constructor(options: ReplicaSetOptions) {
    this.#options = options
  }

  get term(): number {
    return this.#term
  }

  get isUp(): boolean {
    return this.#isUp
  }

  get committed(): number {
    return this.#committed
  }

  /** The place at which a read sees the log. */
  readPlace(view: View): number {
    if (view === 'FORMER') return this.#formerlyKnown
    return this.#options.mistakes.readsLocally ? this.documents.length : this.#known
  }

  /** Whether a read may come, or may just have come, from a primary that did not know the latest place. */
  get isNew(): boolean {
    return this.#options.time.nowUs - this.#electedAtUs < NEW_US
  }

  /** The durable account, which only the simulation can see at any time. */
  durable(id: AccountId): Account | undefined {
    return this.documents.account(id, this.#committed)
  }

  /**
   * Updates one account if its version and balances match the decision; otherwise does nothing. Inserts a new
   * account if none exists.
   */
  write(change: AccountChange): 'COMMITTED' | 'CONFLICT' {
    const { documents } = this
    const { mistakes, listener } = this.#options
    const { before, after } = change
    const stored = documents.account(before.id, documents.length)
    if (before.version === 0n && stored) return 'CONFLICT'
    if (before.version > 0n && !(stored && isAsDecidedOn(stored, change, mistakes))) return 'CONFLICT'
    const written = stored ? updated(stored, change, mistakes) : after
    documents.write(written, this.#committed)
    listener.accountWritten({ before: stored, after: written })
    return 'COMMITTED'
  }

  /** Inserts one entry; false when its id, or its place in the account's history, is taken. */
  insert(entry: Entry): boolean {
    const inserted = this.documents.insert(entry, this.#committed)
    if (inserted) this.#options.listener.entryInserted(entry)
    return inserted
  }

  /** Stores documents as if they had always existed. */
  put({ account, ledger }: { readonly account: Account; readonly ledger: readonly Entry[] }): void {
    for (const entry of ledger) this.documents.insert(entry, this.documents.length + 1)
    this.documents.write(account, this.documents.length + 1)
    this.#committed = this.documents.length
    this.#known = this.#committed
  }

  /** Calls back when a majority has every current write of the primary. */
  whenDurable(done: (outcome: WriteOutcome) => void): void {
    const { time } = this.#options
    const place = this.documents.length
    if (place <= this.#known) {
      done('DURABLE')
      return
    }
    const waiting: Waiting = { place, done }
    this.#waiting.push(waiting)
    this.#replicateSoon()
    if (this.#heldUntilUs - time.nowUs < WAIT_US_MAX) return
    time.quietlyAfter(WAIT_US_MAX, () => {
      if (!this.#waiting.includes(waiting)) return
      this.#waiting = this.#waiting.filter((other) => other !== waiting)
      done('UNSURE')
    })
  }

  /** Stops replication for a while. */
  holdReplication(durationUs: number): void {
    this.#heldUntilUs = Math.max(this.#heldUntilUs, this.#options.time.nowUs + durationUs)
  }

  /** Stops all answers for a while. */
  goAway(durationUs: number): void {
    this.#isUp = false
    const term = this.#term
    this.#options.time.quietlyAfter(durationUs, () => {
      if (this.#term === term) this.#isUp = true
    })
  }

  /** Makes another member the primary. It has some of the writes without a majority, or none. */
  failOver(electionUs: number): void {
    const { time, random, listener } = this.#options
    this.#formerlyKnown = this.#known
    this.#term += 1
    const term = this.#term
    const kept = this.#committed + random.below(this.documents.length - this.#committed + 1)
    listener.takenBack(this.documents.takeBack(kept))
    for (const { done } of this.#waiting.splice(0)) done('LOST')
    const heard = Math.min(this.documents.committedAt(kept), this.#committed)
    this.#known = heard + random.below(this.#committed - heard + 1)
    this.#electedAtUs = time.nowUs
    this.#heldUntilUs = 0
    this.#isUp = false
    this.#isReplicating = false
    time.quietlyAfter(electionUs, () => {
      if (this.#term !== term) return
      this.#isUp = true
      // Its first write announces that it is the primary.
      this.#replicateSoon()
    })
  }

  /** After a while a majority has all writes of the primary. */
  #replicateSoon(): void {
    if (this.#isReplicating) return
    this.#isReplicating = true
    const { time, random, replicationUs } = this.#options
    const term = this.#term
    const heldUs = Math.max(0, this.#heldUntilUs - time.nowUs)
    time.quietlyAfter(heldUs + random.below(replicationUs + 1), () => {
      if (this.#term !== term) return
      this.#isReplicating = false
      if (this.#heldUntilUs > time.nowUs) {
        this.#replicateSoon()
        return
      }
      this.#commitUpTo(this.documents.length - random.below(2))
      if (this.#committed < this.documents.length || this.#waiting.length > 0) this.#replicateSoon()
    })
  }

  #commitUpTo(place: number): void {
    this.#committed = Math.max(this.#committed, place)
    this.#known = this.#committed
    const all = this.#waiting
    this.#waiting = all.filter((waiting) => waiting.place > this.#committed)
    for (const waiting of all) if (waiting.place <= this.#committed) waiting.done('DURABLE')
  }
}

/** The filter of the update. */
function isAsDecidedOn(stored: Account, { before, after }: AccountChange, mistakes: Mistakes): boolean {
  if (stored.version !== before.version && !mistakes.ignoresVersion) return false
  if (mistakes.ignoresBalance) return true
  for (const [wallet, balance] of after.wallets) {
    const taken = balanceOf(before, wallet) - balance
    if (taken > 0n && balanceOf(stored, wallet) < taken) return false
  }
  return true
}

/** The update: amounts and version are incremented, whatever they were, and changed fields are set. */
function updated(stored: Account, { before, after }: AccountChange, mistakes: Mistakes): Account {
  const openedAt = before.status === after.status ? stored.openedAt : after.openedAt
  return {
    id: stored.id,
    status: before.status === after.status ? stored.status : after.status,
    wallets: incremented('wallets', stored, { before, after }),
    limits: limitsAfter(stored, { before, after }),
    spent: after.spent.size > 0 ? after.spent : stored.spent,
    version: stored.version + after.version - before.version,
    hasEarlyReversal: stored.hasEarlyReversal || after.hasEarlyReversal,
    hasEarlyCapture: stored.hasEarlyCapture || after.hasEarlyCapture,
    held: incremented('held', stored, { before, after }),
    owed: incremented('owed', stored, { before, after }),
    holds: before.holds === after.holds ? stored.holds : holdsAfter(stored, after, mistakes),
    journal: after.journal,
    ...(after.updatedAt && { updatedAt: after.updatedAt }),
    ...(openedAt && { openedAt }),
  }
}

/** The open holds are set whole, as they were decided under the version. */
function holdsAfter({ holds }: Account, after: Account, { mergesHolds }: Mistakes): Account['holds'] {
  if (!mergesHolds) return after.holds
  return [...holds.filter(({ id }) => after.holds.every((hold) => hold.id !== id)), ...after.holds]
}

/** The amounts of the wallets after the increments. The database only adds: the witness checks the result. */
function incremented(
  part: 'wallets' | 'held' | 'owed',
  stored: Account,
  { before, after }: AccountChange,
): Account['wallets'] {
  const amounts = new Map<CategoryId, Centavos>(stored[part])
  for (const [wallet, amount] of after[part]) {
    const delta = amount - (before[part].get(wallet) ?? 0n)
    if (delta !== 0n) amounts.set(wallet, ((amounts.get(wallet) ?? 0n) + delta) as Centavos)
  }
  return amounts
}

function limitsAfter(stored: Account, { before, after }: AccountChange): Account['limits'] {
  if (before.limits === after.limits) return stored.limits
  if (isLimited(after.limits)) return after.limits
  return isLimited(before.limits) ? unlimited : stored.limits
}
