/**
 * Messages of the API in the JSON mapping of protobuf: 64-bit numbers are strings, and a field that has its
 * default value may be absent. `proto/benefits/v1` explains each field.
 */

export type AccountStatus = 'ACCOUNT_STATUS_ACTIVE' | 'ACCOUNT_STATUS_BLOCKED' | 'ACCOUNT_STATUS_CLOSED'
export type Decision = 'DECISION_APPROVED' | 'DECISION_DECLINED'
export type TransactionKind =
  | 'TRANSACTION_KIND_AUTHORIZATION'
  | 'TRANSACTION_KIND_REVERSAL'
  | 'TRANSACTION_KIND_CREDIT'
  | 'TRANSACTION_KIND_ADMIN'
  | 'TRANSACTION_KIND_INCREMENT'
  | 'TRANSACTION_KIND_CAPTURE'
  | 'TRANSACTION_KIND_ADVICE'
  | 'TRANSACTION_KIND_REFUND'
  | 'TRANSACTION_KIND_EXPIRY'

export type Spending = { readonly day?: string; readonly dayAmount?: string; readonly monthAmount?: string }

export type Wallet = {
  readonly category: string
  readonly balance?: string
  readonly spending?: Spending
  readonly held?: string
  readonly owed?: string
}

export type OpenHold = {
  readonly transactionId: string
  readonly category: string
  readonly authorizedAmount?: string
  readonly capturedAmount?: string
  readonly releasedAmount?: string
  readonly restAmount?: string
  readonly expireTime: string
}

export type WalletLimits = {
  readonly category: string
  readonly dayMax?: string
  readonly monthMax?: string
}

export type Limits = { readonly purchaseMax?: string; readonly wallets?: readonly WalletLimits[] }

export type Account = {
  readonly id: string
  readonly status: AccountStatus
  readonly wallets?: readonly Wallet[]
  readonly version?: string
  readonly createTime?: string
  readonly updateTime?: string
  readonly limits?: Limits
  readonly holds?: readonly OpenHold[]
}

/** What the card network sent with a purchase. */
export type NetworkData = {
  readonly rail?: string
  readonly product?: string
  readonly merchantId?: string
  readonly merchantTaxId?: string
  readonly acquirerId?: string
  readonly terminalId?: string
  readonly rrn?: string
  readonly networkReference?: string
  readonly currency?: string
  readonly entryMode?: string
  readonly localTime?: string
}

export type Transaction = {
  readonly transactionId: string
  readonly accountId: string
  readonly seq: string
  readonly kind: TransactionKind
  readonly decision: Decision
  readonly reason?: string
  readonly amount?: string
  readonly category?: string
  readonly delta?: string
  readonly balanceAfter?: string
  readonly mcc?: string
  readonly effectiveMcc?: string
  readonly merchant?: string
  readonly merchantRule?: string
  readonly fallback?: string
  readonly network?: NetworkData
  readonly approvalCode?: string
  readonly verification?: boolean
  readonly verifiedCategory?: string
  readonly originalTransactionId?: string
  readonly accountStatus?: AccountStatus
  readonly subject?: string
  readonly createTime?: string
  readonly catalogVersion?: string
  readonly limits?: Limits
  readonly day?: string
  readonly heldDelta?: string
  readonly heldAfter?: string
  readonly owedDelta?: string
  readonly owedAfter?: string
  readonly days?: readonly CountedDay[]
  readonly hold?: Hold
  readonly heldUntil?: string
  readonly moreToCome?: boolean
  readonly advice?: boolean
  readonly request?: boolean
  readonly paysOwed?: boolean
}

export type CountedDay = { readonly day: string; readonly amount: string }

/** Asks to reserve the amount of a purchase. Without a duration, the hold policy names it. */
export type Hold = { readonly expiresIn?: string }

export type PurchaseState =
  | 'PURCHASE_STATE_UNSPECIFIED'
  | 'PURCHASE_STATE_HELD'
  | 'PURCHASE_STATE_CAPTURED'
  | 'PURCHASE_STATE_RELEASED'
  | 'PURCHASE_STATE_EXPIRED'

/** A purchase with the sums over its entries, in centavos. */
export type PurchaseOverview = {
  readonly transactionId: string
  readonly accountId: string
  readonly state?: PurchaseState
  readonly category?: string
  readonly authorizedAmount?: string
  readonly incrementedAmount?: string
  readonly capturedAmount?: string
  readonly excessAmount?: string
  readonly releasedAmount?: string
  readonly expiredAmount?: string
  readonly reversedAmount?: string
  readonly refundedAmount?: string
  readonly owedAmount?: string
  readonly restAmount?: string
  readonly transactionCount?: string
  /** Oldest first, at most 1000. */
  readonly transactions?: readonly Transaction[]
}

export type Purchase = {
  readonly transactionId: string
  readonly accountId: string
  readonly amount: string
  readonly mcc: string
  readonly merchant: string
  /** FALLBACK_NEVER keeps the free balance from paying. */
  readonly fallback?: string
  readonly network?: NetworkData
  readonly hold?: Hold
}

export type AuthorizeAnswer = {
  readonly transactionId: string
  readonly code: string
  readonly decision: Decision
  readonly reason: string
  readonly iso8583Code: string
  readonly category?: string
  readonly effectiveMcc?: string
  readonly merchantRule?: string
  readonly balance?: string
  readonly replayed?: boolean
  readonly decidedAt?: string
  readonly retry?: string
  readonly approvedAmount?: string
  readonly approvalCode?: string
  readonly held?: boolean
  readonly heldUntil?: string
}

export type ReverseAnswer = {
  readonly transactionId: string
  readonly code: string
  readonly decision: Decision
  readonly reason: string
  readonly iso8583Code: string
  readonly category?: string
  readonly amount?: string
  readonly balance?: string
  readonly replayed?: boolean
}

export type RuleTried = { readonly merchantRule: string; readonly outcome: string }

export type WalletTried = {
  readonly category: string
  readonly balance?: string
  readonly dayLeft?: string
  readonly monthLeft?: string
  readonly outcome: string
}

export type Merchant = { readonly name?: string; readonly city?: string; readonly country?: string }

export type Simulation = {
  readonly answer?: AuthorizeAnswer
  readonly merchant?: Merchant
  readonly mcc?: string
  readonly rules?: readonly RuleTried[]
  readonly wallets?: readonly WalletTried[]
  readonly earlyReversedAmount?: string
  /** Absent when the MCC policy permits the purchase. */
  readonly forbiddenBy?: string
}

export type MerchantRule = {
  readonly id: string
  readonly match: string
  readonly name?: string
  readonly city?: string
  readonly country?: string
  readonly mcc: string
  readonly merchantTaxId?: string
  readonly acquirerId?: string
  readonly merchantId?: string
  readonly etag?: string
  readonly updateTime?: string
  readonly subject?: string
}

export type Resolution = Merchant & {
  readonly merchantRule?: MerchantRule
  readonly passedOver?: readonly { readonly merchantRule: MerchantRule; readonly reason: string }[]
  readonly more?: boolean
  readonly catalogVersion?: string
}

/** The MCCs that nothing pays for. */
export type MccPolicy = {
  readonly neverPermitted?: readonly string[]
  readonly neverPermittedAsReceived?: readonly string[]
}

/** A function of the terminal. */
export type Rail = 'RAIL_VOUCHER' | 'RAIL_CREDIT' | 'RAIL_DEBIT'

export type Category = {
  readonly id: string
  readonly displayName?: string
  readonly mccs?: readonly string[]
  readonly order?: number
  readonly free?: boolean
  readonly creditsClosed?: boolean
  readonly rails?: readonly Rail[]
  readonly regulated?: boolean
  readonly immediate?: boolean
  readonly version?: string
  readonly updateTime?: string
  readonly subject?: string
}

/** How long holds last, and how much more than held a merchant may capture. */
export type HoldPolicy = { readonly days?: number; readonly rules?: readonly HoldRule[] }

export type HoldRule = {
  readonly mccs?: readonly string[]
  /** Absent: that of the policy. */
  readonly days?: number
  readonly overPercent?: number
}

/** A count of decisions since the process started. */
export type DecisionCount = {
  readonly kind: TransactionKind
  readonly reason: string
  readonly count?: string
}

/** Number of calls of Authorize that took at most so long, since the process started. */
export type LatencyCount = { readonly atMostUs?: string; readonly count?: string }

export type Activity = {
  readonly version?: string
  readonly serving?: boolean
  readonly limitsTimeZone?: string
  readonly startTime?: string
  readonly readTime: string
  readonly decisions?: readonly DecisionCount[]
  readonly latencies?: readonly LatencyCount[]
  readonly recent?: readonly Transaction[]
}
