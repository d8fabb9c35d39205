import type { AccountId, AccountStatus } from './account-status.js'
import type { Day } from './calendar.js'
import type { CategoryId } from './category.js'
import type { Id } from './id.js'
import type { Limits } from './limits.js'
import type { Centavos } from './money.js'
import type { NetworkData } from './network.js'
import type { Reason } from './reason.js'

/**
 * A permanent event in an account's history: an authorization or a reversal (approved or declined), a credit,
 * or an administrative change. The account is the sum of its entries.
 */
export type Entry = AuthorizationEntry | ReversalEntry | CreditEntry | AdminEntry

/** Id that the caller chooses. Names one entry of one account, forever. 1 to 128 visible ASCII characters. */
export type TransactionId = Id<'transaction'>

/** Keeps the free balance from paying a purchase. Absent: it may pay, last. */
export type Fallback = 'NEVER'

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
  /** Present when the purchase was approved; never in a verification. */
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
  /** Present when money was given back. */
  readonly movement?: Movement
  /**
   * The day that counts the purchase: the reversal takes its amount off that day's spending. Absent when no
   * money was given back, or no day counts the purchase.
   */
  readonly day?: Day
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

/** A change of one wallet's balance. */
export type Movement = {
  readonly wallet: CategoryId
  /** Centavos added (positive) or taken (negative); never 0. */
  readonly delta: bigint
  /** Balance of the wallet right after, in centavos. */
  readonly balanceAfter: Centavos
}

/** Whether the entry took effect. */
export function decisionOf(entry: Entry): 'APPROVED' | 'DECLINED' {
  if (entry.kind === 'ADMIN') return 'APPROVED'
  return entry.movement || isEarlyReversal(entry) || isVerified(entry) ? 'APPROVED' : 'DECLINED'
}

/** Whether the entry is an approved verification: it took effect, but moved nothing. */
function isVerified(entry: Entry): boolean {
  return entry.kind === 'AUTHORIZATION' && entry.reason === 'VERIFIED'
}

/** Whether the entry is a reversal that came before its purchase. */
export function isEarlyReversal(entry: Entry): boolean {
  return entry.kind === 'REVERSAL' && entry.reason === 'REVERSED_BEFORE_PURCHASE'
}

/** Returns the entry's change of balance; undefined when it has none. */
export function movementOf(entry: Entry): Movement | undefined {
  return entry.kind === 'ADMIN' ? undefined : entry.movement
}
