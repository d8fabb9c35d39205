import { expect } from 'chai'
import type { AccountListQuery } from '../../../../src/application/account-list.js'
import {
  AccountStatus,
  type CreateAccountRequest,
  type ListAccountsRequest,
} from '../../../../src/gen/benefits/v1/account.js'
import { writePageToken } from '../../../../src/grpc/pages/page-token.js'
import { callHandler, failHandler } from '../../../support/clients/handler-call.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { service, unknown } from './account-fixture.js'

const { ACTIVE, BLOCKED, CLOSED } = AccountStatus
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const TOO_LONG = 'x'.repeat(129)

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
      wallets: ['FOOD', 'MEAL', 'CASH'].map((category) => ({
        category,
        balance: 0n,
        spending: undefined,
        held: 0n,
        owed: 0n,
      })),
      version: 1n,
      createTime: new Date(0),
      updateTime: new Date(0),
      limits: undefined,
      holds: [],
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
    expect(account?.wallets[0]).to.deep.equal({
      category: 'FOOD',
      balance: 500n,
      spending: undefined,
      held: 0n,
      owed: 0n,
    })
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
