import type { AccountId, AccountStatus } from './account-status.js'
import type { Day } from './calendar.js'
import type { CategoryId } from './category.js'
import type { CountedDays } from './counted-days.js'
import type { Id } from './id.js'
import type { Limits } from './limits.js'
import type { Centavos } from './money.js'
import type { NetworkData } from './network.js'
import { type Codes, codesOf, type Reason } from './reason.js'

/**
 * A permanent event in an account's history: a purchase or a later step of it (approved or declined), a
 * credit, or an administrative change. The account is the sum of its entries.
 */
export type Entry = DecidedEntry | CreditEntry | AdminEntry

/** An entry that has a reason: a purchase, or a later step of one. */
export type DecidedEntry = PurchaseEntry | FollowUpEntry

/** An entry that answers a request of the card network. An expiry answers none. */
export type AnsweredEntry = Exclude<DecidedEntry, ExpiryEntry>

/** An entry that begins a purchase. Later steps name its id. */
export type PurchaseEntry = AuthorizationEntry | AdviceEntry

/** An entry that names the purchase it belongs to. An advice and a refund may name none. */
export type FollowUpEntry =
  | IncrementEntry
  | CaptureEntry
  | AdviceEntry
  | ReversalEntry
  | RefundEntry
  | ExpiryEntry

/** Id that the caller chooses. Names one entry of one account, forever. 1 to 128 visible ASCII characters. */
export type TransactionId = Id<'transaction'>

/** Keeps the free balance from paying a purchase. Absent: it may pay, last. */
export type Fallback = 'NEVER'

/** A request to reserve the money of a purchase instead of paying it at once. */
export type HoldRequest = {
  /** Seconds until the hold expires; absent for the time of the hold policy. */
  readonly expiresInSeconds?: number
}

/** The fields of every entry. */
type Recorded = {
  readonly accountId: AccountId
  readonly transactionId: TransactionId
  /** Position in the account's history: 1, 2, 3, ... without gaps. */
  readonly seq: bigint
  /** Time of the decision by the service's clock, to the millisecond. */
  readonly at: Date
}

/** A purchase and its decision. */
export type AuthorizationEntry = Recorded & {
  readonly kind: 'AUTHORIZATION'
  readonly reason: Reason
  /**
   * The requested amount: 1 centavo or more; 0 for a verification. The movement is smaller when early
   * reversals took a part off.
   */
  readonly amount: Centavos
  /** As received: an account verification, which moves nothing. */
  readonly verification?: true
  /** As received: four digits. */
  readonly mcc: string
  /** As received. */
  readonly merchant: string
  /** As received. */
  readonly fallback?: Fallback
  /** As received. */
  readonly network?: NetworkData
  /** The MCC that chose the wallets. */
  readonly effectiveMcc: string
  /** Id of the merchant rule that replaced the MCC; absent when no rule matched. */
  readonly merchantRule?: string
  /** Version of the catalog that decided; absent in entries older than catalog versions. */
  readonly catalogVersion?: bigint
  /** As received. Absent: the purchase asked to be paid at once. */
  readonly hold?: HoldRequest
  /** The time when the hold expires. Absent when nothing is held. */
  readonly heldUntil?: Date
  /**
   * Present when the purchase was approved, unless captures that came first had booked all of it; never in a
   * verification.
   */
  readonly movement?: Movement
  /** The wallet that would have paid. Present exactly with the reason VERIFIED. */
  readonly verifiedWallet?: CategoryId
  /**
   * ISO 8583 DE38: six characters of 0-9 and A-Z. Absent when declined, and in entries older than approval
   * codes.
   */
  readonly approvalCode?: string
  /**
   * The day whose spending counts the purchase; absent when declined, in verifications, and in entries older
   * than daily counters.
   */
  readonly day?: Day
}

/** A request to raise an open hold, and its decision. */
export type IncrementEntry = Recorded & {
  readonly kind: 'INCREMENT'
  readonly reason: Reason
  /** Id of the purchase. */
  readonly originalId: TransactionId
  /** 1 centavo or more, on top of the hold. */
  readonly amount: Centavos
  /** As received. */
  readonly network?: NetworkData
  /** Present when the increment was approved. */
  readonly movement?: Movement
  /** ISO 8583 DE38. Absent when declined. */
  readonly approvalCode?: string
  /** The day whose spending counts the increment; absent when declined. */
  readonly day?: Day
}

/** The clearing of a purchase, or of a part of it. Declined only when the account was never opened. */
export type CaptureEntry = Recorded &
  Routed & {
    readonly kind: 'CAPTURE'
    readonly reason: Reason
    /** Id of the purchase, which the service may never have seen. */
    readonly originalId: TransactionId
    /** 1 centavo or more. */
    readonly amount: Centavos
    /** Whether the merchant will capture more of this hold. Absent: this capture is final. */
    readonly moreToCome?: true
    /** As received: four digits. */
    readonly mcc: string
    /** As received. */
    readonly merchant: string
    /** As received. */
    readonly network?: NetworkData
    /** Absent when earlier entries had paid the whole amount. */
    readonly movement?: Movement
    /** The day whose spending counts the excess, or gets back the released rest. */
    readonly day?: Day
    /** The days that get back the released rest; absent when `day` names the only one. */
    readonly days?: CountedDays
  }

/** A purchase that others have approved. Declined only when the account was never opened. */
export type AdviceEntry = Recorded &
  Routed & {
    readonly kind: 'ADVICE'
    readonly reason: Reason
    /** Id of the purchase, if it was requested under another id. Absent: the advice's own id names it. */
    readonly originalId?: TransactionId
    /** 1 centavo or more. */
    readonly amount: Centavos
    /** As received: four digits. */
    readonly mcc: string
    /** As received. */
    readonly merchant: string
    /** As received. */
    readonly fallback?: Fallback
    /** As received. */
    readonly network?: NetworkData
    /** Absent when earlier entries had booked or reversed the whole amount. */
    readonly movement?: Movement
    /** The day whose spending counts the advice; absent when it moved nothing. */
    readonly day?: Day
  }

/** Money that a merchant gives back. Spending counters do not change. */
export type RefundEntry = Recorded &
  Routed & {
    readonly kind: 'REFUND'
    readonly reason: Reason
    /** Id of the purchase; absent when the merchant named none. */
    readonly originalId?: TransactionId
    /** 1 centavo or more. */
    readonly amount: Centavos
    /** As received: four digits. */
    readonly mcc: string
    /** As received. */
    readonly merchant: string
    /** As received. */
    readonly network?: NetworkData
    /** Whether the merchant asked first. Absent: the refund was booked, and could not be declined. */
    readonly request?: true
    /** Present when money was given back. */
    readonly movement?: Movement
    /** ISO 8583 DE38. Present when a request was approved. */
    readonly approvalCode?: string
  }

/** The end of a hold that is due. The service makes the entry and its id, which begins with a space. */
export type ExpiryEntry = Recorded & {
  readonly kind: 'EXPIRY'
  readonly reason: 'EXPIRED'
  /** Id of the purchase. */
  readonly originalId: TransactionId
  readonly movement: Movement
  /** The day that gets back the rest of the hold. */
  readonly day?: Day
  /** The days that get it back; absent when `day` names the only one. */
  readonly days?: CountedDays
}

/** The route that chose a booking's wallet. Absent when the purchase had a wallet before. */
export type Routed = {
  /** The MCC that chose the wallet. */
  readonly effectiveMcc?: string
  /** Id of the merchant rule that replaced the MCC; absent when no rule matched. */
  readonly merchantRule?: string
  /** Version of the catalog that chose the wallet. */
  readonly catalogVersion?: bigint
}

/** A full or partial reversal of a purchase, and its decision. */
export type ReversalEntry = Recorded & {
  readonly kind: 'REVERSAL'
  readonly reason: Reason
  /** Id of the purchase. */
  readonly originalId: TransactionId
  /** The requested amount; absent when the caller asked for the whole remainder. */
  readonly amount?: Centavos
  /** The purchase as the caller described it. */
  readonly described: PurchaseDescription
  /** Whether the caller reports a reversal that has taken place (0420). It is answered with code 00. */
  readonly advice?: true
  /** Present when money was given back. */
  readonly movement?: Movement
  /**
   * The day that counts the purchase: the reversal takes its amount off that day's spending. Absent when no
   * money was given back, or no day counts the purchase.
   */
  readonly day?: Day
  /** The days that get back the amount; absent when `day` names the only one. */
  readonly days?: CountedDays
}

/** Fields by which a caller makes sure that the id names the intended purchase. */
export type PurchaseDescription = {
  readonly amount?: Centavos
  readonly mcc?: string
  readonly merchant?: string
}

/** A top-up of one wallet. */
export type CreditEntry = Recorded & {
  readonly kind: 'CREDIT'
  /** Whether the credit pays what the wallet owes first. */
  readonly paysOwed?: true
  readonly movement: Movement
}

/** A change of the account itself, with its author. Moves no money. */
export type AdminEntry = Recorded & {
  readonly kind: 'ADMIN'
  readonly action: AdminAction
  /** The status after the change. */
  readonly status: AccountStatus
  /** Subject of the caller's token, or the name of the command. */
  readonly subject: string
  /** All limits after the change. Present only with the action LIMITS. */
  readonly limits?: Limits
}

/**
 * OPEN: the account was opened. STATUS: it was blocked, unblocked or closed. LIMITS: its limits were changed.
 */
export type AdminAction = 'OPEN' | 'STATUS' | 'LIMITS'

/**
 * A change of one wallet. Its three parts: the available balance, the held money, and the owed money that was
 * booked without a balance to pay it. At least one part is not 0.
 */
export type Movement = {
  readonly wallet: CategoryId
  /** Centavos added to the available balance (positive) or taken from it (negative). */
  readonly delta: bigint
  /** Available balance of the wallet right after, in centavos. */
  readonly balanceAfter: Centavos
  /** Centavos added to the held money or taken from it; absent for 0. */
  readonly heldDelta?: bigint
  /** Held money of the wallet right after, in centavos. Present with `heldDelta`. */
  readonly heldAfter?: Centavos
  /** Centavos added to the owed money or taken from it; absent for 0. */
  readonly owedDelta?: bigint
  /** Owed money of the wallet right after, in centavos. Present with `owedDelta`. */
  readonly owedAfter?: Centavos
}

/** Whether the entry's request was granted: its answer has code 00. */
export function decisionOf(entry: Entry): 'APPROVED' | 'DECLINED' {
  if (entry.kind === 'ADMIN' || entry.kind === 'CREDIT') return 'APPROVED'
  return answerOf(entry).code === '00' ? 'APPROVED' : 'DECLINED'
}

/** Returns the codes that answer the entry's request. A reversal that is an advice is always granted. */
export function answerOf(entry: DecidedEntry): Codes {
  return codesOf(entry.kind === 'REVERSAL' && entry.advice ? 'APPROVED' : entry.reason)
}

/**
 * Returns the amount by which a movement changes what its wallet has committed: paid, held or owed. Negative
 * when it gives back. Spending limits count it, except for credits and refunds.
 */
export function committedBy({ delta, owedDelta = 0n }: Movement): bigint {
  return owedDelta - delta
}

/** Returns the amount that a movement spends; negative when it gives back. Held money is not spent yet. */
export function spentBy({ delta, heldDelta = 0n, owedDelta = 0n }: Movement): bigint {
  return owedDelta - delta - heldDelta
}

/** Returns the days whose spending the entry changes, with amounts above 0 even when it gives back. */
export function countedDaysOf(entry: Entry): CountedDays {
  if (entry.kind === 'ADMIN' || entry.kind === 'CREDIT' || entry.kind === 'REFUND') return []
  if ('days' in entry && entry.days) return entry.days
  if (entry.day === undefined || !entry.movement) return []
  const amount = committedBy(entry.movement)
  return [{ day: entry.day, amount: amount < 0n ? -amount : amount }]
}

/** Whether the entry begins a purchase. A verification does not: it moves nothing. */
export function isPurchase(entry: Entry): entry is PurchaseEntry {
  if (entry.kind === 'AUTHORIZATION') return !entry.verification
  return entry.kind === 'ADVICE' && entry.originalId === undefined
}

/** Whether the entry names the purchase it belongs to. */
export function isFollowUp(entry: Entry): entry is FollowUpEntry {
  // Every decision asks this of the whole journal: comparing kinds is faster than `in`.
  if (entry.kind === 'AUTHORIZATION' || entry.kind === 'CREDIT' || entry.kind === 'ADMIN') return false
  return entry.originalId !== undefined
}

/** Whether the entry is a reversal that came before its purchase. */
export function isEarlyReversal(entry: Entry): entry is ReversalEntry {
  return entry.kind === 'REVERSAL' && entry.reason === 'REVERSED_BEFORE_PURCHASE'
}

/** Whether the entry booked a purchase that may still come: a capture or an advice of one never seen. */
export function isEarlyCapture(entry: Entry): boolean {
  if (entry.kind === 'ADVICE') return entry.reason === 'ADVISED' && entry.originalId !== undefined
  return entry.kind === 'CAPTURE' && entry.reason === 'CAPTURED_UNSEEN'
}

/** Returns the entry's change of a wallet; undefined when it has none. */
export function movementOf(entry: Entry): Movement | undefined {
  return entry.kind === 'ADMIN' ? undefined : entry.movement
}
