import type { AccountId, AccountStatus } from './account.js'
import type { Day } from './calendar.js'
import type { CategoryId } from './category.js'
import type { Limits } from './limits.js'
import type { Centavos } from './money.js'
import type { Reason } from './reason.js'

/**
 * One thing that happened to an account, for good: an authorization or a reversal (approved or declined), a credit, or an
 * administrative change. The account is the sum of its entries.
 */
export type Entry = AuthorizationEntry | ReversalEntry | CreditEntry | AdminEntry

/** Chosen by the caller; names one entry of one account, forever. 1 to 128 visible ASCII characters. */
export type TransactionId = string

/** What every entry carries. */
type Recorded = {
  readonly accountId: AccountId
  readonly transactionId: TransactionId
  /** Place in the account's history: 1, 2, 3, ... without gaps. */
  readonly seq: bigint
  /** When it was decided, by the service's clock, to the millisecond. */
  readonly at: Date
}

/** A purchase and what was decided on it. */
export type AuthorizationEntry = Recorded & {
  readonly kind: 'AUTHORIZATION'
  readonly reason: Reason
  /** As asked for: 1 centavo or more. The movement is less when early reversals took a part off. */
  readonly amount: Centavos
  /** As received: four digits. */
  readonly mcc: string
  /** As received. */
  readonly merchant: string
  /** The MCC that chose the wallets. */
  readonly effectiveMcc: string
  /** Id of the merchant rule that replaced the MCC. */
  readonly merchantRule?: string
  /** Version of the catalog that decided; absent in entries made before there were versions. */
  readonly catalogVersion?: bigint
  /** Present when it was approved. */
  readonly movement?: Movement
  /** The day in which it was counted as spent; absent when it was declined, or made before days were counted. */
  readonly day?: Day
}

/** A purchase taken back, whole or in part, and what was decided on that. */
export type ReversalEntry = Recorded & {
  readonly kind: 'REVERSAL'
  readonly reason: Reason
  /** Id of the purchase. */
  readonly originalId: TransactionId
  /** As asked for; absent when all that is left was asked for. */
  readonly amount?: Centavos
  /** The purchase as the caller described it. */
  readonly described: PurchaseDescription
  /** Present when money went back. */
  readonly movement?: Movement
  /** The day in which the purchase was counted: what went back is no longer spent on it. Absent when neither was. */
  readonly day?: Day
}

/** What a caller may say of a purchase to make sure that it is the one that is meant. */
export type PurchaseDescription = {
  readonly amount?: Centavos
  readonly mcc?: string
  readonly merchant?: string
}

/** Money put into one wallet. */
export type CreditEntry = Recorded & {
  readonly kind: 'CREDIT'
  readonly movement: Movement
}

/** A change of the account itself, with who made it. Moves no money. */
export type AdminEntry = Recorded & {
  readonly kind: 'ADMIN'
  readonly action: AdminAction
  /** The status after the change. */
  readonly status: AccountStatus
  /** Subject of the caller's token, or the name of the command. */
  readonly subject: string
  /** All limits after the change. Present with LIMITS, and only then. */
  readonly limits?: Limits
}

/** OPEN: the account was opened. STATUS: it was blocked, unblocked or closed. LIMITS: it may spend more, or less. */
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
  return entry.movement || isMark(entry) ? 'APPROVED' : 'DECLINED'
}

/** Whether the entry remembers a reversal that came before its purchase. */
export function isMark(entry: Entry): boolean {
  return entry.kind === 'REVERSAL' && entry.reason === 'REVERSED_AHEAD'
}

/** The change of balance that the entry made, if it made one. */
export function movementOf(entry: Entry): Movement | undefined {
  return entry.kind === 'ADMIN' ? undefined : entry.movement
}
