import { expect } from 'chai'
import { creditAccount } from '../../../../src/application/credit-account.js'
import { BALANCE_MAX, centavos } from '../../../../src/domain/money.js'
import { type CreditRequest, TransactionKind } from '../../../../src/gen/benefits/v1/account.js'
import { callHandler, failHandler } from '../../../support/clients/handler-call.js'
import { patience } from '../../application/fixtures.js'
import { catalog, service } from './account-fixture.js'

describe('Credit', () => {
  const request = (over: Partial<CreditRequest> = {}): CreditRequest => ({
    transactionId: 'top-up',
    accountId: 'a',
    category: 'FOOD',
    amount: 25n,
    paysOwed: false,
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
