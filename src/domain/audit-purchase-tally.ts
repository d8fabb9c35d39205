import { bothDays, type DayAmounts, daysIn, noDays, takeDays } from './audit-days.js'
import { type Moved, movedBy } from './audit-movement.js'
import type { CategoryId } from './category.js'
import type { CaptureEntry, Entry, ReversalEntry, TransactionId } from './entry.js'

/** What the account knew of a purchase. OTHER: the id named something else, such as a verification. */
export type Standing = 'UNSEEN' | 'APPROVED' | 'DECLINED' | 'OTHER'

/** The part of an amount that was still to be paid, and what had covered all of it. */
export type Due = { readonly due: bigint; readonly coveredBy?: 'CAPTURES' | 'REVERSALS' }

/**
 * One purchase up to some place in the history, as the audit adds it up. It shares no code with the sums by
 * which the service decides. All amounts are in centavos.
 */
export class PurchaseTally {
  readonly #id: TransactionId
  /** The first entry with the id of the purchase, whatever its kind. */
  original: Entry | undefined
  /** The wallet of the first movement, an early refund apart. */
  wallet: CategoryId | undefined
  held = 0n
  heldDays: DayAmounts = noDays
  /** Whether any entry came before the next one. */
  isFollowed = false
  /** Everything that was ever spent, and the days that still count it. */
  spent = 0n
  spentDays: DayAmounts = noDays
  /** Amount that the wallet owes for this purchase. */
  debt = 0n
  /** `seq` of the last reversal that came before the purchase or its advice. */
  lastEarlySeq: bigint | undefined
  #reversed = 0n
  #refunded = 0n
  #paidAtOnce = 0n
  #confirmed = 0n
  #isFinal = false
  #early = 0n
  #isWholeEarly = false

  constructor(id: TransactionId) {
    this.#id = id
  }

  get standing(): Standing {
    const { original } = this
    if (!original) return 'UNSEEN'
    if (!beginsPurchase(original)) return 'OTHER'
    if (original.kind === 'ADVICE') return original.reason === 'ACCOUNT_NOT_FOUND' ? 'DECLINED' : 'APPROVED'
    return original.reason === 'APPROVED' || original.reason === 'ALREADY_CAPTURED' ? 'APPROVED' : 'DECLINED'
  }

  /** Whether captures or advices have spent something of it. */
  get isBooked(): boolean {
    return this.spent > this.#reversed
  }

  /** Whether it was ever paid without a hold. */
  get wasPaidAtOnce(): boolean {
    return this.#paidAtOnce > 0n
  }

  /** Whether a reversal of the whole purchase came before it, or before its advice. */
  get isWholeEarly(): boolean {
    return this.#isWholeEarly
  }

  /** Spent amount that may still go back. */
  get spentLeft(): bigint {
    return positive(this.spent - this.#reversed - this.#refunded)
  }

  /** Amount paid at once that no capture has confirmed yet. */
  get unconfirmed(): bigint {
    return positive(this.#paidAtOnce - this.#confirmed - this.#reversed)
  }

  /** What reversals and captures that came first leave of a purchase of this amount. */
  dueOf(amount: bigint): Due {
    const booked = this.spent - this.#reversed
    const isReversed = this.#isWholeEarly || (this.#early > 0n && this.#early >= amount)
    if (booked === 0n && isReversed) return { due: 0n, coveredBy: 'REVERSALS' }
    const left = this.#isWholeEarly ? 0n : positive(amount - this.#early)
    if (this.#isFinal || (booked > 0n && booked >= left)) return { due: 0n, coveredBy: 'CAPTURES' }
    return { due: left - booked }
  }

  /** Whether the entry is the purchase or a step of it: its id may name anything. */
  concerns(entry: Entry): boolean {
    if ('originalId' in entry && entry.originalId !== undefined) return entry.originalId === this.#id
    return entry.kind === 'AUTHORIZATION' || entry.kind === 'ADVICE'
  }

  /** Adds the next entry of the purchase: what it has really moved, right or wrong. */
  add(entry: Entry): void {
    if (this.concerns(entry)) this.#addStep(entry)
    if (entry.transactionId === this.#id) this.original ??= entry
    this.isFollowed = true
  }

  #addStep(entry: Entry): void {
    if (entry.kind === 'REVERSAL' && isEarly(entry)) this.#addEarly(entry)
    if (entry.kind === 'CAPTURE' && entry.reason !== 'ACCOUNT_NOT_FOUND') this.#addCapture(entry)
    const moved = movedBy(entry)
    if (!moved) return
    if (entry.kind !== 'REFUND') this.wallet ??= moved.wallet
    this.debt += moved.owed
    switch (entry.kind) {
      case 'AUTHORIZATION':
      case 'INCREMENT':
      case 'ADVICE':
        this.#addTaken(entry, moved)
        break
      case 'REVERSAL':
      case 'EXPIRY':
        this.#addGivenBack(moved)
        break
      case 'REFUND':
        this.#refunded -= moved.spent
        break
    }
  }

  #addEarly({ amount, described, seq }: ReversalEntry): void {
    this.lastEarlySeq = seq
    if (amount === undefined || amount === described.amount) this.#isWholeEarly = true
    else this.#early += amount
  }

  #addTaken(entry: Entry, { held, spent }: Moved): void {
    this.held += held
    this.spent += spent
    this.#paidAtOnce += spent
    if (held > 0n) this.heldDays = bothDays(this.heldDays, daysIn(entry))
    else this.spentDays = bothDays(this.spentDays, daysIn(entry))
    if (entry.kind === 'ADVICE' && spent > 0n) this.#isFinal = true
  }

  #addCapture(entry: CaptureEntry): void {
    const { held = 0n, available = 0n, spent = 0n } = movedBy(entry) ?? {}
    const released = held < 0n && available > 0n ? available : 0n
    const fromHold = takeDays(this.heldDays, -held - released, 'OLDEST')
    this.held += held
    this.heldDays = takeDays(fromHold.left, released, 'NEWEST').left
    const counted = released > 0n ? noDays : daysIn(entry)
    this.spentDays = bothDays(bothDays(this.spentDays, fromHold.taken), counted)
    this.spent += spent
    this.#confirmed += entry.amount - spent
    if (!entry.moreToCome) this.#isFinal = true
  }

  #addGivenBack({ held, spent }: Moved): void {
    this.held += held
    this.heldDays = takeDays(this.heldDays, -held, 'NEWEST').left
    this.#reversed -= spent
    this.spentDays = takeDays(this.spentDays, -spent, 'NEWEST').left
  }
}

/** Whether a later advice of the purchase must leave out what the reversal gives back. */
function isEarly({ reason, advice }: ReversalEntry): boolean {
  if (reason === 'ORIGINAL_DECLINED' || reason === 'ALREADY_REVERSED') return advice ?? false
  return reason === 'REVERSED_BEFORE_PURCHASE' || reason === 'APPROVED'
}

/** Whether the entry begins a purchase. A verification that moved nothing does not. */
function beginsPurchase(entry: Entry): entry is Entry & { readonly kind: 'AUTHORIZATION' | 'ADVICE' } {
  if (entry.kind === 'AUTHORIZATION') return !entry.verification || entry.movement !== undefined
  return entry.kind === 'ADVICE' && entry.originalId === undefined
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n
}
