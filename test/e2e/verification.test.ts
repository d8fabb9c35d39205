import { expect } from 'chai'
import { AccountClient } from '../support/clients/account-client.js'
import { type AuthorizeRequest, purchase } from '../support/clients/client.js'
import { fundedAccount } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { cleanBooks } from '../support/database/verified.js'
import { callJson } from '../support/http-api.js'
import { databaseOf, useHttpApi } from '../support/processes/service-fixture.js'

const AUTHORIZE = 'benefits.v1.AuthorizationService/Authorize'
const verified = {
  code: '00',
  iso8583_code: '00',
  decision: 'DECISION_APPROVED',
  reason: 'REASON_VERIFIED',
  retry: 'RETRY_NEVER',
  category: 'FOOD',
  approved_amount: '0',
} as const

describe('account verification', () => {
  const fixture = useHttpApi()
  let office: AccountClient
  before(() => {
    office = new AccountClient(fixture().service.grpcAddress)
  })
  after(() => office?.close())

  /** A verification at a grocery, on a new account whose FOOD is empty. */
  async function verification(over: Partial<AuthorizeRequest> = {}): Promise<AuthorizeRequest> {
    const account_id = await fundedAccount(fixture().core, { CASH: 5_000n })
    return purchase({ account_id, amount: 0, mcc: '5411', verification: true, ...over })
  }

  it('on an active account names the wallet that would pay, and moves nothing', async () => {
    const request = await verification()
    const { account_id, transaction_id } = request
    const answer = await fixture().client.decide(request)
    expect(answer).to.include(verified)
    expect(answer.approval_code).to.match(/^[0-9A-Z]{6}$/)
    expect(answer.balance ?? undefined).to.equal(undefined)

    const { balances, entries } = await readBook(databaseOf(fixture()), account_id)
    expect(balances).to.deep.equal({ CASH: 5_000n })
    expect(entries.at(-1)).to.deep.include({
      transaction: transaction_id,
      decision: 'APPROVED',
      verification: true,
      verified_wallet: 'FOOD',
      amount: 0n,
    })
    expect(entries.at(-1)).to.not.have.any.keys('wallet', 'delta', 'balance_after', 'day')
    const { transaction } = await office.ask('GetTransaction', { account_id, transaction_id })
    expect(transaction).to.include({
      verification: true,
      verified_category: 'FOOD',
      category: '',
      delta: '0',
    })
    const { transactions } = await office.ask('ListTransactions', { account_id, category: 'FOOD' })
    expect(transactions).to.deep.equal([])
  })

  it('is answered again from its entry, also as JSON', async () => {
    const request = await verification()
    const { approval_code } = await fixture().client.decide(request)
    expect(await fixture().client.decide(request)).to.include({ ...verified, approval_code, replayed: true })
    const { amount: _, ...withoutAmount } = request
    const { body } = await callJson(fixture().service.apiUrl, AUTHORIZE, withoutAmount)
    expect(body).to.include({ reason: 'REASON_VERIFIED', replayed: true })
  })

  it('and a purchase under the same id are two contents', async () => {
    const request = await verification()
    await fixture().client.decide(request)
    const { verification: _, ...plain } = request
    expect(await fixture().client.fail({ ...plain, amount: 100 })).to.include({ code: 'ALREADY_EXISTS' })
  })

  it('on a blocked account is declined, and so is its repeat after the account is active again', async () => {
    const request = await verification()
    const { account_id } = request
    const set = (status: string) => office.ask('UpdateAccount', { account: { id: account_id, status } })
    await set('ACCOUNT_STATUS_BLOCKED')
    const declined = { code: '07', reason: 'REASON_ACCOUNT_BLOCKED', category: '', approval_code: '' }
    expect(await fixture().client.decide(request)).to.include(declined)
    await set('ACCOUNT_STATUS_ACTIVE')
    expect(await fixture().client.decide(request)).to.include({ ...declined, replayed: true })
  })

  it('cannot be reversed', async () => {
    const request = await verification()
    await fixture().client.decide(request)
    const { account_id, transaction_id } = request
    const reversal = {
      transactionId: 'back',
      accountId: account_id,
      originalTransactionId: transaction_id,
    }
    const { body } = await callJson(
      fixture().service.apiUrl,
      'benefits.v1.AuthorizationService/Reverse',
      reversal,
    )
    expect(body).to.include({ code: '07', reason: 'REASON_ORIGINAL_NOT_REVERSIBLE' })
  })

  for (const [what, over] of [
    ['no amount and no mark of a verification', { amount: 0, verification: false }],
    ['an amount and the mark of a verification', { amount: 100, verification: true }],
  ] as const) {
    it(`is malformed with ${what}`, async () => {
      const error = await fixture().client.fail(await verification(over))
      expect(error).to.deep.include({ code: 'INVALID_ARGUMENT', badFields: ['amount'] })
    })
  }

  it('leaves the books clean', async () => {
    await fixture().client.decide(await verification())
    await cleanBooks(databaseOf(fixture()))
  })
})
