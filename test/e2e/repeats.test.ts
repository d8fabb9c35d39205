import { expect } from 'chai'
import { AccountClient } from '../support/clients/account-client.js'
import { type AuthorizeRequest, type AuthorizeResponse, purchase } from '../support/clients/client.js'
import { changeStatus, fundedAccount } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { useService } from '../support/processes/service-fixture.js'

const replayOf = (answer: AuthorizeResponse) => ({ ...answer, replayed: true })

describe('a repeated purchase', () => {
  const fixture = useService()

  async function bookOf(accountId: string) {
    const { core, env } = fixture()
    return await readBook(core.client.db(env['MONGODB_DATABASE']), accountId)
  }

  it('gets the stored answer, and only `replayed` differs', async () => {
    const { client, core } = fixture()
    const request = purchase({ account_id: await fundedAccount(core, { CASH: 5_000n }) })
    const first = await client.decide(request)
    expect(await client.decide(request)).to.deep.equal(replayOf(first))
  })

  it('has the approval code of the first, and so has the statement', async () => {
    const { client, core, service } = fixture()
    const request = purchase({ account_id: await fundedAccount(core, { CASH: 1_500n }) })
    const { approval_code } = await client.decide(request)
    expect(approval_code).to.match(/^[0-9A-Z]{6}$/)
    expect((await client.decide(request)).approval_code).to.equal(approval_code)
    const office = new AccountClient(service.grpcAddress)
    const { account_id, transaction_id } = request
    const { transaction } = await office.ask('GetTransaction', { account_id, transaction_id })
    office.close()
    expect(transaction.approval_code).to.equal(approval_code)
    expect((await client.decide(purchase({ account_id }))).approval_code).to.equal('')
  })

  it('is debited once', async () => {
    const { client, core } = fixture()
    const request = purchase({ account_id: await fundedAccount(core, { CASH: 5_000n }) })
    await client.decide(request)
    await client.decide(request)
    expect((await bookOf(request.account_id)).balances).to.deep.equal({ CASH: 4_000n })
  })

  it('stays declined when the wallet has money now', async () => {
    const { client, core } = fixture()
    const request = purchase({ account_id: await fundedAccount(core, {}) })
    const first = await client.decide(request)
    await fundedAccount(core, { CASH: 5_000n }, request.account_id)
    expect(await client.decide(request)).to.deep.equal(replayOf(first))
  })

  it('stays approved when the account is closed now', async () => {
    const { client, core } = fixture()
    const request = purchase({ account_id: await fundedAccount(core, { CASH: 5_000n }) })
    const first = await client.decide(request)
    await changeStatus(core, request.account_id, 'CLOSED')
    expect(await client.decide(request)).to.deep.equal(replayOf(first))
  })

  it('stays declined after the account is opened', async () => {
    const { client, core } = fixture()
    const request = purchase({ account_id: 'opened-later' })
    const first = await client.decide(request)
    await fundedAccount(core, { CASH: 5_000n }, request.account_id)
    expect(await client.decide(request)).to.deep.equal(replayOf(first))
  })

  describe('50 times at once', () => {
    let request: AuthorizeRequest
    let answers: readonly AuthorizeResponse[]
    before(async () => {
      const { client, core } = fixture()
      request = purchase({ account_id: await fundedAccount(core, { CASH: 5_000n }) })
      answers = await Promise.all(Array.from({ length: 50 }, () => client.decide(request)))
    })

    it('is debited once', async () => {
      expect((await bookOf(request.account_id)).balances).to.deep.equal({ CASH: 4_000n })
    })

    it('gets 50 equal answers', () => {
      const different = new Set(answers.map((answer) => JSON.stringify(replayOf(answer))))
      expect(different.size).to.equal(1)
    })

    it('is decided once and replayed 49 times', () => {
      expect(answers.filter(({ replayed }) => replayed)).to.have.lengthOf(49)
    })
  })

  describe('with different content', () => {
    const changes: readonly Partial<AuthorizeRequest>[] = [
      { amount: 1_001 },
      { mcc: '5411' },
      { merchant: 'PADARIA DA ANA              SAO PAULO BR' },
    ]
    for (const change of changes) {
      it(`is rejected as a reuse of the id (${Object.keys(change)})`, async () => {
        const { client, core } = fixture()
        const request = purchase({ account_id: await fundedAccount(core, { CASH: 5_000n }) })
        await client.decide(request)
        const { code, info } = await client.fail({ ...request, ...change })
        expect({ code, info }).to.deep.equal({
          code: 'ALREADY_EXISTS',
          info: { reason: 'TRANSACTION_ID_REUSED', domain: 'benefits.v1' },
        })
      })
    }

    it('changes nothing', async () => {
      const { client, core } = fixture()
      const request = purchase({ account_id: await fundedAccount(core, { CASH: 5_000n }) })
      await client.decide(request)
      await client.fail({ ...request, amount: 2_000 })
      expect((await bookOf(request.account_id)).balances).to.deep.equal({ CASH: 4_000n })
    })

    it('is rejected when the id belongs to another operation', async () => {
      const { client, core } = fixture()
      const account_id = await fundedAccount(core, { CASH: 5_000n })
      const { code } = await client.fail(purchase({ account_id, transaction_id: 'credit:CASH' }))
      expect(code).to.equal('ALREADY_EXISTS')
    })
  })

  it('is a separate purchase on another account', async () => {
    const { client, core } = fixture()
    const one = purchase({ account_id: await fundedAccount(core, { CASH: 5_000n }) })
    await client.decide(one)
    const other = { ...one, account_id: await fundedAccount(core, { CASH: 5_000n }) }
    expect(await client.decide(other)).to.include({ code: '00', replayed: false, balance: '4000' })
  })
})
