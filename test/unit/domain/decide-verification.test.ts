import { expect } from 'chai'
import { approvalCodeOf } from '../../../src/domain/approval-code.js'
import { benefit, challengeCategories, freeBalance } from '../../../src/domain/category.js'
import type { Purchase } from '../../../src/domain/decide.js'
import { decisionOf, type Entry } from '../../../src/domain/entry.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import { centavos } from '../../../src/domain/money.js'
import { decideReversal } from '../../../src/domain/reverse.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { accountWith, at, decideOn, historyOf, purchaseOf, recorded } from './builders.js'

const rich = { FOOD: 100_000n, CASH: 100_000n }
const none = { purchase: centavos(0n), wallets: new Map([['FOOD', { day: centavos(0n) }]]) }

function verificationOf(over: Partial<Purchase> = {}): Purchase {
  return purchaseOf({ amount: centavos(0n), verification: true, ...over })
}

function earlyReversalOf(amount?: bigint): Entry {
  return {
    kind: 'REVERSAL',
    accountId: 'account-1',
    transactionId: 'rev-1',
    seq: 1n,
    at,
    reason: 'REVERSED_BEFORE_PURCHASE',
    originalId: 'tx-1',
    ...(amount !== undefined && { amount: centavos(amount) }),
    described: {},
  }
}

describe('verification', () => {
  it('is approved, names the first wallet, and has neither movement nor day', () => {
    const entry = recorded(decideOn(accountWith(rich, { version: 6n }), verificationOf()))
    expect(entry).to.include({
      reason: 'VERIFIED',
      verification: true,
      verifiedWallet: 'FOOD',
      approvalCode: approvalCodeOf('account-1', 7n),
      amount: 0n,
    })
    expect(entry).to.not.have.any.keys('movement', 'day')
    expect(decisionOf(entry)).to.equal('APPROVED')
  })

  it('asks neither the balance nor the limits', () => {
    const spent = { day: '2026-01-02', dayAmount: centavos(500n), monthAmount: centavos(500n) }
    for (const account of [
      accountWith({}),
      accountWith(rich, { limits: none }),
      accountWith(rich, { limits: none, spent: new Map([['FOOD', spent]]) }),
    ])
      expect(recorded(decideOn(account, verificationOf()))).to.include({ verifiedWallet: 'FOOD' })
  })

  it('names the free balance where no benefit pays for the MCC', () => {
    const entry = recorded(decideOn(accountWith({}), verificationOf({ mcc: '5999' })))
    expect(entry).to.include({ reason: 'VERIFIED', verifiedWallet: 'CASH' })
  })

  for (const [status, reason] of [
    ['UNOPENED', 'ACCOUNT_NOT_FOUND'],
    ['CLOSED', 'ACCOUNT_CLOSED'],
    ['BLOCKED', 'ACCOUNT_BLOCKED'],
  ] as const) {
    it(`is declined on an account that is ${status}`, () => {
      const entry = recorded(decideOn(accountWith(rich, { status }), verificationOf()))
      expect(entry).to.include({ reason, verification: true })
      expect(entry).to.not.have.any.keys('verifiedWallet', 'approvalCode')
      expect(decisionOf(entry)).to.equal('DECLINED')
    })
  }

  it('is declined for its currency, its MCC and its rail, as a purchase is', () => {
    const catalog = catalogOf(
      [
        benefit({ id: 'FOOD', displayName: 'Food', order: 1, mccs: '5411', rails: ['VOUCHER'] }),
        freeBalance({ id: 'CASH', displayName: 'Cash', rails: ['CREDIT'] }),
      ],
      [],
      { neverPermitted: mccSet(['7995']) },
    )
    const reasonOf = (over: Partial<Purchase>) =>
      recorded(decideOn(accountWith(rich), verificationOf(over), { catalog })).reason
    expect(reasonOf({ network: { currency: 'USD' } })).to.equal('CURRENCY_NOT_SUPPORTED')
    expect(reasonOf({ mcc: '7995' })).to.equal('MCC_NOT_PERMITTED')
    expect(reasonOf({ network: { rail: 'DEBIT' } })).to.equal('RAIL_NOT_PERMITTED')
  })

  it('is declined when no wallet may pay', () => {
    const entry = recorded(decideOn(accountWith(rich), verificationOf({ mcc: '5999', fallback: 'NEVER' })))
    expect(entry).to.include({ reason: 'INSUFFICIENT_BALANCE' })
    expect(entry).to.not.have.any.keys('verifiedWallet', 'approvalCode')
  })

  for (const amount of [undefined, 1n]) {
    it(`is declined when a reversal of ${amount ?? 'all'} came first`, () => {
      const account = accountWith(rich, { version: 1n, hasEarlyReversal: true })
      const entry = recorded(decideOn(historyOf(account, [earlyReversalOf(amount)]), verificationOf()))
      expect(entry.reason).to.equal('ALREADY_REVERSED')
    })
  }

  it('is answered again from its entry, and a purchase under its id is a reuse', () => {
    const catalog = catalogOf(challengeCategories, [])
    const entry = recorded(decideOn(accountWith(rich), verificationOf(), { catalog }))
    const history = historyOf(accountWith({}, { version: 1n, status: 'BLOCKED' }), [entry])
    expect(decideOn(history, verificationOf())).to.deep.equal({ type: 'REPLAY', entry })
    expect(decideOn(history, purchaseOf())).to.deep.equal({ type: 'REUSED', entry })
  })

  for (const purchase of [verificationOf(), verificationOf({ network: { currency: 'USD' } })]) {
    it(`cannot be reversed, whether approved or not: ${purchase.network?.currency ?? 'BRL'}`, () => {
      const entry = recorded(decideOn(accountWith(rich), purchase))
      const reversal = { transactionId: 'rev-1', originalId: 'tx-1', described: {} }
      const verdict = decideReversal(historyOf(accountWith(rich, { version: 1n }), [entry]), reversal, at)
      expect(recorded(verdict).reason).to.equal('ORIGINAL_NOT_REVERSIBLE')
    })
  }
})
