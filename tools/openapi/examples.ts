import type { DescMethod } from '@bufbuild/protobuf'

/** An account that `make run` and `./benefits seed` make. */
const ACCOUNT = '6712b3eb3ec7354864d4274f'
const purchase = { amount: '1000', mcc: '5411', merchant: 'PADARIA DO ZE               SAO PAULO BR' }
const rule = { id: 'uber-eats', match: 'MERCHANT_RULE_MATCH_PREFIX', name: 'UBER EATS', mcc: '5812' }
const category = { id: 'PETS', displayName: 'Pets', mccs: ['0742', '5995-5999'], order: 80 }

/** A request of each method that answers it with one message. */
const examples: Readonly<Record<string, unknown>> = {
  Authorize: { transactionId: 'purchase-1', accountId: ACCOUNT, ...purchase },
  Simulate: { accountId: ACCOUNT, ...purchase },
  Reverse: { transactionId: 'reversal-1', accountId: ACCOUNT, originalTransactionId: 'purchase-1' },
  Increment: {
    transactionId: 'increment-1',
    accountId: ACCOUNT,
    originalTransactionId: 'purchase-1',
    amount: '500',
  },
  Capture: {
    transactionId: 'capture-1',
    accountId: ACCOUNT,
    originalTransactionId: 'purchase-1',
    ...purchase,
  },
  Advise: { transactionId: 'advice-1', accountId: ACCOUNT, ...purchase },
  Refund: { transactionId: 'refund-1', accountId: ACCOUNT, originalTransactionId: 'purchase-1', ...purchase },
  CreateAccount: { accountId: 'ana', requestId: 'open-ana' },
  GetAccount: { accountId: ACCOUNT },
  ListAccounts: { pageSize: 10, status: 'ACCOUNT_STATUS_ACTIVE' },
  UpdateAccount: {
    account: {
      id: ACCOUNT,
      limits: { purchaseMax: '50000', wallets: [{ category: 'FOOD', dayMax: '10000' }] },
    },
    requestId: 'limits-1',
  },
  Credit: { transactionId: 'credit-1', accountId: ACCOUNT, category: 'FOOD', amount: '50000' },
  GetTransaction: { accountId: ACCOUNT, transactionId: 'purchase-1' },
  ListTransactions: { accountId: ACCOUNT, pageSize: 10, kind: 'TRANSACTION_KIND_AUTHORIZATION' },
  GetPurchase: { accountId: ACCOUNT, transactionId: 'purchase-1' },
  GetActivity: {},
  ListCategories: {},
  GetCategory: { categoryId: 'FOOD' },
  UpsertCategory: { category },
  DeleteCategory: { categoryId: 'PETS' },
  GetMccPolicy: {},
  UpdateMccPolicy: { policy: { neverPermitted: ['7995', '6010-6012'], neverPermittedAsReceived: ['7995'] } },
  GetHoldPolicy: {},
  UpdateHoldPolicy: {
    policy: {
      days: 7,
      rules: [
        { mccs: ['7011'], days: 30 },
        { mccs: ['5812-5814'], overPercent: 20 },
      ],
    },
  },
  CreateMerchantRule: { merchantRule: rule },
  GetMerchantRule: { merchantRuleId: rule.id },
  ListMerchantRules: { pageSize: 10, namePrefix: 'UBER' },
  UpdateMerchantRule: { merchantRule: { id: rule.id, mcc: '5811' }, updateMask: 'mcc' },
  DeleteMerchantRule: { merchantRuleId: rule.id },
  ResolveMerchant: { merchant: 'UBER EATS                   SAO PAULO BR' },
}

/** Returns an example of a request. */
export function exampleOf({ name }: DescMethod): unknown {
  if (!(name in examples)) throw new Error(`tools/openapi/examples.ts has no example of ${name}`)
  return examples[name]
}
