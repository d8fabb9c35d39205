import { expect } from 'chai'
import { type Account, AccountStatus, type ListAccountsResponse } from '../../src/gen/benefits/v1/account.js'
import type { Core } from '../../src/service/core.js'
import { accountMethods } from '../support/clients/account-methods.js'
import { callHandler } from '../support/clients/handler-call.js'
import { openCore } from '../support/database/accounts.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { accountAfter, booksOf, steps } from '../support/database/example-books.js'
import { testMongoUri } from '../support/database/mongo.js'
import { storeBooks } from '../support/database/stored-books.js'

type Asked = { readonly pageSize?: number; readonly status?: AccountStatus }

describe('list of accounts', () => {
  const database = useDatabase()
  let core: Core
  before(async () => {
    core = await openCore(await testMongoUri(), database().databaseName)
  })
  beforeEach(() => database().collection('accounts').deleteMany({}))
  after(() => core.close(2_000))

  async function store(...ids: readonly string[]): Promise<void> {
    const wholes = ids.map((id) => accountAfter(id, [steps.open('open'), steps.credit('c', 'FOOD', 7n)]))
    await storeBooks(database(), ...wholes.map((whole) => booksOf(whole, { journal: 2, posted: 0 })))
  }

  function page(pageToken: string, { pageSize = 0, status = AccountStatus.UNSPECIFIED }: Asked) {
    return callHandler(accountMethods(core).listAccounts, { pageSize, pageToken, status })
  }

  /** All pages in order; an action may run between two of them. */
  async function list(
    asked: Asked,
    between: (page: ListAccountsResponse) => Promise<unknown> = async () => {},
  ): Promise<readonly Account[]> {
    const all: Account[] = []
    let token = ''
    do {
      const found = await page(token, asked)
      all.push(...found.accounts)
      token = found.nextPageToken
      await between(found)
    } while (token !== '')
    return all
  }

  const idsOf = (accounts: readonly Account[]) => accounts.map(({ id }) => id)
  const numbered = (count: number, prefix = 'n') =>
    Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(4, '0')}`)

  it('is empty where there are no accounts', async () => {
    expect(await page('', {})).to.deep.equal({ accounts: [], nextPageToken: '' })
  })

  for (const pageSize of [1, 7, 50, 51, 1_000]) {
    it(`returns each account once, in the order of the ids, in pages of ${pageSize}`, async () => {
      const ids = numbered(50)
      await store(...[...ids].reverse())
      expect(idsOf(await list({ pageSize }))).to.deep.equal(ids)
    })
  }

  it('orders ids by their characters, capitals first', async () => {
    const ids = ['z', 'Z', 'a.b', 'a-b', 'a:b', 'a_b', 'a', '0', '9', 'ab', 'aB']
    await store(...ids)
    expect(idsOf(await list({ pageSize: 2 }))).to.deep.equal([...ids].sort())
  })

  it('neither repeats nor skips an account while others are opened before and after the current page', async () => {
    const ids = numbered(60)
    await store(...ids)
    let count = 0
    const found = await list({ pageSize: 7 }, async ({ accounts }) => {
      count += 1
      const last = accounts.at(-1)?.id ?? ''
      await store(`a-before-${count}`, `${last}-at-once-after`, `z-after-${count}`)
    })
    const seen = idsOf(found)
    expect(seen).to.deep.equal([...new Set(seen)].sort())
    expect(seen.filter((id) => /^n\d+$/.test(id))).to.deep.equal(ids)
  })

  it('includes an account that is opened after the current page', async () => {
    await store('b', 'c')
    const found = await list({ pageSize: 1 }, ({ accounts }) =>
      accounts[0]?.id === 'b' ? store('bb') : Promise.resolve(),
    )
    expect(idsOf(found)).to.deep.equal(['b', 'bb', 'c'])
  })

  it('shows the last committed state', async () => {
    await store('a')
    const [account] = await list({})
    expect(account).to.deep.include({ status: AccountStatus.ACTIVE, version: 2n })
    expect(account?.wallets[0]).to.deep.equal({
      category: 'FOOD',
      balance: 7n,
      held: 0n,
      owed: 0n,
      spending: undefined,
    })
  })

  it('leaves out accounts that were never opened', async () => {
    const unopened = accountAfter('u', [steps.purchase('buy', 1n)])
    await storeBooks(database(), booksOf(unopened, { journal: 1, posted: 0 }))
    await store('a', 'z')
    expect(idsOf(await list({ pageSize: 1 }))).to.deep.equal(['a', 'z'])
  })

  describe('with one status', () => {
    beforeEach(async () => {
      const withStatus = (id: string, status: 'ACTIVE' | 'BLOCKED' | 'CLOSED') =>
        booksOf(accountAfter(id, [steps.open('open'), steps.status('s', status)]), { journal: 1, posted: 0 })
      const all = numbered(30).map((id, index) =>
        withStatus(id, (['ACTIVE', 'BLOCKED', 'CLOSED'] as const)[index % 3] ?? 'ACTIVE'),
      )
      await storeBooks(database(), ...all)
    })

    for (const [index, status] of (['ACTIVE', 'BLOCKED', 'CLOSED'] as const).entries()) {
      it(`returns exactly the accounts that are ${status}`, async () => {
        const found = await list({ pageSize: 4, status: AccountStatus[status] })
        expect(idsOf(found)).to.deep.equal(numbered(30).filter((_, at) => at % 3 === index))
      })
    }

    it('neither repeats nor skips others when accounts change between two pages', async () => {
      const found = await list({ pageSize: 3, status: AccountStatus.ACTIVE }, ({ accounts }) =>
        // Accounts that earlier pages returned disappear, without shifting later ones.
        database()
          .collection<{ _id: string }>('accounts')
          .updateMany({ _id: { $in: idsOf(accounts) as string[] } }, { $set: { status: 'CLOSED' } }),
      )
      expect(idsOf(found)).to.deep.equal(numbered(30).filter((_, at) => at % 3 === 0))
    })
  })
})
