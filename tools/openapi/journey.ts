/** A request of the collection, and the answer that its test demands. */
export type Step = {
  readonly name: string
  /** The operationId in the OpenAPI document. */
  readonly operation: string
  readonly body: unknown
  /** HTTP status; 200 when absent. */
  readonly status?: number
  /** Fields of the answer, or of the first object in it. */
  readonly answer?: Readonly<Record<string, unknown>>
  readonly query?: string
  readonly hasNoToken?: true
  /** Lines of JavaScript that run before the request, and after its answer (`answer`). */
  readonly before?: string
  readonly after?: string
}

export type Folder = { readonly name: string; readonly steps: readonly Step[] }

/** Each run of the collection has an account, a merchant rule and ids of its own. */
const accountId = 'postman-{{run}}'
const food = { mcc: '5411', merchant: 'PADARIA DO ZE               SAO PAULO BR' }
const rule = { id: 'postman-{{run}}', match: 'MERCHANT_RULE_MATCH_EXACT', name: 'LOJA {{run}}', mcc: '5812' }
const category = { id: 'POSTMAN', displayName: 'Postman', mccs: ['0742'], order: 900 }
const challenge = {
  account: 'challenge-{{run}}',
  totalAmount: 12.0,
  mcc: '5411',
  merchant: 'PADARIA DO ZE               SAO PAULO BR',
}
/** A category can be deleted when it has been closed for credits for ten seconds. */
const WAIT_TO_DELETE_MS = 12_000

/** The collection: an account from its opening to its closing, then what surrounds accounts. */
export const journey: readonly Folder[] = [
  {
    name: '1. Open an account',
    steps: [
      {
        name: 'Open it',
        operation: 'AccountService_CreateAccount',
        body: { accountId, requestId: 'open' },
        before: "pm.collectionVariables.set('run', Date.now().toString(36))",
        answer: { status: 'ACCOUNT_STATUS_ACTIVE', version: '1' },
      },
      {
        name: 'Open it again: nothing changes',
        operation: 'AccountService_CreateAccount',
        body: { accountId, requestId: 'open' },
        answer: { version: '1' },
      },
      {
        name: 'Open it by another request: it exists',
        operation: 'AccountService_CreateAccount',
        body: { accountId, requestId: 'open-2' },
        status: 409,
        answer: { code: 'already_exists' },
      },
      {
        name: 'Read it',
        operation: 'AccountService_GetAccount',
        body: { accountId },
        answer: { id: accountId, status: 'ACCOUNT_STATUS_ACTIVE' },
      },
      {
        name: 'Read one that does not exist',
        operation: 'AccountService_GetAccount',
        body: { accountId: 'nobody-{{run}}' },
        status: 404,
        answer: { code: 'not_found' },
      },
      {
        name: 'List accounts',
        operation: 'AccountService_ListAccounts',
        body: { pageSize: 5, status: 'ACCOUNT_STATUS_ACTIVE' },
      },
    ],
  },
  {
    name: '2. Load it',
    steps: [
      { name: 'List the wallets', operation: 'CategoryService_ListCategories', body: {} },
      creditStep('Load R$ 50.00 into FOOD', { transactionId: 'credit-food', accountId, category: 'FOOD' }),
      creditStep('Load R$ 50.00 into CASH', { transactionId: 'credit-cash', accountId, category: 'CASH' }),
      {
        name: 'Send the same load again: it counts once',
        operation: 'AccountService_Credit',
        body: { transactionId: 'credit-cash', accountId, category: 'CASH', amount: '5000' },
        answer: { replayed: true },
      },
      {
        name: 'Load nothing: malformed',
        operation: 'AccountService_Credit',
        body: { transactionId: 'credit-none', accountId, category: 'CASH', amount: '0' },
        status: 400,
        answer: { code: 'invalid_argument' },
      },
    ],
  },
  {
    name: '3. Buy',
    steps: [
      {
        name: 'Simulate a purchase',
        operation: 'AuthorizationService_Simulate',
        body: { accountId, amount: '3000', ...food },
        answer: { code: '00', category: 'FOOD' },
      },
      {
        name: 'Buy for R$ 30.00: FOOD pays',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-1', accountId, amount: '3000', ...food },
        answer: { code: '00', category: 'FOOD', balance: '2000', replayed: false },
      },
      {
        name: 'Send the same purchase again: the stored answer',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-1', accountId, amount: '3000', ...food },
        answer: { code: '00', category: 'FOOD', balance: '2000', replayed: true },
      },
      {
        name: 'Use its id for another purchase: an error',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-1', accountId, amount: '1', ...food },
        status: 409,
        answer: { code: 'already_exists' },
      },
      {
        name: 'Buy for R$ 30.00: FOOD has too little, CASH pays',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-2', accountId, amount: '3000', ...food },
        answer: { code: '00', category: 'CASH', balance: '2000' },
      },
      {
        name: 'Buy for R$ 30.00: no wallet covers it',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-3', accountId, amount: '3000', ...food },
        answer: { code: '51', reason: 'REASON_INSUFFICIENT_BALANCE', retry: 'RETRY_LATER' },
      },
      {
        name: 'Buy on an account that does not exist',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-1', accountId: 'nobody-{{run}}', amount: '3000', ...food },
        answer: { code: '07', reason: 'REASON_ACCOUNT_NOT_FOUND' },
      },
      {
        name: 'Buy in dollars: declined',
        operation: 'AuthorizationService_Authorize',
        body: {
          transactionId: 'purchase-dollars',
          accountId,
          amount: '1',
          ...food,
          network: { rail: 'RAIL_CREDIT', merchantId: 'LOJA 1', rrn: '633412000123', currency: 'USD' },
        },
        answer: { code: '07', iso8583Code: '12', reason: 'REASON_CURRENCY_NOT_SUPPORTED' },
      },
      {
        name: 'Buy without a token',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-4', accountId, amount: '1', ...food },
        hasNoToken: true,
        status: 401,
        answer: { code: 'unauthenticated' },
      },
    ],
  },
  {
    name: '4. Take back',
    steps: [
      {
        name: 'Give R$ 10.00 back',
        operation: 'AuthorizationService_Reverse',
        body: {
          transactionId: 'reversal-1',
          accountId,
          originalTransactionId: 'purchase-1',
          amount: '1000',
        },
        answer: { code: '00', category: 'FOOD', amount: '1000', balance: '3000' },
      },
      {
        name: 'Give the rest back',
        operation: 'AuthorizationService_Reverse',
        body: { transactionId: 'reversal-2', accountId, originalTransactionId: 'purchase-1' },
        answer: { code: '00', amount: '2000', balance: '5000' },
      },
      {
        name: 'Give it back once more: declined',
        operation: 'AuthorizationService_Reverse',
        body: { transactionId: 'reversal-3', accountId, originalTransactionId: 'purchase-1' },
        answer: { code: '07', reason: 'REASON_ALREADY_REVERSED' },
      },
    ],
  },
  {
    name: '5. Read the statement',
    steps: [
      {
        name: 'One entry',
        operation: 'AccountService_GetTransaction',
        body: { accountId, transactionId: 'purchase-1' },
        answer: { transactionId: 'purchase-1', kind: 'TRANSACTION_KIND_AUTHORIZATION', delta: '-3000' },
      },
      {
        name: 'Purchases, newest first',
        operation: 'AccountService_ListTransactions',
        body: { accountId, pageSize: 10, kind: 'TRANSACTION_KIND_AUTHORIZATION' },
        after:
          "pm.test('four purchases, newest first', () => pm.expect(answer.transactions.map((each) => each.transactionId)).to.eql(['purchase-dollars', 'purchase-3', 'purchase-2', 'purchase-1']))",
      },
    ],
  },
  {
    name: '6. Limit it',
    steps: [
      {
        name: 'At most R$ 20.00 for a purchase',
        operation: 'AccountService_UpdateAccount',
        body: { account: { id: accountId, limits: { purchaseMax: '2000' } }, requestId: 'limit' },
        answer: { id: accountId, limits: { purchaseMax: '2000', wallets: [] } },
      },
      {
        name: 'Buy for R$ 20.01: over the limit',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-5', accountId, amount: '2001', ...food },
        answer: { code: '07', reason: 'REASON_AMOUNT_OVER_LIMIT', retry: 'RETRY_SMALLER' },
      },
    ],
  },
  {
    name: '7. Merchant rules',
    steps: [
      {
        name: 'A rule for a merchant',
        operation: 'MerchantRuleService_CreateMerchantRule',
        body: { merchantRule: rule },
        answer: { id: rule.id, mcc: '5812' },
      },
      {
        name: 'Read it',
        operation: 'MerchantRuleService_GetMerchantRule',
        body: { merchantRuleId: rule.id },
        answer: { id: rule.id, mcc: '5812' },
      },
      {
        name: 'List rules by name',
        operation: 'MerchantRuleService_ListMerchantRules',
        body: { pageSize: 10, namePrefix: 'LOJA {{run}}' },
      },
      {
        name: 'Change its MCC',
        operation: 'MerchantRuleService_UpdateMerchantRule',
        body: { merchantRule: { id: rule.id, mcc: '5811' }, updateMask: 'mcc' },
        answer: { id: rule.id, mcc: '5811' },
      },
      {
        name: 'Find the rule that decides for a merchant',
        operation: 'MerchantRuleService_ResolveMerchant',
        body: { merchant: 'Loja {{run}}' },
        answer: { id: rule.id },
      },
      {
        name: 'Delete it',
        operation: 'MerchantRuleService_DeleteMerchantRule',
        body: { merchantRuleId: rule.id },
        answer: { id: rule.id },
      },
    ],
  },
  {
    name: '8. Categories',
    steps: [
      {
        name: 'A category for veterinarians',
        operation: 'CategoryService_UpsertCategory',
        body: { category },
        answer: { id: 'POSTMAN', mccs: ['0742'], creditsClosed: false },
      },
      {
        name: 'Read it',
        operation: 'CategoryService_GetCategory',
        body: { categoryId: 'POSTMAN' },
        answer: { id: 'POSTMAN', order: 900 },
      },
      {
        name: 'Delete it while it takes credits: rejected',
        operation: 'CategoryService_DeleteCategory',
        body: { categoryId: 'POSTMAN' },
        status: 400,
        answer: { code: 'failed_precondition' },
      },
      {
        name: 'Close it for credits',
        operation: 'CategoryService_UpsertCategory',
        body: { category: { ...category, creditsClosed: true } },
        answer: { id: 'POSTMAN', creditsClosed: true },
      },
      {
        name: 'Delete it after twelve seconds',
        operation: 'CategoryService_DeleteCategory',
        body: { categoryId: 'POSTMAN' },
        before: `setTimeout(() => {}, ${WAIT_TO_DELETE_MS})`,
      },
      {
        name: 'Read the MCCs that nothing pays for',
        operation: 'CategoryService_GetMccPolicy',
        body: {},
        after: "pm.collectionVariables.set('policy', JSON.stringify(answer.policy))",
      },
      {
        name: 'Set the same MCCs again',
        operation: 'CategoryService_UpdateMccPolicy',
        body: { policy: '{{policy}}' },
      },
    ],
  },
  {
    name: '9. Block it and close it',
    steps: [
      statusStep('Block it', 'BLOCKED'),
      {
        name: 'Buy: the account is blocked',
        operation: 'AuthorizationService_Authorize',
        body: { transactionId: 'purchase-6', accountId, amount: '1', ...food },
        answer: { code: '07', reason: 'REASON_ACCOUNT_BLOCKED' },
      },
      statusStep('Unblock it', 'ACTIVE'),
      statusStep('Close it', 'CLOSED'),
      {
        name: 'Load it: it is closed',
        operation: 'AccountService_Credit',
        body: { transactionId: 'credit-closed', accountId, category: 'CASH', amount: '1' },
        status: 400,
        answer: { code: 'failed_precondition' },
      },
      {
        name: 'See what the process has decided',
        operation: 'ActivityService_GetActivity',
        body: {},
        answer: { serving: true },
      },
    ],
  },
  {
    name: '10. The challenge',
    steps: [
      {
        name: 'An account with R$ 12.00 in FOOD and in CASH',
        operation: 'AccountService_CreateAccount',
        body: { accountId: challenge.account },
      },
      ...['FOOD', 'CASH'].map((wallet) => ({
        name: `R$ 12.00 in ${wallet}`,
        operation: 'AccountService_Credit',
        body: {
          transactionId: `credit-${wallet}`,
          accountId: challenge.account,
          category: wallet,
          amount: '1200',
        },
        answer: { replayed: false },
      })),
      { ...challengeStep('No token', '07'), hasNoToken: true },
      challengeStep('Empty body', '07', {}),
      challengeStep('Unknown account', '07', { ...challenge, account: 'nobody-{{run}}' }),
      challengeStep('Approved from FOOD', '00'),
      { ...challengeStep('FOOD is empty, without fallback', '51'), query: 'fallback=false' },
      challengeStep('FOOD is empty: CASH pays', '00'),
      challengeStep('Nothing is left', '51'),
      challengeStep('An MCC of six digits', '07', { ...challenge, mcc: '541132' }),
    ],
  },
]

function creditStep(name: string, credit: { transactionId: string; accountId: string; category: string }) {
  return {
    name,
    operation: 'AccountService_Credit',
    body: { ...credit, amount: '5000' },
    answer: { replayed: false },
  }
}

function statusStep(name: string, status: string): Step {
  return {
    name,
    operation: 'AccountService_UpdateAccount',
    body: { account: { id: accountId, status: `ACCOUNT_STATUS_${status}` }, updateMask: 'status' },
    answer: { id: accountId, status: `ACCOUNT_STATUS_${status}` },
  }
}

function challengeStep(name: string, code: string, body: object = challenge): Step {
  return { name, operation: 'Challenge_authorize', body, answer: { code } }
}
