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

/** A request of an operation: its name, its body, and the fields of its answer. */
type Ask = (name: string, body: unknown, answer?: Step['answer'], more?: Partial<Step>) => Step

const createAccount = requestsOf('AccountService_CreateAccount')
const getAccount = requestsOf('AccountService_GetAccount')
const updateAccount = requestsOf('AccountService_UpdateAccount')
const credit = requestsOf('AccountService_Credit')
const getTransaction = requestsOf('AccountService_GetTransaction')
const listTransactions = requestsOf('AccountService_ListTransactions')
const getPurchase = requestsOf('AccountService_GetPurchase')
const authorize = requestsOf('AuthorizationService_Authorize')
const reverse = requestsOf('AuthorizationService_Reverse')
const increment = requestsOf('CardRailService_Increment')
const capture = requestsOf('CardRailService_Capture')
const advise = requestsOf('CardRailService_Advise')
const refund = requestsOf('CardRailService_Refund')
const getCategory = requestsOf('CategoryService_GetCategory')
const upsertCategory = requestsOf('CategoryService_UpsertCategory')
const deleteCategory = requestsOf('CategoryService_DeleteCategory')
const authorizeChallenge = requestsOf('Challenge_authorize')

/** The collection: an account from its opening to its closing, then what surrounds accounts. */
export const journey: readonly Folder[] = [
  {
    name: '1. Open an account',
    steps: [
      createAccount(
        'Open it',
        { accountId, requestId: 'open' },
        { status: 'ACCOUNT_STATUS_ACTIVE', version: '1' },
        { before: "pm.collectionVariables.set('run', Date.now().toString(36))" },
      ),
      createAccount('Open it again: nothing changes', { accountId, requestId: 'open' }, { version: '1' }),
      createAccount(
        'Open it by another request: it exists',
        { accountId, requestId: 'open-2' },
        ...error(409, 'already_exists'),
      ),
      getAccount('Read it', { accountId }, { id: accountId, status: 'ACCOUNT_STATUS_ACTIVE' }),
      getAccount('Read one that does not exist', { accountId: 'nobody-{{run}}' }, ...error(404, 'not_found')),
      requestsOf('AccountService_ListAccounts')('List accounts', {
        pageSize: 5,
        status: 'ACCOUNT_STATUS_ACTIVE',
      }),
    ],
  },
  {
    name: '2. Load it',
    steps: [
      requestsOf('CategoryService_ListCategories')('List the wallets', {}),
      credit('Load R$ 50.00 into FOOD', creditOf('credit-food', 'FOOD', '5000'), { replayed: false }),
      credit('Load R$ 50.00 into CASH', creditOf('credit-cash', 'CASH', '5000'), { replayed: false }),
      credit('Send the same load again: it counts once', creditOf('credit-cash', 'CASH', '5000'), {
        replayed: true,
      }),
      credit(
        'Load nothing: malformed',
        creditOf('credit-none', 'CASH', '0'),
        ...error(400, 'invalid_argument'),
      ),
    ],
  },
  {
    name: '3. Buy',
    steps: [
      requestsOf('AuthorizationService_Simulate')(
        'Simulate a purchase',
        { accountId, amount: '3000', ...food },
        { code: '00', category: 'FOOD' },
      ),
      authorize('Buy for R$ 30.00: FOOD pays', purchaseOf('purchase-1', '3000'), {
        code: '00',
        category: 'FOOD',
        balance: '2000',
        replayed: false,
      }),
      authorize('Send the same purchase again: the stored answer', purchaseOf('purchase-1', '3000'), {
        code: '00',
        category: 'FOOD',
        balance: '2000',
        replayed: true,
      }),
      authorize(
        'Use its id for another purchase: an error',
        purchaseOf('purchase-1', '1'),
        ...error(409, 'already_exists'),
      ),
      authorize('Buy for R$ 30.00: FOOD has too little, CASH pays', purchaseOf('purchase-2', '3000'), {
        code: '00',
        category: 'CASH',
        balance: '2000',
      }),
      authorize('Buy for R$ 30.00: no wallet covers it', purchaseOf('purchase-3', '3000'), {
        code: '51',
        reason: 'REASON_INSUFFICIENT_BALANCE',
        retry: 'RETRY_LATER',
      }),
      authorize(
        'Buy on an account that does not exist',
        { ...purchaseOf('purchase-1', '3000'), accountId: 'nobody-{{run}}' },
        { code: '07', reason: 'REASON_ACCOUNT_NOT_FOUND' },
      ),
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
      authorize(
        'Verify the account: nothing moves',
        { transactionId: 'verification', accountId, ...food, verification: true },
        { code: '00', reason: 'REASON_VERIFIED', category: 'FOOD', approvedAmount: '0' },
      ),
      {
        ...authorize('Buy without a token', purchaseOf('purchase-4', '1'), ...error(401, 'unauthenticated')),
        hasNoToken: true,
      },
    ],
  },
  {
    name: '4. Take back',
    steps: [
      reverse(
        'Give R$ 10.00 back',
        { ...reversalOf('reversal-1'), amount: '1000' },
        { code: '00', category: 'FOOD', amount: '1000', balance: '3000' },
      ),
      reverse('Give the rest back', reversalOf('reversal-2'), {
        code: '00',
        amount: '2000',
        balance: '5000',
      }),
      reverse('Give it back once more: declined', reversalOf('reversal-3'), {
        code: '07',
        reason: 'REASON_ALREADY_REVERSED',
      }),
    ],
  },
  {
    name: '5. Read the statement',
    steps: [
      getTransaction(
        'One entry',
        { accountId, transactionId: 'purchase-1' },
        { transactionId: 'purchase-1', kind: 'TRANSACTION_KIND_AUTHORIZATION', delta: '-3000' },
      ),
      listTransactions(
        'Purchases, newest first',
        { accountId, pageSize: 10, kind: 'TRANSACTION_KIND_AUTHORIZATION' },
        undefined,
        {
          after:
            "pm.test('five purchases, newest first', () => pm.expect(answer.transactions.map((each) => each.transactionId)).to.eql(['verification', 'purchase-dollars', 'purchase-3', 'purchase-2', 'purchase-1']))",
        },
      ),
    ],
  },
  {
    name: '6. Hold, capture and refund',
    steps: [
      authorize(
        'Hold R$ 30.00 for a day: FOOD holds them',
        { ...purchaseOf('hold-1', '3000'), hold: { expiresIn: '86400s' } },
        { code: '00', category: 'FOOD', approvedAmount: '3000', held: true, balance: '2000' },
      ),
      increment(
        'Hold R$ 10.00 more',
        { ...followUpOf('increment-1', 'hold-1'), amount: '1000' },
        { code: '00', category: 'FOOD', heldBalance: '4000', balance: '1000' },
      ),
      getAccount(
        'See the hold',
        { accountId },
        { id: accountId },
        {
          after:
            "pm.test('R$ 40.00 are held', () => pm.expect(answer.account.holds[0].restAmount).to.eql('4000'))",
        },
      ),
      capture(
        'Capture R$ 35.00: the rest becomes available',
        { ...followUpOf('capture-1', 'hold-1'), amount: '3500', ...food },
        { reason: 'REASON_CAPTURED', capturedAmount: '3500', releasedAmount: '500', balance: '1500' },
      ),
      capture(
        'Capture it again under another id: late, and booked',
        { ...followUpOf('capture-2', 'hold-1'), amount: '500', ...food },
        { code: '00', reason: 'REASON_CAPTURED_LATE', capturedAmount: '500', balance: '1000' },
      ),
      refund(
        'The merchant gives R$ 5.00 back',
        { ...followUpOf('refund-1', 'hold-1'), amount: '500', ...food },
        { code: '00', reason: 'REASON_REFUNDED', refundedAmount: '500', balance: '1500' },
      ),
      refund(
        'A merchant asks to give back a purchase that spent nothing: declined',
        { ...followUpOf('refund-2', 'purchase-3'), amount: '500', ...food, request: true },
        { code: '07', reason: 'REASON_ORIGINAL_NOT_CAPTURED' },
      ),
      advise(
        'A terminal has approved R$ 5.00 offline',
        { transactionId: 'advice-1', accountId, amount: '500', ...food },
        { code: '00', reason: 'REASON_ADVISED', bookedAmount: '500', balance: '1000' },
      ),
      reverse(
        'And reports that it was reversed',
        { ...followUpOf('reversal-4', 'advice-1'), advice: true },
        { code: '00', amount: '500', balance: '1500' },
      ),
      getPurchase(
        'The whole purchase with its sums',
        { accountId, transactionId: 'hold-1' },
        { state: 'PURCHASE_STATE_CAPTURED', capturedAmount: '4000', refundedAmount: '500' },
      ),
    ],
  },
  {
    name: '7. Limit it',
    steps: [
      updateAccount(
        'At most R$ 20.00 for a purchase',
        { account: { id: accountId, limits: { purchaseMax: '2000' } }, requestId: 'limit' },
        { id: accountId, limits: { purchaseMax: '2000', wallets: [] } },
      ),
      authorize('Buy for R$ 20.01: over the limit', purchaseOf('purchase-5', '2001'), {
        code: '07',
        reason: 'REASON_AMOUNT_OVER_LIMIT',
        retry: 'RETRY_SMALLER',
      }),
    ],
  },
  {
    name: '8. Merchant rules',
    steps: [
      ruleStep('Create', 'A rule for a merchant', { merchantRule: rule }, { id: rule.id, mcc: '5812' }),
      ruleStep('Get', 'Read it', { merchantRuleId: rule.id }, { id: rule.id, mcc: '5812' }),
      requestsOf('MerchantRuleService_ListMerchantRules')('List rules by name', {
        pageSize: 10,
        namePrefix: 'LOJA {{run}}',
      }),
      ruleStep(
        'Update',
        'Change its MCC',
        { merchantRule: { id: rule.id, mcc: '5811' }, updateMask: 'mcc' },
        { id: rule.id, mcc: '5811' },
      ),
      requestsOf('MerchantRuleService_ResolveMerchant')(
        'Find the rule that decides for a merchant',
        { merchant: 'Loja {{run}}' },
        { id: rule.id },
      ),
      ruleStep('Delete', 'Delete it', { merchantRuleId: rule.id }, { id: rule.id }),
    ],
  },
  {
    name: '9. Categories',
    steps: [
      upsertCategory(
        'A category for veterinarians',
        { category },
        { id: 'POSTMAN', mccs: ['0742'], creditsClosed: false },
      ),
      getCategory('Read it', { categoryId: 'POSTMAN' }, { id: 'POSTMAN', order: 900 }),
      deleteCategory(
        'Delete it while it takes credits: rejected',
        { categoryId: 'POSTMAN' },
        ...error(400, 'failed_precondition'),
      ),
      upsertCategory(
        'Close it for credits',
        { category: { ...category, creditsClosed: true } },
        { id: 'POSTMAN', creditsClosed: true },
      ),
      deleteCategory('Delete it after twelve seconds', { categoryId: 'POSTMAN' }, undefined, {
        before: `setTimeout(() => {}, ${WAIT_TO_DELETE_MS})`,
      }),
      requestsOf('CategoryService_GetMccPolicy')('Read the MCCs that nothing pays for', {}, undefined, {
        after: "pm.collectionVariables.set('policy', JSON.stringify(answer.policy))",
      }),
      requestsOf('CategoryService_UpdateMccPolicy')('Set the same MCCs again', { policy: '{{policy}}' }),
      requestsOf('CategoryService_GetHoldPolicy')('Read how long holds last', {}, undefined, {
        after: "pm.collectionVariables.set('policy', JSON.stringify(answer.policy))",
      }),
      requestsOf('CategoryService_UpdateHoldPolicy')('Set the same policy again', { policy: '{{policy}}' }),
    ],
  },
  {
    name: '10. Block it and close it',
    steps: [
      statusStep('Block it', 'BLOCKED'),
      authorize('Buy: the account is blocked', purchaseOf('purchase-6', '1'), {
        code: '07',
        reason: 'REASON_ACCOUNT_BLOCKED',
      }),
      statusStep('Unblock it', 'ACTIVE'),
      statusStep('Close it', 'CLOSED'),
      credit(
        'Load it: it is closed',
        creditOf('credit-closed', 'CASH', '1'),
        ...error(400, 'failed_precondition'),
      ),
      requestsOf('ActivityService_GetActivity')('See what the process has decided', {}, { serving: true }),
    ],
  },
  {
    name: '11. The challenge',
    steps: [
      createAccount('An account with R$ 12.00 in FOOD and in CASH', { accountId: challenge.account }),
      ...['FOOD', 'CASH'].map((wallet) =>
        credit(
          `R$ 12.00 in ${wallet}`,
          {
            transactionId: `credit-${wallet}`,
            accountId: challenge.account,
            category: wallet,
            amount: '1200',
          },
          { replayed: false },
        ),
      ),
      { ...authorizeChallenge('No token', challenge, { code: '07' }), hasNoToken: true },
      authorizeChallenge('Empty body', {}, { code: '07' }),
      authorizeChallenge('Unknown account', { ...challenge, account: 'nobody-{{run}}' }, { code: '07' }),
      authorizeChallenge('Approved from FOOD', challenge, { code: '00' }),
      authorizeChallenge(
        'FOOD is empty, without fallback',
        challenge,
        { code: '51' },
        { query: 'fallback=false' },
      ),
      authorizeChallenge('FOOD is empty: CASH pays', challenge, { code: '00' }),
      authorizeChallenge('Nothing is left', challenge, { code: '51' }),
      authorizeChallenge('An MCC of six digits', { ...challenge, mcc: '541132' }, { code: '07' }),
    ],
  },
]

function requestsOf(operation: string): Ask {
  return (name, body, answer, more) => ({ name, operation, body, ...(answer && { answer }), ...more })
}

/** The answer and the status of a rejected request. */
function error(
  status: number,
  code: string,
): readonly [answer: { readonly code: string }, more: Partial<Step>] {
  return [{ code }, { status }]
}

function creditOf(transactionId: string, wallet: string, amount: string) {
  return { transactionId, accountId, category: wallet, amount }
}

function purchaseOf(transactionId: string, amount: string) {
  return { transactionId, accountId, amount, ...food }
}

function reversalOf(transactionId: string) {
  return followUpOf(transactionId, 'purchase-1')
}

function followUpOf(transactionId: string, originalTransactionId: string) {
  return { transactionId, accountId, originalTransactionId }
}

function ruleStep(verb: string, ...asked: Parameters<Ask>): Step {
  return requestsOf(`MerchantRuleService_${verb}MerchantRule`)(...asked)
}

function statusStep(name: string, status: string): Step {
  const account = { id: accountId, status: `ACCOUNT_STATUS_${status}` }
  return updateAccount(name, { account, updateMask: 'status' }, account)
}
