import { expect } from 'chai'
import type { AccountListQuery } from '../../../../src/application/account-list.js'
import { creditAccount } from '../../../../src/application/credit-account.js'
import { Statement, type StatementQuery } from '../../../../src/application/statement.js'
import type { Account } from '../../../../src/domain/account.js'
import { challengeCategories } from '../../../../src/domain/category.js'
import type { Entry } from '../../../../src/domain/entry.js'
import { BALANCE_MAX, centavos } from '../../../../src/domain/money.js'
import {
  AccountStatus,
  type CreateAccountRequest,
  type CreditRequest,
  type Limits as LimitsMessage,
  type ListAccountsRequest,
  type ListTransactionsRequest,
  TransactionKind,
  type UpdateAccountRequest,
} from '../../../../src/gen/benefits/v1/account.js'
import { Decision } from '../../../../src/gen/benefits/v1/authorization.js'
import { accountHandlers } from '../../../../src/grpc/account/account-service.js'
import { creditHandlers } from '../../../../src/grpc/account/credit-handlers.js'
import { statementHandlers } from '../../../../src/grpc/account/statement-handlers.js'
import { PageGate } from '../../../../src/grpc/pages/page-gate.js'
import { writePageToken } from '../../../../src/grpc/pages/page-token.js'
import { catalogOf } from '../../../support/catalog/catalogs.js'
import { callHandler, failHandler } from '../../../support/clients/handler-call.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { patience } from '../../application/fixtures.js'
import { testEngine } from '../../application/test-engine.js'

const catalog = catalogOf(challengeCategories)
const { ACTIVE, BLOCKED, CLOSED } = AccountStatus
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
// A number that a later contract may define. To read it as "any" in a filter would be a wrong answer.
const unknown = 99 as never
const TOO_LONG = 'x'.repeat(129)

/**
 * The dependencies of AccountService in memory: accounts a (active), b (blocked), c (closed), u (unopened).
 */
function service({
  listed = [],
  older = [],
}: {
  listed?: readonly Account[]
  older?: readonly Entry[]
} = {}) {
  const { store, engine, clock } = testEngine()
  store.put(
    accountAfter('a', [steps.open('open'), steps.credit('fund', 'FOOD', 500n)]),
    accountAfter('b', [steps.open('open'), steps.status('block', 'BLOCKED')]),
    accountAfter('c', [steps.open('open'), steps.status('close', 'CLOSED')]),
    accountAfter('u', [steps.purchase('buy', 1n)]),
  )
  const listQueries: AccountListQuery[] = []
  const statementQueries: StatementQuery[] = []
  const list = {
    page: async (query: AccountListQuery) => {
      listQueries.push(query)
      return listed.filter(({ id }) => id > query.afterId).slice(0, query.limit)
    },
  }
  const statements = {
    page: async (query: StatementQuery) => {
      statementQueries.push(query)
      return older.slice(0, query.limit)
    },
  }
  const bugs: unknown[] = []
  const handlers = {
    clock,
    durationMsMax: 10_000,
    onBug: (error: unknown) => bugs.push(error),
    pages: new PageGate(),
  }
  const options = { engine, accounts: store, list, catalog: () => catalog, handlers }
  return {
    store,
    engine,
    listQueries,
    statementQueries,
    bugs,
    ...accountHandlers(options),
    ...creditHandlers({ engine, catalog: () => catalog, handlers }),
    ...statementHandlers(new Statement({ accounts: store, ledger: store, statements }), handlers),
  }
}

describe('CreateAccount', () => {
  const create = (request: Partial<CreateAccountRequest>, on = service()) =>
    callHandler(on.createAccount, { accountId: '', requestId: '', ...request })
  const fail = (request: Partial<CreateAccountRequest>, on = service()) =>
    failHandler(on.createAccount, { accountId: '', requestId: '', ...request })

  it('opens an active account with the given id and empty wallets', async () => {
    const { account } = await create({ accountId: 'new' })
    expect(account).to.deep.equal({
      id: 'new',
      status: ACTIVE,
      wallets: ['FOOD', 'MEAL', 'CASH'].map((category) => ({ category, balance: 0n, spending: undefined })),
      version: 1n,
      createTime: new Date(0),
      updateTime: new Date(0),
      limits: undefined,
    })
  })

  it('generates an id when the request has none', async () => {
    expect((await create({})).account?.id).to.match(UUID)
  })

  it('records the author', async () => {
    const on = service()
    await create({ accountId: 'new' }, on)
    expect(on.store.account('new').journal[0]).to.include({ subject: 'ana', action: 'OPEN' })
  })

  it('opens an account that was requested before it existed', async () => {
    expect((await create({ accountId: 'u' })).account).to.include({ status: ACTIVE, version: 2n })
  })

  it('rejects an existing id with ACCOUNT_EXISTS', async () => {
    const { code, info } = await fail({ accountId: 'a' })
    expect([code, info?.reason]).to.deep.equal(['ALREADY_EXISTS', 'ACCOUNT_EXISTS'])
  })

  it('returns the account again for the same request_id', async () => {
    const on = service()
    await create({ accountId: 'new', requestId: 'r' }, on)
    expect((await create({ accountId: 'new', requestId: 'r' }, on)).account?.version).to.equal(1n)
  })

  it('rejects a request_id that was used for something else', async () => {
    const { code, info } = await fail({ accountId: 'a', requestId: 'fund' })
    expect([code, info?.reason]).to.deep.equal(['ALREADY_EXISTS', 'TRANSACTION_ID_REUSED'])
  })

  it('names every invalid field', async () => {
    const { code, badFields } = await fail({ accountId: 'a b', requestId: TOO_LONG })
    expect({ code, badFields }).to.deep.equal({
      code: 'INVALID_ARGUMENT',
      badFields: ['account_id', 'request_id'],
    })
  })
})

describe('GetAccount', () => {
  const get = (accountId: string) => ({ accountId })

  it('reads an account', async () => {
    const { account } = await callHandler(service().getAccount, get('a'))
    expect(account?.wallets[0]).to.deep.equal({ category: 'FOOD', balance: 500n, spending: undefined })
  })

  it('reads a closed account', async () => {
    expect((await callHandler(service().getAccount, get('c'))).account?.status).to.equal(CLOSED)
  })

  for (const [id, what] of [
    ['x', 'was never heard of'],
    ['u', 'nobody opened'],
  ] as const) {
    it(`does not find an account that ${what}`, async () => {
      const { code, info } = await failHandler(service().getAccount, get(id))
      expect([code, info?.reason]).to.deep.equal(['NOT_FOUND', 'ACCOUNT_NOT_FOUND'])
    })
  }

  it('requires an id', async () => {
    expect((await failHandler(service().getAccount, get(''))).badFields).to.deep.equal(['account_id'])
  })
})

describe('ListAccounts', () => {
  const listed = ['k', 'l', 'm'].map((id) => accountAfter(id, [steps.open('open')]))
  const request = (over: Partial<ListAccountsRequest> = {}): ListAccountsRequest => ({
    pageSize: 0,
    pageToken: '',
    status: AccountStatus.UNSPECIFIED,
    ...over,
  })

  /** The requests to the list. */
  async function query(over: Partial<ListAccountsRequest>): Promise<AccountListQuery | undefined> {
    const on = service({ listed })
    await callHandler(on.listAccounts, request(over))
    return on.listQueries[0]
  }

  it('requests one account more than a page, to detect another page', async () => {
    expect(await query({ pageSize: 2 })).to.deep.equal({ afterId: '', limit: 3 })
  })

  it('requests pages of 50 by default', async () => {
    expect((await query({}))?.limit).to.equal(51)
  })

  it('requests pages of at most 1000, a hundred accounts at a time', async () => {
    const opened = accountAfter('x', [steps.open('open')])
    const many = Array.from({ length: 1_200 }, (_, at) => ({ ...opened, id: `x-${1_000 + at}` }))
    const on = service({ listed: many })
    const { accounts, nextPageToken } = await callHandler(on.listAccounts, request({ pageSize: 5_000 }))
    expect(accounts.map(({ id }) => id)).to.deep.equal(many.slice(0, 1_000).map(({ id }) => id))
    expect(nextPageToken).not.to.equal('')
    expect(on.listQueries.map(({ limit }) => limit)).to.deep.equal([
      ...Array.from({ length: 10 }, () => 100),
      1,
    ])
  })

  it('passes one status on', async () => {
    expect((await query({ status: BLOCKED }))?.status).to.equal('BLOCKED')
  })

  it('returns a page token while there are more accounts, which leads to the next page', async () => {
    const { accounts, nextPageToken } = await callHandler(
      service({ listed }).listAccounts,
      request({ pageSize: 2 }),
    )
    expect(accounts.map(({ id }) => id)).to.deep.equal(['k', 'l'])
    expect((await query({ pageToken: nextPageToken, pageSize: 2 }))?.afterId).to.equal('l')
  })

  it('gives no token after the last page, even when it is full', async () => {
    const { accounts, nextPageToken } = await callHandler(
      service({ listed }).listAccounts,
      request({ pageSize: 3 }),
    )
    expect({ count: accounts.length, nextPageToken }).to.deep.equal({ count: 3, nextPageToken: '' })
  })

  const wrong: readonly (readonly [string, Partial<ListAccountsRequest>, string])[] = [
    ['a negative page size', { pageSize: -1 }, 'page_size'],
    ['a malformed token', { pageToken: 'garbage' }, 'page_token'],
    [
      'a token of a list with another status',
      { pageToken: writePageToken('k', [ACTIVE]), status: BLOCKED },
      'page_token',
    ],
    ['a status that it does not know', { status: unknown }, 'status'],
  ]
  for (const [what, over, field] of wrong) {
    it(`rejects ${what}`, async () => {
      const { code, badFields } = await failHandler(service().listAccounts, request(over))
      expect({ code, badFields }).to.deep.equal({ code: 'INVALID_ARGUMENT', badFields: [field] })
    })
  }
})

describe('UpdateAccount', () => {
  const request = (
    id: string,
    status: AccountStatus,
    over: Partial<UpdateAccountRequest> = {},
  ): UpdateAccountRequest => ({
    account: {
      id,
      status,
      wallets: [],
      version: 0n,
      createTime: undefined,
      updateTime: undefined,
      limits: undefined,
    },
    updateMask: undefined,
    requestId: '',
    ...over,
  })
  const update = (...asked: Parameters<typeof request>) =>
    callHandler(service().updateAccount, request(...asked))
  const fail = (...asked: Parameters<typeof request>) =>
    failHandler(service().updateAccount, request(...asked))

  it('blocks', async () => {
    expect((await update('a', BLOCKED)).account).to.include({ status: BLOCKED, version: 3n })
  })

  it('unblocks', async () => {
    expect((await update('b', ACTIVE)).account?.status).to.equal(ACTIVE)
  })

  it('closes', async () => {
    expect((await update('b', CLOSED)).account?.status).to.equal(CLOSED)
  })

  it('accepts the mask "status"', async () => {
    expect((await update('a', BLOCKED, { updateMask: ['status'] })).account?.status).to.equal(BLOCKED)
  })

  it('records a change to the current status', async () => {
    expect((await update('b', BLOCKED)).account).to.include({ status: BLOCKED, version: 3n })
  })

  it('closes a closed account again', async () => {
    const { account } = await update('c', CLOSED)
    expect(account?.status).to.equal(CLOSED)
  })

  it('makes a change once per request_id, even one to the current status', async () => {
    const on = service()
    await callHandler(on.updateAccount, request('b', BLOCKED, { requestId: 'r' }))
    await callHandler(on.updateAccount, request('b', ACTIVE))
    const { account } = await callHandler(on.updateAccount, request('b', BLOCKED, { requestId: 'r' }))
    expect(account).to.include({ status: ACTIVE, version: 4n })
  })

  it('records the author', async () => {
    const on = service()
    await callHandler(on.updateAccount, request('a', BLOCKED))
    expect(on.store.account('a').journal.at(-1)).to.include({ subject: 'ana', action: 'STATUS' })
  })

  it('makes a change once per request_id', async () => {
    const on = service()
    await callHandler(on.updateAccount, request('a', BLOCKED, { requestId: 'r' }))
    await callHandler(on.updateAccount, request('a', ACTIVE))
    const { account } = await callHandler(on.updateAccount, request('a', BLOCKED, { requestId: 'r' }))
    expect(account).to.include({ status: ACTIVE, version: 4n })
  })

  const rejected: readonly (readonly [string, Parameters<typeof request>, string, string])[] = [
    ['to open a closed account', ['c', ACTIVE], 'FAILED_PRECONDITION', 'ACCOUNT_CLOSED'],
    ['to block a closed account', ['c', BLOCKED], 'FAILED_PRECONDITION', 'ACCOUNT_CLOSED'],
    ['an account that was never heard of', ['x', BLOCKED], 'NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
    ['an account that nobody opened', ['u', BLOCKED], 'NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
    [
      'a request_id that was used for something else',
      ['a', BLOCKED, { requestId: 'fund' }],
      'ALREADY_EXISTS',
      'TRANSACTION_ID_REUSED',
    ],
  ]
  for (const [what, asked, code, reason] of rejected) {
    it(`rejects ${what}`, async () => {
      const error = await fail(...asked)
      expect([error.code, error.info?.reason]).to.deep.equal([code, reason])
    })
  }

  describe('for limits', () => {
    const limits = (over: Partial<LimitsMessage> = {}): LimitsMessage => ({
      purchaseMax: undefined,
      wallets: [],
      ...over,
    })
    const wallet = (category: string, over: { dayMax?: bigint; monthMax?: bigint } = {}) => ({
      category,
      dayMax: undefined,
      monthMax: undefined,
      ...over,
    })
    const ask = (id: string, asked: LimitsMessage | undefined, over: Partial<UpdateAccountRequest> = {}) => {
      const whole = request(id, AccountStatus.UNSPECIFIED, over)
      return {
        ...whole,
        account: {
          id,
          status: AccountStatus.UNSPECIFIED,
          wallets: [],
          version: 0n,
          createTime: undefined,
          updateTime: undefined,
          limits: asked,
        },
      }
    }
    const food = limits({ purchaseMax: 900n, wallets: [wallet('FOOD', { dayMax: 50n, monthMax: 500n })] })

    it('sets all of them, with or without a mask', async () => {
      for (const updateMask of [undefined, ['limits']]) {
        const { account } = await callHandler(service().updateAccount, ask('a', food, { updateMask }))
        expect(account?.limits).to.deep.equal(food)
      }
    })

    it('records the author and the new limits, and keeps the status', async () => {
      const on = service()
      await callHandler(on.updateAccount, ask('b', food))
      expect(on.store.account('b').journal.at(-1)).to.deep.include({
        action: 'LIMITS',
        subject: 'ana',
        status: 'BLOCKED',
        limits: { purchase: 900n, wallets: new Map([['FOOD', { day: 50n, month: 500n }]]) },
      })
    })

    for (const [what, asked, updateMask, expected] of [
      [
        'the maximum of one purchase alone',
        limits({ purchaseMax: 7n }),
        ['limits.purchase_max'],
        { ...food, purchaseMax: 7n },
      ],
      [
        'the maximum of one purchase away',
        limits(),
        ['limits.purchase_max'],
        { ...food, purchaseMax: undefined },
      ],
      [
        'one wallet, and the others stay',
        limits({ wallets: [wallet('CASH', { dayMax: 0n })] }),
        ['limits.wallets'],
        { ...food, wallets: [...food.wallets, wallet('CASH', { dayMax: 0n })] },
      ],
      [
        'one wallet away',
        limits({ wallets: [wallet('FOOD')] }),
        ['limits.wallets'],
        limits({ purchaseMax: 900n }),
      ],
      ['a category that is no more away', limits({ wallets: [wallet('OLD')] }), ['limits.wallets'], food],
      [
        'two things at once',
        limits({ purchaseMax: 7n, wallets: [wallet('FOOD')] }),
        ['limits.purchase_max', 'limits.wallets'],
        limits({ purchaseMax: 7n }),
      ],
      [
        'nothing that the mask does not name',
        limits({ purchaseMax: 7n, wallets: [wallet('FOOD')] }),
        ['limits.purchase_max'],
        { ...food, purchaseMax: 7n },
      ],
      ['all of them away', limits(), ['limits'], undefined],
      ['all of them away, with a message that has none', undefined, ['limits'], undefined],
    ] as const) {
      it(`changes ${what}`, async () => {
        const on = service()
        await callHandler(on.updateAccount, ask('a', food))
        const { account } = await callHandler(
          on.updateAccount,
          ask('a', asked, { updateMask: [...updateMask] }),
        )
        expect(account?.limits).to.deep.equal(expected)
      })
    }

    it('makes a change once per request_id', async () => {
      const on = service()
      await callHandler(on.updateAccount, ask('a', food, { requestId: 'r' }))
      await callHandler(on.updateAccount, ask('a', limits(), { updateMask: ['limits'] }))
      const { account } = await callHandler(on.updateAccount, ask('a', food, { requestId: 'r' }))
      expect([account?.limits, account?.version]).to.deep.equal([undefined, 4n])
    })

    for (const [what, id, code] of [
      ['a closed account', 'c', 'FAILED_PRECONDITION'],
      ['an account that nobody opened', 'u', 'NOT_FOUND'],
    ] as const) {
      it(`rejects ${what}`, async () => {
        expect((await failHandler(service().updateAccount, ask(id, food))).code).to.equal(code)
      })
    }

    for (const [what, asked, updateMask, fields] of [
      ['a negative maximum', limits({ purchaseMax: -1n }), ['limits'], ['account.limits.purchase_max']],
      [
        'a category that is not there',
        limits({ wallets: [wallet('PETS', { dayMax: 1n })] }),
        ['limits'],
        ['account.limits.wallets[0].category'],
      ],
      [
        'a category twice',
        limits({ wallets: [wallet('FOOD'), wallet('FOOD')] }),
        ['limits'],
        ['account.limits.wallets[1].category'],
      ],
      [
        'limits below zero, each of them',
        limits({ wallets: [wallet('FOOD', { dayMax: -1n, monthMax: -1n })] }),
        ['limits'],
        ['account.limits.wallets[0].day_max', 'account.limits.wallets[0].month_max'],
      ],
      ['a mask of limits and status', limits(), ['limits', 'status'], ['update_mask', 'account.status']],
      [
        'a mask of a limit that is not there',
        limits(),
        ['limits.year_max'],
        ['update_mask', 'account.status'],
      ],
      [
        'a mask of more than eight paths',
        limits(),
        Array.from({ length: 9 }, () => 'limits'),
        ['update_mask'],
      ],
    ] as const) {
      it(`names ${what}`, async () => {
        const error = await failHandler(
          service().updateAccount,
          ask('a', asked, { updateMask: [...updateMask] }),
        )
        expect([error.code, error.badFields]).to.deep.equal(['INVALID_ARGUMENT', fields])
      })
    }

    it('names status and limits in one request without a mask', async () => {
      const both = { ...request('a', BLOCKED).account, limits: food } as UpdateAccountRequest['account']
      const error = await failHandler(service().updateAccount, request('a', BLOCKED, { account: both }))
      expect(error.badFields).to.deep.equal(['update_mask'])
    })
  })

  const malformed: readonly (readonly [string, Parameters<typeof request>, readonly string[]])[] = [
    ['no status', ['a', AccountStatus.UNSPECIFIED], ['account.status']],
    ['a status that it does not know', ['a', unknown], ['account.status']],
    [
      'a mask of a field that cannot be changed',
      ['a', BLOCKED, { updateMask: ['wallets'] }],
      ['update_mask'],
    ],
    ['a mask of several fields', ['a', BLOCKED, { updateMask: ['status', 'id'] }], ['update_mask']],
    ['a mask of no field', ['a', BLOCKED, { updateMask: [] }], ['update_mask']],
    ['a request_id too long', ['a', BLOCKED, { requestId: TOO_LONG }], ['request_id']],
    [
      'everything that is wrong, at once',
      ['', AccountStatus.UNSPECIFIED, { updateMask: ['id'], requestId: TOO_LONG }],
      ['account.id', 'request_id', 'update_mask', 'account.status'],
    ],
  ]
  for (const [what, asked, fields] of malformed) {
    it(`names ${what}`, async () => {
      const { code, badFields } = await fail(...asked)
      expect({ code, badFields }).to.deep.equal({ code: 'INVALID_ARGUMENT', badFields: fields })
    })
  }

  it('names the id when the request has no account', async () => {
    const error = await failHandler(service().updateAccount, request('a', ACTIVE, { account: undefined }))
    expect(error.badFields).to.deep.equal(['account.id', 'account.status'])
  })
})

describe('Credit', () => {
  const request = (over: Partial<CreditRequest> = {}): CreditRequest => ({
    transactionId: 'top-up',
    accountId: 'a',
    category: 'FOOD',
    amount: 25n,
    ...over,
  })
  const credit = (over: Partial<CreditRequest>, on = service()) => callHandler(on.credit, request(over))
  const fail = (over: Partial<CreditRequest>, on = service()) => failHandler(on.credit, request(over))

  it('adds money to a wallet, and returns the entry', async () => {
    const { transaction, replayed } = await credit({})
    const { kind, category, amount, delta, balanceAfter } = transaction ?? {}
    expect({ replayed, kind, category, amount, delta, balanceAfter }).to.deep.equal({
      replayed: false,
      kind: TransactionKind.CREDIT,
      category: 'FOOD',
      amount: 25n,
      delta: 25n,
      balanceAfter: 525n,
    })
  })

  it('returns the same entry for the same credit, marked as a repeat', async () => {
    const on = service()
    const first = await credit({}, on)
    expect(await credit({}, on)).to.deep.equal({ ...first, replayed: true })
  })

  it('is accepted on a blocked account', async () => {
    expect((await credit({ accountId: 'b' })).transaction?.balanceAfter).to.equal(25n)
  })

  const rejected: readonly (readonly [string, Partial<CreditRequest>, string, string])[] = [
    ['on a closed account', { accountId: 'c' }, 'FAILED_PRECONDITION', 'ACCOUNT_CLOSED'],
    ['on an account that was never heard of', { accountId: 'x' }, 'NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
    ['on an account that nobody opened', { accountId: 'u' }, 'NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
    ['with an id of another amount', { transactionId: 'fund' }, 'ALREADY_EXISTS', 'TRANSACTION_ID_REUSED'],
  ]
  for (const [what, over, code, reason] of rejected) {
    it(`is rejected ${what}`, async () => {
      const error = await fail(over)
      expect([error.code, error.info?.reason]).to.deep.equal([code, reason])
    })
  }

  it('is rejected when the wallet cannot hold that much', async () => {
    const on = service()
    const most = { transactionId: 'most', wallet: 'FOOD', amount: centavos(BALANCE_MAX - 500n) }
    await creditAccount({ engine: on.engine, catalog: () => catalog }, 'a', most, patience)
    const { code, info } = await fail({}, on)
    expect([code, info?.reason]).to.deep.equal(['FAILED_PRECONDITION', 'BALANCE_TOO_LARGE'])
  })

  const malformed: readonly (readonly [string, Partial<CreditRequest>, readonly string[]])[] = [
    ['an unknown category', { category: 'PETS' }, ['category']],
    ['a category in lower case', { category: 'food' }, ['category']],
    ['an amount of zero', { amount: 0n }, ['amount']],
    ['a negative amount', { amount: -1n }, ['amount']],
    ['an amount of thirteen digits', { amount: 1_000_000_000_000n }, ['amount']],
    [
      'everything that is wrong, at once',
      { transactionId: '', accountId: '', category: '', amount: 0n },
      ['transaction_id', 'account_id', 'category', 'amount'],
    ],
  ]
  for (const [what, over, fields] of malformed) {
    it(`names ${what}`, async () => {
      const { code, badFields } = await fail(over)
      expect({ code, badFields }).to.deep.equal({ code: 'INVALID_ARGUMENT', badFields: fields })
    })
  }
})

describe('GetTransaction', () => {
  const request = (accountId: string, transactionId: string) => ({ accountId, transactionId })

  it('reads an entry', async () => {
    const { transaction } = await callHandler(service().getTransaction, request('a', 'fund'))
    expect(transaction).to.include({ transactionId: 'fund', seq: 2n })
  })

  for (const [what, asked] of [
    ['an id that nobody used', request('a', 'nobody')],
    ['an account that was never heard of', request('x', 'fund')],
    ['an account that nobody opened', request('u', 'buy')],
  ] as const) {
    it(`does not find ${what}`, async () => {
      const { code, info } = await failHandler(service().getTransaction, asked)
      expect([code, info?.reason]).to.deep.equal(['NOT_FOUND', 'TRANSACTION_NOT_FOUND'])
    })
  }

  it('names every invalid field', async () => {
    const { badFields } = await failHandler(service().getTransaction, request('', ''))
    expect(badFields).to.deep.equal(['account_id', 'transaction_id'])
  })
})

describe('ListTransactions', () => {
  const whole = accountAfter('long', [
    steps.open('open'),
    ...Array.from({ length: 9 }, (_, at) => steps.credit(`c-${at}`, 'FOOD', 1n)),
  ])
  const request = (over: Partial<ListTransactionsRequest> = {}): ListTransactionsRequest => ({
    accountId: 'long',
    pageSize: 0,
    pageToken: '',
    startTime: undefined,
    endTime: undefined,
    kind: TransactionKind.UNSPECIFIED,
    category: '',
    decision: Decision.UNSPECIFIED,
    ...over,
  })

  /** A service with an account of ten entries. The journal has only the last. */
  function withLong() {
    const on = service({ older: whole.journal.slice(0, 9).reverse() })
    on.store.put({ ...whole, journal: whole.journal.slice(-1) })
    return on
  }

  /** The requests to the ledger. */
  async function query(over: Partial<ListTransactionsRequest>): Promise<StatementQuery | undefined> {
    const on = withLong()
    await callHandler(on.listTransactions, request(over))
    return on.statementQueries[0]
  }

  it('shows entries newest first', async () => {
    const { transactions } = await callHandler(withLong().listTransactions, request({}))
    expect(transactions.map(({ seq }) => Number(seq))).to.deep.equal([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  })

  it('returns a page token while there are older entries, which leads to them', async () => {
    const { transactions, nextPageToken } = await callHandler(
      withLong().listTransactions,
      request({ pageSize: 4 }),
    )
    expect(transactions.map(({ seq }) => Number(seq))).to.deep.equal([10, 9, 8, 7])
    expect((await query({ pageToken: nextPageToken, pageSize: 4 }))?.beforeSeq).to.equal(7n)
  })

  it('gives no token after the last page, even when it is full', async () => {
    const { transactions, nextPageToken } = await callHandler(
      withLong().listTransactions,
      request({ pageSize: 10 }),
    )
    expect({ count: transactions.length, nextPageToken }).to.deep.equal({ count: 10, nextPageToken: '' })
  })

  it('reads pages of at most 1000', async () => {
    // The entry, and the next one as a sign of more, come from the journal or the ledger.
    expect((await query({ pageSize: 5_000 }))?.limit).to.equal(1_000)
  })

  it('passes every filter on', async () => {
    const startTime = new Date(5)
    const endTime = new Date('2050-01-01')
    const over = {
      startTime,
      endTime,
      kind: TransactionKind.CREDIT,
      category: 'FOOD',
      decision: Decision.APPROVED,
    }
    const filter = {
      startAt: startTime,
      endAt: endTime,
      kind: 'CREDIT',
      wallet: 'FOOD',
      decision: 'APPROVED',
    }
    expect((await query(over))?.filter).to.deep.equal(filter)
  })

  it('filters nothing when no filter is set', async () => {
    expect((await query({}))?.filter).to.deep.equal({})
  })

  for (const kind of ['AUTHORIZATION', 'REVERSAL', 'CREDIT', 'ADMIN'] as const) {
    it(`filters the kind ${kind}`, async () => {
      expect((await query({ kind: TransactionKind[kind] }))?.filter).to.deep.equal({ kind })
    })
  }

  for (const decision of ['APPROVED', 'DECLINED'] as const) {
    it(`filters the decision ${decision}`, async () => {
      expect((await query({ decision: Decision[decision] }))?.filter).to.deep.equal({ decision })
    })
  }

  it('does not find an account that was never opened', async () => {
    const { code, info } = await failHandler(withLong().listTransactions, request({ accountId: 'u' }))
    expect([code, info?.reason]).to.deep.equal(['NOT_FOUND', 'ACCOUNT_NOT_FOUND'])
  })

  const filters: readonly (readonly [string, Partial<ListTransactionsRequest>])[] = [
    ['account', { accountId: 'a' }],
    ['start', { startTime: new Date(1) }],
    ['end', { endTime: new Date(1) }],
    ['kind', { kind: TransactionKind.CREDIT }],
    ['category', { category: 'FOOD' }],
    ['decision', { decision: Decision.APPROVED }],
  ]
  for (const [what, over] of filters) {
    it(`rejects a token of a list with another ${what}`, async () => {
      const on = withLong()
      const { nextPageToken } = await callHandler(on.listTransactions, request({ pageSize: 1 }))
      const { badFields } = await failHandler(
        on.listTransactions,
        request({ pageToken: nextPageToken, ...over }),
      )
      expect(badFields).to.deep.equal(['page_token'])
    })
  }

  const tied = ['long', undefined, undefined, 0, '', 0]
  const wrong: readonly (readonly [string, Partial<ListTransactionsRequest>, string])[] = [
    ['a negative page size', { pageSize: -1 }, 'page_size'],
    ['a malformed token', { pageToken: 'garbage' }, 'page_token'],
    ['a token whose place is not a number', { pageToken: writePageToken('x', tied) }, 'page_token'],
    ['a token without a place', { pageToken: writePageToken('', tied) }, 'page_token'],
    ['a token beyond every place', { pageToken: writePageToken('9'.repeat(19), tied) }, 'page_token'],
    ['a malformed account id', { accountId: 'a b' }, 'account_id'],
    ['a kind that it does not know', { kind: unknown }, 'kind'],
    ['a decision that it does not know', { decision: unknown }, 'decision'],
    // The decoding of seconds outside the calendar.
    ['a start that is not a time', { startTime: new Date(Number.NaN) }, 'start_time'],
    ['an end that is not a time', { endTime: new Date(Number.NaN) }, 'end_time'],
    ['a start before the year 1', { startTime: new Date('0000-12-31T23:59:59.999Z') }, 'start_time'],
    ['an end after the year 9999', { endTime: new Date('+010000-01-01T00:00:00Z') }, 'end_time'],
  ]
  for (const [what, over, field] of wrong) {
    it(`rejects ${what}`, async () => {
      const { code, badFields } = await failHandler(withLong().listTransactions, request(over))
      expect({ code, badFields }).to.deep.equal({ code: 'INVALID_ARGUMENT', badFields: [field] })
    })
  }
})
