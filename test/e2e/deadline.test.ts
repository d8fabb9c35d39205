import { expect } from 'chai'
import { type AuthorizeRequest, purchase, type TestClient } from '../support/clients/client.js'
import { statusOfRawCall } from '../support/clients/raw-call.js'
import { lockAccount } from '../support/database/account-lock.js'
import { fundedAccount } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { useService } from '../support/processes/service-fixture.js'

const DEADLINE_EXCEEDED = 4

describe('a deadline', () => {
  const fixture = useService()
  let request: AuthorizeRequest
  beforeEach(async () => {
    request = purchase({ account_id: await fundedAccount(fixture().core, { CASH: 5_000n }) })
  })

  async function transactions() {
    const { core, env } = fixture()
    const { entries } = await readBook(core.client.db(env['MONGODB_DATABASE']), request.account_id)
    return entries.map(({ transaction }) => transaction)
  }

  /** Once a later purchase on the account is decided, no earlier one is in flight. */
  async function decideAnother(client: TestClient) {
    await client.decide(purchase({ account_id: request.account_id, transaction_id: 'another' }))
  }

  for (const [what, timeout] of [
    ['that has passed already', '1n'],
    ['that leaves 4 ms, too little for a commit,', '4m'],
  ] as const) {
    it(`${what} is answered DEADLINE_EXCEEDED`, async () => {
      const { service } = fixture()
      expect(await statusOfRawCall(service.grpcAddress, request, timeout)).to.equal(DEADLINE_EXCEEDED)
    })

    it(`${what} commits nothing`, async () => {
      const { client, service } = fixture()
      await statusOfRawCall(service.grpcAddress, request, timeout)
      await decideAnother(client)
      expect(await transactions()).to.deep.equal(['open', 'credit:CASH', 'another'])
    })
  }

  it('is accepted when it is far away', async () => {
    expect(await statusOfRawCall(fixture().service.grpcAddress, request, '99999999H')).to.equal(0)
  })

  describe('during a wait for another purchase on the account', () => {
    let code: string

    beforeEach(async () => {
      const { client, core, env } = fixture()
      // Ensures that the client is connected.
      await client.decide(purchase({}))
      const lock = await lockAccount(core, String(env['MONGODB_DATABASE']), request.account_id)
      const first = purchase({ account_id: request.account_id, transaction_id: 'first' })
      const begun = client.authorize(first)
      await fixture().service.catchUp()
      code = (await client.fail(request, { deadlineMs: 300 })).code
      await lock.release()
      await begun
      await decideAnother(client)
    })

    it('is answered DEADLINE_EXCEEDED', () => {
      expect(code).to.equal('DEADLINE_EXCEEDED')
    })

    it('commits nothing', async () => {
      expect(await transactions()).to.deep.equal(['open', 'credit:CASH', 'first', 'another'])
    })
  })

  it('allows the unanswered purchase to be sent again', async () => {
    const { client, service } = fixture()
    await statusOfRawCall(service.grpcAddress, request, '1n')
    expect(await client.decide(request)).to.include({ code: '00', replayed: false, balance: '4000' })
  })
})
