import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { AccountClient, type WireAccount, type WireTransaction } from '../support/clients/account-client.js'
import { purchase } from '../support/clients/client.js'
import { eventually } from '../support/eventually.js'
import { useService } from '../support/processes/service-fixture.js'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

describe('AccountService over the wire', () => {
  const fixture = useService()
  let client: AccountClient
  before(() => {
    client = new AccountClient(fixture().service.grpcAddress)
  })
  after(() => client?.close())

  /** Opens an account that holds this much in its free balance. */
  async function opened(balance = 0): Promise<string> {
    const account_id = randomUUID()
    await client.ask('CreateAccount', { account_id })
    if (balance > 0) await credit(account_id, 'fund', balance)
    return account_id
  }

  const credit = (account_id: string, transaction_id: string, amount: number, category = 'CASH') =>
    client.ask('Credit', { transaction_id, account_id, category, amount })
  const update = (id: string, status: string, over: object = {}) =>
    client.ask('UpdateAccount', { account: { id, status: `ACCOUNT_STATUS_${status}` }, ...over })
  const rejectedUpdate = (id: string, status: string, over: object = {}) =>
    client.rejection('UpdateAccount', { account: { id, status: `ACCOUNT_STATUS_${status}` }, ...over })
  const account = async (account_id: string) => (await client.ask('GetAccount', { account_id })).account
  const buy = (account_id: string, transaction_id: string, amount: number) =>
    fixture().client.decide(purchase({ account_id, transaction_id, amount }))
  const reverse = (account_id: string, transaction_id: string, original: string, amount?: number) =>
    client.ask('Reverse', {
      transaction_id,
      account_id,
      original_transaction_id: original,
      ...(amount !== undefined && { amount }),
    })
  const cashOf = ({ wallets }: WireAccount) =>
    Number(wallets.find(({ category }) => category === 'CASH')?.balance ?? 0)

  describe('UpdateAccount', () => {
    it('with the same request_id changes nothing more, even if the account already had that status', async () => {
      const id = await opened()
      await update(id, 'BLOCKED')
      await update(id, 'BLOCKED', { request_id: 'r1' })
      await update(id, 'ACTIVE')
      const again = await update(id, 'BLOCKED', { request_id: 'r1' })
      expect(again.account).to.include({ status: 'ACCOUNT_STATUS_ACTIVE', version: '4' })
    })

    it('leaves a closed account readable, and closed', async () => {
      const id = await opened(500)
      await update(id, 'CLOSED')
      expect(cashOf(await account(id))).to.equal(500)
      expect(await rejectedUpdate(id, 'ACTIVE')).to.deep.equal(['FAILED_PRECONDITION', 'ACCOUNT_CLOSED'])
      expect((await buy(id, 'late', 1)).reason).to.equal('REASON_ACCOUNT_CLOSED')
    })

    for (const paths of [['wallets'], ['status', 'id'], ['*']]) {
      it(`rejects the mask ${paths}`, async () => {
        const rejection = await rejectedUpdate(await opened(), 'BLOCKED', { update_mask: { paths } })
        expect(rejection).to.deep.equal(['INVALID_ARGUMENT', 'INVALID_REQUEST'])
      })
    }

    it('finds no account that was never opened, even by the id of a decline', async () => {
      const id = randomUUID()
      await buy(id, 'early', 1)
      expect(await rejectedUpdate(id, 'BLOCKED')).to.deep.equal(['NOT_FOUND', 'ACCOUNT_NOT_FOUND'])
    })
  })

  describe('CreateAccount', () => {
    it('generates an id when the request has none', async () => {
      expect((await client.ask('CreateAccount', {})).account.id).to.match(UUID)
    })

    it('opens an account once, and replays the answer only for the same request', async () => {
      const request = { account_id: randomUUID(), request_id: 'open-1' }
      const first = await client.ask('CreateAccount', request)
      expect(await client.ask('CreateAccount', request)).to.deep.equal(first)
      const other = { ...request, request_id: 'open-2' }
      expect(await client.rejection('CreateAccount', other)).to.deep.equal([
        'ALREADY_EXISTS',
        'ACCOUNT_EXISTS',
      ])
    })
  })

  describe('ListAccounts', () => {
    it('pages through all accounts while others are opened', async () => {
      const mine = await Promise.all(Array.from({ length: 5 }, () => opened()))
      const seen: string[] = []
      let page_token = ''
      do {
        const page = await client.ask('ListAccounts', { page_size: 2, page_token })
        seen.push(...page.accounts.map(({ id }) => id))
        page_token = page.next_page_token
        // One account before all others in the order of ids, one after all others.
        for (const letter of ['0', 'z'])
          await client.ask('CreateAccount', { account_id: `${letter}${randomUUID()}` })
      } while (page_token !== '' && seen.length < 40)
      expect(seen).to.deep.equal([...new Set(seen)].sort())
      expect(seen).to.include.members(mine)
    })

    it('rejects a page token of another filter', async () => {
      await Promise.all([opened(), opened()])
      const { next_page_token: page_token } = await client.ask('ListAccounts', { page_size: 1 })
      const rejection = await client.rejection('ListAccounts', {
        page_token,
        status: 'ACCOUNT_STATUS_ACTIVE',
      })
      expect(rejection).to.deep.equal(['INVALID_ARGUMENT', 'INVALID_REQUEST'])
    })
  })

  describe('Credit', () => {
    it('is applied once, and its repeat gets the stored answer', async () => {
      const id = await opened()
      const first = await credit(id, 'load', 300)
      expect(await credit(id, 'load', 300)).to.deep.equal({ ...first, replayed: true })
      expect(cashOf(await account(id))).to.equal(300)
    })

    it('rejects its id with another amount', async () => {
      const id = await opened(300)
      const other = { account_id: id, transaction_id: 'fund', category: 'CASH', amount: 301 }
      expect(await client.rejection('Credit', other)).to.deep.equal([
        'ALREADY_EXISTS',
        'TRANSACTION_ID_REUSED',
      ])
    })
  })

  describe('Reverse', () => {
    it('returns parts, then the remainder, then nothing', async () => {
      const id = await opened(1_000)
      await buy(id, 'buy', 700)
      const answers = [
        await reverse(id, 'back-1', 'buy', 200),
        await reverse(id, 'back-2', 'buy'),
        await reverse(id, 'back-3', 'buy'),
      ]
      expect(answers.map(({ reason, amount }) => `${reason} ${amount}`)).to.deep.equal([
        'REASON_APPROVED 200',
        'REASON_APPROVED 500',
        'REASON_ALREADY_REVERSED 0',
      ])
      expect(cashOf(await account(id))).to.equal(1_000)
    })

    it('declines a purchase that arrives after its reversal', async () => {
      const id = await opened(1_000)
      const ahead = await reverse(id, 'back', 'buy')
      const late = await buy(id, 'buy', 700)
      expect([ahead.reason, late.reason]).to.deep.equal([
        'REASON_REVERSED_BEFORE_PURCHASE',
        'REASON_ALREADY_REVERSED',
      ])
    })

    it('of parts before the purchase leaves the rest to be approved, and the rest can be reversed to the centavo', async () => {
      const id = await opened(500)
      const early = [await reverse(id, 'back-1', 'buy', 150), await reverse(id, 'back-2', 'buy', 50)]
      expect(early.map(({ code, amount }) => [code, amount])).to.deep.equal([
        ['00', '0'],
        ['00', '0'],
      ])
      const late = await buy(id, 'buy', 700)
      expect(late).to.include({ reason: 'REASON_APPROVED', approved_amount: '500', balance: '0' })
      expect(await buy(id, 'buy', 700)).to.deep.equal({ ...late, replayed: true })
      expect((await reverse(id, 'back-3', 'buy', 501)).reason).to.equal('REASON_AMOUNT_OVER_REMAINDER')
      expect((await reverse(id, 'back-4', 'buy')).amount).to.equal('500')
      expect(cashOf(await account(id))).to.equal(500)
    })

    it('returns nothing for a declined purchase', async () => {
      const id = await opened(1_000)
      await buy(id, 'buy', 1_001)
      expect(await reverse(id, 'back', 'buy')).to.include({
        code: '07',
        reason: 'REASON_ORIGINAL_DECLINED',
        amount: '0',
      })
    })
  })

  describe('ListTransactions', () => {
    let id: string
    /** Older entries are in the ledger, the last one may be in the journal alone. */
    before(async () => {
      id = await opened(1_000)
      await credit(id, 'food', 200, 'FOOD')
      await buy(id, 'buy-1', 300)
      await buy(id, 'buy-2', 9_000)
      await reverse(id, 'back', 'buy-1', 100)
      await update(id, 'BLOCKED', { request_id: 'block' })
    })

    const list = async (over: object = {}) =>
      (await client.ask('ListTransactions', { account_id: id, ...over })).transactions
    const ids = (transactions: readonly WireTransaction[]) =>
      transactions.map(({ transaction_id }) => transaction_id)

    const filters: readonly (readonly [object, readonly string[]])[] = [
      [{ kind: 'TRANSACTION_KIND_AUTHORIZATION' }, ['buy-2', 'buy-1']],
      [{ kind: 'TRANSACTION_KIND_CREDIT' }, ['food', 'fund']],
      [{ category: 'FOOD' }, ['food']],
      [{ decision: 'DECISION_DECLINED' }, ['buy-2']],
      [{ category: 'CASH', decision: 'DECISION_APPROVED' }, ['back', 'buy-1', 'fund']],
      [{ kind: 'TRANSACTION_KIND_ADMIN', page_size: 1 }, ['block']],
    ]
    for (const [filter, expected] of filters) {
      it(`finds the rules that match ${JSON.stringify(filter)}`, async () => {
        expect(ids(await list(filter))).to.deep.equal(expected)
      })
    }

    it('includes entries at the start time and excludes entries at the end time', async () => {
      const all = await list()
      const times = all.map(({ create_time: { seconds, nanos } }) => Number(seconds) * 1_000 + nanos / 1e6)
      const [start_time, end_time] = [all[3]?.create_time, all[1]?.create_time]
      const expected = all.filter(
        (_, at) => (times[at] ?? 0) >= (times[3] ?? 0) && (times[at] ?? 0) < (times[1] ?? 0),
      )
      expect(ids(await list({ start_time, end_time }))).to.deep.equal(ids(expected))
    })

    it('shows the same before and after posting, in one page or one entry a page', async () => {
      const all = await list()
      await eventually('the ledger has all entries', async () => {
        const { core, env } = fixture()
        const ledger = core.client.db(env['MONGODB_DATABASE']).collection('ledger')
        return (await ledger.countDocuments({ '_id.account': id })) === all.length
      })
      const each = await Promise.all(
        ids(all).map((transaction_id) => client.ask('GetTransaction', { account_id: id, transaction_id })),
      )
      expect(each.map(({ transaction }) => transaction)).to.deep.equal(all)
      expect(await list()).to.deep.equal(all)
    })

    it('finds neither an unknown account nor an unknown transaction', async () => {
      expect([
        await client.rejection('ListTransactions', { account_id: 'nobody-at-all' }),
        await client.rejection('GetAccount', { account_id: 'nobody-at-all' }),
        await client.rejection('GetTransaction', { account_id: id, transaction_id: 'never' }),
      ]).to.deep.equal([
        ['NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
        ['NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
        ['NOT_FOUND', 'TRANSACTION_NOT_FOUND'],
      ])
    })
  })
})
