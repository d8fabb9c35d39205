import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { type CardMethod, CardRailClient } from '../support/clients/card-rail-client.js'
import { fundedAccount } from '../support/database/accounts.js'
import { cleanBooks } from '../support/database/verified.js'
import { eventually } from '../support/eventually.js'
import { callJson } from '../support/http-api.js'
import { databaseOf, useHttpApi } from '../support/processes/service-fixture.js'

const merchant = 'PADARIA DO ZE               SAO PAULO BR'
const AUTHORIZE = 'transactions:authorize'
const BOOK = 'transactions:book'

describe('the calls of the card rail', () => {
  const fixture = useHttpApi()
  let client: CardRailClient
  let account_id: string

  before(() => {
    client = new CardRailClient(fixture().service.grpcAddress)
  })
  after(() => client?.close())
  beforeEach(async () => {
    account_id = await fundedAccount(fixture().core, { FOOD: 10_000n })
  })

  const message = (over: object = {}) => ({
    transaction_id: randomUUID(),
    account_id,
    amount: '1000',
    mcc: '5411',
    merchant,
    ...over,
  })
  const followUp = (original_transaction_id: string, over: object = {}) =>
    message({ original_transaction_id, ...over })
  const increment = (original_transaction_id: string, over: object = {}) => ({
    transaction_id: randomUUID(),
    account_id,
    original_transaction_id,
    amount: '1000',
    ...over,
  })

  async function held(over: object = {}): Promise<string> {
    const request = message({ hold: {}, ...over })
    await client.ask('Authorize', request)
    return request.transaction_id
  }

  it('hold, raise and capture a purchase, with every amount in the answers', async () => {
    const purchase = message({ hold: { expires_in: { seconds: 86_400 } } })
    const hold = await client.ask('Authorize', purchase)
    expect(hold).to.deep.include({ code: '00', held: true, approved_amount: '1000', balance: '9000' })
    const until = hold.held_until as { readonly seconds: string }
    const { decided_at: at } = hold as unknown as { readonly decided_at: { readonly seconds: string } }
    expect(Number(until.seconds) - Number(at.seconds)).to.equal(86_400)

    const raised = await client.ask('Increment', increment(purchase.transaction_id, { amount: '500' }))
    expect(raised).to.deep.include({ code: '00', category: 'FOOD', balance: '8500', held_balance: '1500' })
    expect(raised.approval_code).to.match(/^[0-9A-Z]{6}$/)

    const captured = await client.ask('Capture', followUp(purchase.transaction_id, { amount: '1200' }))
    expect(captured).to.deep.include({
      code: '00',
      reason: 'REASON_CAPTURED',
      decision: 'DECISION_APPROVED',
      retry: 'RETRY_NEVER',
      captured_amount: '1200',
      released_amount: '300',
      owed_amount: '0',
      balance: '8800',
    })
    const refunded = await client.ask('Refund', followUp(purchase.transaction_id, { amount: '200' }))
    expect(refunded).to.deep.include({ reason: 'REASON_REFUNDED', refunded_amount: '200', balance: '9000' })
    const reversed = await client.ask('Reverse', {
      transaction_id: 'back',
      account_id,
      original_transaction_id: purchase.transaction_id,
    })
    expect(reversed).to.deep.include({ code: '00', amount: '1000', released_amount: '0', balance: '10000' })

    const { purchase: whole } = await client.ask('GetPurchase', {
      account_id,
      transaction_id: purchase.transaction_id,
    })
    expect(whole).to.deep.include({
      state: 'PURCHASE_STATE_CAPTURED',
      category: 'FOOD',
      authorized_amount: '1000',
      incremented_amount: '500',
      captured_amount: '1200',
      excess_amount: '0',
      released_amount: '300',
      reversed_amount: '1000',
      refunded_amount: '200',
      rest_amount: '0',
      transaction_count: '5',
    })
    expect(whole.transactions.map(({ kind }) => kind.replace('TRANSACTION_KIND_', ''))).to.deep.equal([
      'AUTHORIZATION',
      'INCREMENT',
      'CAPTURE',
      'REFUND',
      'REVERSAL',
    ])
  })

  it('owe what the wallet lacks, cancel it by a reversal, and pay it by a credit that says so', async () => {
    const poor = await fundedAccount(fixture().core, { FOOD: 300n })
    const capture = { ...followUp('never-seen'), account_id: poor }
    expect(await client.ask('Capture', capture)).to.deep.include({
      reason: 'REASON_CAPTURED_UNSEEN',
      captured_amount: '1000',
      owed_amount: '700',
      balance: '0',
    })
    const reversal = {
      transaction_id: 'r',
      account_id: poor,
      original_transaction_id: 'never-seen',
      amount: '400',
    }
    expect(await client.ask('Reverse', reversal)).to.deep.include({
      reason: 'REASON_REVERSED_BEFORE_PURCHASE',
      amount: '400',
      cancelled_owed_amount: '400',
      balance: '0',
    })
    const { transaction } = await client.ask('Credit', {
      transaction_id: 'c',
      account_id: poor,
      category: 'FOOD',
      amount: '500',
      pays_owed: true,
    })
    // The amount is the whole credit, whatever part of it becomes available.
    expect(transaction).to.deep.include({
      ...{ kind: 'TRANSACTION_KIND_CREDIT', amount: '500', pays_owed: true },
      ...{ delta: '200', balance_after: '200', owed_delta: '-300', owed_after: '0', held_delta: '0' },
    })
    const { transactions } = await client.ask('ListTransactions', { account_id: poor })
    expect(transactions[0]).to.deep.equal(transaction)
    const stored = await databaseOf(fixture())
      .collection('accounts')
      .findOne({ _id: poor as never })
    expect(String(stored?.['journal'].at(-1).amount)).to.equal('500')
    const { account } = await client.ask('GetAccount', { account_id: poor })
    const food = account.wallets.find(({ category }) => category === 'FOOD')
    expect(food).to.deep.include({ balance: '200', held: '0', owed: '0' })
    await cleanBooks(databaseOf(fixture()))
  })

  it('show the open holds of an account, and what its wallets hold', async () => {
    const [one, other] = [await held(), await held({ amount: '250' })]
    const { account } = await client.ask('GetAccount', { account_id })
    expect(account.wallets.find(({ category }) => category === 'FOOD')).to.deep.include({
      balance: '8750',
      held: '1250',
    })
    expect(
      account.holds.map(({ transaction_id, rest_amount }) => [transaction_id, rest_amount]),
    ).to.deep.equal([
      [one, '1000'],
      [other, '250'],
    ])
  })

  it('decline the sixty-fifth hold', async () => {
    await Promise.all(Array.from({ length: 64 }, () => held({ amount: '1' })))
    const purchase = message({ hold: {}, amount: '1' })
    const declined = { code: '07', iso8583_code: '65', reason: 'REASON_HOLDS_FULL', held: false }
    const { answer, wallets } = await client.ask('Simulate', purchase)
    expect(answer).to.deep.include(declined)
    expect(wallets[0]).to.deep.include({ category: 'FOOD', outcome: 'WALLET_OUTCOME_HOLDS_FULL' })
    expect(await client.ask('Authorize', purchase)).to.deep.include(declined)
  })

  it('expire a hold at its time, and book a capture after it as late', async () => {
    const transaction_id = await held({ hold: { expires_in: { seconds: 1 } } })
    await eventually('the hold is due', async () => {
      const { purchase } = await client.ask('GetPurchase', { account_id, transaction_id })
      return purchase.state === 'PURCHASE_STATE_EXPIRED' && purchase.expired_amount === '1000'
    })
    const late = await client.ask('Capture', followUp(transaction_id))
    expect(late).to.deep.include({ reason: 'REASON_CAPTURED_LATE', captured_amount: '1000', balance: '9000' })
    const { purchase } = await client.ask('GetPurchase', { account_id, transaction_id })
    const [, expiry] = purchase.transactions
    expect(expiry).to.deep.include({
      transaction_id: ` expiry ${transaction_id}`,
      kind: 'TRANSACTION_KIND_EXPIRY',
      reason: 'REASON_EXPIRED',
      amount: '1000',
    })
    expect(purchase).to.deep.include({ state: 'PURCHASE_STATE_CAPTURED', captured_amount: '1000' })
    const found = await client.ask('GetTransaction', { account_id, transaction_id: expiry?.transaction_id })
    expect(found.transaction).to.deep.equal(expiry)
  })

  it('answer a reversal that is an advice with 00, whatever it finds, and name the reason', async () => {
    const declined = message({ mcc: '5999', amount: '1' })
    await client.ask('Authorize', declined)
    const reversal = {
      transaction_id: randomUUID(),
      account_id,
      original_transaction_id: declined.transaction_id,
    }
    const advised = await client.ask('Reverse', { ...reversal, advice: true })
    expect(advised).to.deep.include({
      code: '00',
      iso8583_code: '00',
      decision: 'DECISION_APPROVED',
      reason: 'REASON_ORIGINAL_DECLINED',
      amount: '0',
    })
    const asked = await client.ask('Reverse', { ...reversal, transaction_id: randomUUID() })
    expect(asked).to.deep.include({ code: '07', reason: 'REASON_ORIGINAL_DECLINED' })
  })

  it('answer NOT_FOUND for an id that no purchase has and no step names', async () => {
    const fail = async (transaction_id: string, account = account_id) => {
      const { code, info } = await client.fail('GetPurchase', { account_id: account, transaction_id })
      return [code, info?.reason]
    }
    expect(await fail('unknown')).to.deep.equal(['NOT_FOUND', 'TRANSACTION_NOT_FOUND'])
    expect(await fail('credit:FOOD')).to.deep.equal(['NOT_FOUND', 'TRANSACTION_NOT_FOUND'])
    expect(await fail('unknown', 'nobody')).to.deep.equal(['NOT_FOUND', 'ACCOUNT_NOT_FOUND'])
  })

  describe('a repeat', () => {
    const requests: readonly (readonly [CardMethod, (id: string) => object, object])[] = [
      ['Authorize', () => message({ hold: {} }), { hold: { expires_in: { seconds: 60 } } }],
      ['Increment', (id) => increment(id), { amount: '1001' }],
      ['Capture', (id) => followUp(id), { more_to_come: true }],
      ['Advise', (id) => followUp(`${id}-offline`), { fallback: 'FALLBACK_NEVER' }],
      ['Refund', (id) => followUp(id), { request: true }],
      ['Reverse', (id) => increment(id), { advice: true }],
    ]
    for (const [name, requestOf, over] of requests) {
      it(`of ${name} with the same content gets the stored answer, and with other content an error`, async () => {
        const request = requestOf(await held())
        const first = await client.ask(name, request)
        expect(await client.ask(name, request)).to.deep.equal({ ...first, replayed: true })
        const { code, info } = await client.fail(name, { ...request, ...over })
        expect([code, info?.reason]).to.deep.equal(['ALREADY_EXISTS', 'TRANSACTION_ID_REUSED'])
      })
    }
  })

  describe('a malformed request', () => {
    const dollars = { network: { currency: 'USD' } }
    const malformed: readonly (readonly [CardMethod, string, () => object, readonly string[]])[] = [
      [
        'Authorize',
        'a hold of a verification',
        () => message({ amount: 0, verification: true, hold: {} }),
        ['hold'],
      ],
      ['Authorize', 'no time', () => message({ hold: { expires_in: { seconds: 0 } } }), ['hold.expires_in']],
      [
        'Authorize',
        'more than 31 days',
        () => message({ hold: { expires_in: { seconds: 2_678_401 } } }),
        ['hold.expires_in'],
      ],
      [
        'Authorize',
        'a part of a second',
        () => message({ hold: { expires_in: { seconds: 1, nanos: 1 } } }),
        ['hold.expires_in'],
      ],
      [
        'Increment',
        'every field wrong',
        () => ({ transaction_id: ' x', account_id: '', original_transaction_id: ' x', amount: 0 }),
        ['transaction_id', 'account_id', 'original_transaction_id', 'original_transaction_id', 'amount'],
      ],
      [
        'Capture',
        'every field wrong',
        () => ({ merchant: '\n', mcc: '1', network: { rrn: '!' } }),
        [
          'transaction_id',
          'account_id',
          'original_transaction_id',
          'original_transaction_id',
          'amount',
          'mcc',
          'merchant',
          'network.rrn',
        ],
      ],
      ['Capture', 'another currency', () => followUp('x', dollars), ['network.currency']],
      ['Capture', 'an id that begins with a space', () => followUp(' expiry x'), ['original_transaction_id']],
      ['Advise', 'another currency', () => message(dollars), ['network.currency']],
      ['Advise', 'an unknown fallback', () => message({ fallback: 7 }), ['fallback']],
      [
        'Advise',
        'itself as its original',
        () => followUp('x', { transaction_id: 'x' }),
        ['original_transaction_id'],
      ],
      ['Refund', 'another currency', () => message(dollars), ['network.currency']],
      ['Refund', 'no amount', () => message({ amount: 0 }), ['amount']],
      ['GetPurchase', 'no ids', () => ({}), ['account_id', 'transaction_id']],
    ]
    for (const [name, what, requestOf, badFields] of malformed) {
      it(`of ${name} is rejected: ${what}`, async () => {
        const error = await client.fail(name, requestOf())
        expect(error.code).to.equal('INVALID_ARGUMENT')
        expect(error.badFields).to.deep.equal(badFields)
      })
    }

    it('says why a booking has no other currency', async () => {
      const { message: text } = await client.fail('Capture', followUp('x', dollars))
      expect(text).to.include('must be empty, BRL or 986: the amount is what the cardholder is charged')
    })
  })

  describe('the scope', () => {
    beforeEach(() => client.ask('Authorize', message({ transaction_id: 'seen' })))

    const cases: readonly (readonly [CardMethod, string, string, string, () => object])[] = [
      ['Increment', 'as a question', AUTHORIZE, BOOK, () => increment('x')],
      ['Capture', 'as a booking', BOOK, AUTHORIZE, () => followUp('x')],
      ['Advise', 'as a booking', BOOK, AUTHORIZE, () => message()],
      ['Refund', 'as a booking', BOOK, AUTHORIZE, () => message()],
      ['Refund', 'as a question', AUTHORIZE, BOOK, () => message({ request: true })],
      ['Reverse', 'as an advice', BOOK, 'transactions:reverse', () => increment('x', { advice: true })],
      ['Reverse', 'as a question', 'transactions:reverse', BOOK, () => increment('x')],
      [
        'GetPurchase',
        'as a statement',
        'accounts:read',
        BOOK,
        () => ({ account_id, transaction_id: 'seen' }),
      ],
    ]
    for (const [name, what, scope, other, requestOf] of cases) {
      it(`of ${name} ${what} is ${scope}`, async () => {
        const { code, info } = await client.fail(name, requestOf(), other)
        expect([code, info?.reason]).to.deep.equal(['PERMISSION_DENIED', 'SCOPE_MISSING'])
        await client.ask(name, requestOf(), scope)
      })
    }
  })

  it('are served as JSON, too', async () => {
    const { status, body } = await callJson(
      fixture().service.apiUrl,
      'benefits.v1.AuthorizationService/Authorize',
      message({ hold: { expiresIn: '3600s' } }),
    )
    expect(status).to.equal(200)
    expect(body).to.include({ code: '00', held: true })
    for (const expiresIn of ['0s', '0.5s', '-1s', '2678401s']) {
      const rejected = await callJson(
        fixture().service.apiUrl,
        'benefits.v1.AuthorizationService/Authorize',
        message({ hold: { expiresIn } }),
      )
      expect(rejected.status, expiresIn).to.equal(400)
      expect(rejected.body)
        .to.have.property('message')
        .that.includes('must be whole seconds, from 1 second to 31 days')
    }
  })

  // Mocha runs a suite after the tests beside it.
  describe('and their books', () => {
    it('explain every centavo', () => cleanBooks(databaseOf(fixture())))
  })
})
