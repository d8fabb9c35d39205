import type {
  Account,
  AccountStatus,
  Activity,
  AuthorizeAnswer,
  Category,
  HoldPolicy,
  Limits,
  MccPolicy,
  MerchantRule,
  Purchase,
  PurchaseOverview,
  Resolution,
  ReverseAnswer,
  Simulation,
  Transaction,
} from './messages.js'

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
      readonly paysOwed?: boolean
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
  'AccountService/GetPurchase': [
    { readonly accountId: string; readonly transactionId: string },
    { readonly purchase: PurchaseOverview },
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
  'CategoryService/GetHoldPolicy': [Record<string, never>, { readonly policy?: HoldPolicy }]
  'CategoryService/UpdateHoldPolicy': [{ readonly policy: HoldPolicy }, { readonly policy: HoldPolicy }]
  'Health/Check': [Record<string, never>, { readonly status?: string }]
  'ActivityService/GetActivity': [Record<string, never>, Activity]
  'CategoryService/UpsertCategory': [{ readonly category: Category }, { readonly category: Category }]
}
