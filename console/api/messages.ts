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

export type Wallet = { readonly category: string; readonly balance?: string; readonly spending?: Spending }

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

type PageRequest = { readonly pageSize?: number; readonly pageToken?: string }
type PageAnswer = { readonly nextPageToken?: string }

/** The methods that the console calls, each with its request and its answer. */
export type Methods = {
  'AccountService/ListAccounts': [
    PageRequest & { readonly status?: string },
    PageAnswer & { readonly accounts?: readonly Account[] },
  ]
  'AccountService/GetAccount': [{ readonly accountId: string }, { readonly account: Account }]
  'AccountService/CreateAccount': [
    { readonly accountId?: string; readonly requestId: string },
    { readonly account: Account },
  ]
  'AccountService/UpdateAccount': [
    {
      readonly account: { readonly id: string; readonly status?: AccountStatus; readonly limits?: Limits }
      readonly updateMask: string
      readonly requestId: string
    },
    { readonly account: Account },
  ]
  'AccountService/Credit': [
    {
      readonly transactionId: string
      readonly accountId: string
      readonly category: string
      readonly amount: string
    },
    { readonly transaction: Transaction; readonly replayed?: boolean },
  ]
  'AccountService/GetTransaction': [
    { readonly accountId: string; readonly transactionId: string },
    { readonly transaction: Transaction },
  ]
  'AccountService/ListTransactions': [
    PageRequest & {
      readonly accountId: string
      readonly kind?: string
      readonly category?: string
      readonly decision?: string
      readonly startTime?: string
      readonly endTime?: string
    },
    PageAnswer & { readonly transactions?: readonly Transaction[] },
  ]
  'AuthorizationService/Simulate': [Omit<Purchase, 'transactionId'>, Simulation]
  'AuthorizationService/Authorize': [Purchase, AuthorizeAnswer]
  'AuthorizationService/Reverse': [
    {
      readonly transactionId: string
      readonly accountId: string
      readonly originalTransactionId: string
      readonly amount?: string
    },
    ReverseAnswer,
  ]
  'MerchantRuleService/ListMerchantRules': [
    PageRequest & {
      readonly namePrefix?: string
      readonly mcc?: string
      readonly match?: string
      readonly merchantTaxId?: string
    },
    PageAnswer & { readonly merchantRules?: readonly MerchantRule[] },
  ]
  'MerchantRuleService/GetMerchantRule': [
    { readonly merchantRuleId: string },
    { readonly merchantRule: MerchantRule },
  ]
  'MerchantRuleService/ResolveMerchant': [
    {
      readonly merchant: string
      readonly merchantTaxId?: string
      readonly acquirerId?: string
      readonly merchantId?: string
    },
    Resolution,
  ]
  'MerchantRuleService/CreateMerchantRule': [
    { readonly merchantRule: Partial<MerchantRule> },
    { readonly merchantRule: MerchantRule },
  ]
  'MerchantRuleService/UpdateMerchantRule': [
    { readonly merchantRule: MerchantRule; readonly updateMask: string },
    { readonly merchantRule: MerchantRule },
  ]
  'MerchantRuleService/DeleteMerchantRule': [
    { readonly merchantRuleId: string; readonly etag?: string },
    { readonly merchantRule: MerchantRule },
  ]
  'CategoryService/ListCategories': [PageRequest, PageAnswer & { readonly categories?: readonly Category[] }]
  'CategoryService/GetMccPolicy': [Record<string, never>, { readonly policy?: MccPolicy }]
  'Health/Check': [Record<string, never>, { readonly status?: string }]
  'ActivityService/GetActivity': [Record<string, never>, Activity]
  'CategoryService/UpsertCategory': [{ readonly category: Category }, { readonly category: Category }]
}
