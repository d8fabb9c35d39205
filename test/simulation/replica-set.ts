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

/** Who is to hear of every write, and of every one that was taken back. */
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

/** Where reads come from: the primary, or one that was the primary and does not know that it no longer is. */
export type View = 'PRIMARY' | 'FORMER'

type Waiting = { readonly place: number; readonly done: (outcome: WriteOutcome) => void }

/** DURABLE: a majority has it. UNSURE: a majority may have it some time, or never. LOST: its primary is no longer one. */
export type WriteOutcome = 'DURABLE' | 'UNSURE' | 'LOST'

/** Longest time that a write waits for a majority, in microseconds: the client's `wtimeoutMS`. */
const WAIT_US_MAX = 2_000_000

/** Time in which a primary counts as a new one, in microseconds. */
const NEW_US = 5_000_000

/**
 * A replica set of MongoDB as its clients see it: a primary that writes single documents, a log that a majority has only up to some
 * place, and elections in which what a majority did not have may be lost.
 *
 * - A filter and the unique indexes look at what the primary has, durable or not.
 * - Reads with concern `majority` or `snapshot` see what the primary knows a majority to have. A new primary may know less than is
 *   true, until a majority has had a write of its own; but never less than was true when the last of its log was written: members
 *   tell each other along with the log. (That they did not get to it in two elections one after another is not simulated.)
 * - A former primary goes on serving reads, of what a majority had when it was one. What it writes comes to nothing.
 */
export class ReplicaSet {
  readonly documents = new Documents()
  readonly #options: ReplicaSetOptions
  #waiting: Waiting[] = []
  #term = 1
  #isUp = true
  #isReplicating = false
  #heldUntilUs = 0
  /** Place up to which a majority has the log. What is there stays. */
  #committed = 0
  /** What the primary knows of that. */
  #known = 0
  #electedAtUs = Number.NEGATIVE_INFINITY
  /** What the primary before this one knew of it when it ceased to be one. */
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

  /** The place as of which a read sees the log. */
  readPlace(view: View): number {
    if (view === 'FORMER') return this.#formerlyKnown
    return this.#options.mistakes.readsLocally ? this.documents.length : this.#known
  }

  /** Whether a read may, or may have a moment ago, come from a primary that did not know yet what a majority had. */
  get isNew(): boolean {
    return this.#options.time.nowUs - this.#electedAtUs < NEW_US
  }

  /** The durable account, as nobody but the simulation can see it at any time. */
  durable(id: AccountId): Account | undefined {
    return this.documents.account(id, this.#committed)
  }

  /** Updates one account if it is as it was decided on; else nothing. A new account is inserted, if there is none. */
  write(change: AccountChange): 'COMMITTED' | 'CONFLICT' {
    const { documents } = this
    const { mistakes, listener } = this.#options
    const { before, after } = change
    const stored = documents.account(before.id, documents.length)
    if (before.version === 0n && stored) return 'CONFLICT'
    if (before.version > 0n && !(stored && isAsDecidedOn(stored, change, mistakes))) return 'CONFLICT'
    const written = stored ? updated(stored, change) : after
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

  /** Puts something there as if it had always been there. */
  put({ account, ledger }: { readonly account: Account; readonly ledger: readonly Entry[] }): void {
    for (const entry of ledger) this.documents.insert(entry, this.documents.length + 1)
    this.documents.write(account, this.documents.length + 1)
    this.#committed = this.documents.length
    this.#known = this.#committed
  }

  /** Tells when a majority has everything that the primary has now. */
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

  /** For some time no other member gets anything. */
  holdReplication(durationUs: number): void {
    this.#heldUntilUs = Math.max(this.#heldUntilUs, this.#options.time.nowUs + durationUs)
  }

  /** For some time nobody can be asked. */
  goAway(durationUs: number): void {
    this.#isUp = false
    const term = this.#term
    this.#options.time.quietlyAfter(durationUs, () => {
      if (this.#term === term) this.#isUp = true
    })
  }

  /** Another member becomes the primary; of what a majority did not have it has a part, or nothing. */
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
      // Its first write says that it is the primary.
      this.#replicateSoon()
    })
  }

  /** Some time later a majority has what the primary has by then. */
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

/** The update: balances and version are counted up, whatever they were, and everything else is set if it has changed. */
function updated(stored: Account, { before, after }: AccountChange): Account {
  const wallets = new Map<CategoryId, Centavos>(stored.wallets)
  for (const [wallet, balance] of after.wallets) {
    const delta = balance - balanceOf(before, wallet)
    // The database adds, and knows nothing of money: what comes of it is looked at when it is written.
    if (delta !== 0n) wallets.set(wallet, (balanceOf(stored, wallet) + delta) as Centavos)
  }
  const openedAt = before.status === after.status ? stored.openedAt : after.openedAt
  return {
    id: stored.id,
    status: before.status === after.status ? stored.status : after.status,
    wallets,
    limits: limitsAfter(stored, { before, after }),
    spent: after.spent.size > 0 ? after.spent : stored.spent,
    version: stored.version + after.version - before.version,
    hasEarlyReversal: stored.hasEarlyReversal || after.hasEarlyReversal,
    journal: after.journal,
    ...(after.updatedAt && { updatedAt: after.updatedAt }),
    ...(openedAt && { openedAt }),
  }
}

function limitsAfter(stored: Account, { before, after }: AccountChange): Account['limits'] {
  if (before.limits === after.limits) return stored.limits
  if (isLimited(after.limits)) return after.limits
  return isLimited(before.limits) ? unlimited : stored.limits
}
