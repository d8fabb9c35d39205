import { expect } from 'chai'
import { accountAfter, steps } from '../../support/database/example-books.js'
import { audit, creditAt, type Found, ID, put, withEntry } from './audit-fixture.js'
import { buyingAfterReversal, givingBack, planted } from './planted-discrepancies.js'

for (const [kind, cases] of Object.entries(planted)) {
  describe(`audit finds ${kind}`, () => {
    for (const [what, found] of Object.entries(cases)) {
      it(`when ${what}`, () => {
        expect([...new Set(audit(found).kinds)]).to.deep.equal([kind])
      })
    }
  })
}

/** One discrepancy of each kind, with its detail. */
const said: Readonly<Record<string, Found | undefined>> = {
  'the ledger has entries of this account': planted.ACCOUNT_MISSING['its document is gone'],
  'seq 11, new': planted.ENTRY_BEYOND_VERSION['one place too far'],
  'seq 9': planted.COPIES_DIFFER['in who did it'],
  'buy-2 at seq 5 and 10': planted.TRANSACTION_TWICE['in the ledger and in the journal'],
  'version 10, 2 entries': planted.JOURNAL_BROKEN['it has a gap'],
  'MEAL holds 0, its entries add up to 50': planted.BALANCE_DIFFERS['a wallet is gone'],
  'HEALTH holds 1, its entries add up to 0': planted.BALANCE_DIFFERS['a wallet that nothing was put into'],
  'seq 4: FOOD records 701, its entries add up to 700': planted.BALANCE_AFTER_WRONG['of a purchase'],
  'seq 4: FOOD falls to -100': planted.BALANCE_NEGATIVE['more was paid than was there'],
  'seq 4, AUTHORIZATION': planted.MOVEMENT_WRONG['a purchase took less than its amount'],
  'buy-1 paid 300 from FOOD, reversals returned 100 to CASH':
    planted.REVERSAL_WRONG['it went to another wallet'],
  'nobody paid nothing, reversals returned 100 to FOOD':
    planted.REVERSAL_WRONG['the purchase was never seen'],
  'buy-1 was counted for 2026-01-01, but reversals reduced 2025-12-31':
    planted.REVERSAL_WRONG['it was counted in another day than the purchase'],
  'buy was counted for 2026-01-01, but reversals reduced 2026-01-01, 2025-12-31':
    planted.REVERSAL_WRONG['some of it was counted in another day than the purchase'],
  'buy paid 50 from FOOD, and after a full reversal 40 had been returned':
    planted.REVERSAL_WRONG['all that was left was asked for, a part of it went back, and the rest later'],
  'buy at seq 4 is APPROVED, although its reversal came first, at seq 3':
    planted.REVERSAL_IGNORED['the purchase was approved after all'],
  'buy at seq 5 paid 21 of 30, but its early reversals left 20':
    planted.REVERSAL_IGNORED['the purchase was paid with a centavo too much'],
  'buy-1 is at seq 4, but its later reversal at seq 7 did not find it':
    planted.REVERSAL_IGNORED['the purchase was there before'],
  'is CLOSED, its history leads to ACTIVE':
    planted.STATUS_DIFFERS['the account is closed and nobody closed it'],
  'the last change of limits set other values': planted.LIMITS_DIFFER['the account has lost one'],
  'FOOD: nothing; its entries add up to 200 on 2026-01-01, 200 in its month':
    planted.SPENDING_DIFFERS['the counters are gone'],
  'seq 4: FOOD counts for 2025-12-31, after 2026-01-01':
    planted.DAY_WRONG['the clock went back, and the counters with it'],
  'a reversal came before its purchase': planted.MARK_FORGOTTEN['the account does not say so'],
}

describe('the detail of a discrepancy', () => {
  for (const [detail, found] of Object.entries(said)) {
    it(detail, () => {
      expect(found && audit(found).details).to.deep.equal([detail])
    })
  }

  it('names both wallets that got money back', () => {
    const whole = accountAfter(ID, [
      steps.open('open'),
      steps.credit('fund', 'FOOD', 50n),
      steps.purchase('buy', 50n),
      steps.reverse('back-1', 'buy', 20n),
      steps.reverse('back-2', 'buy', 20n),
    ])
    const ledger = whole.journal.map((entry) =>
      entry.seq === 5n ? givingBack('CASH', 20n, 20n)(entry) : entry,
    )
    expect(audit({ account: whole, ledger }).details).to.include(
      'buy paid 50 from FOOD, reversals returned 40 to FOOD, CASH',
    )
  })

  it('names the later of two early reversals around a purchase', () => {
    const { account, ledger } = buyingAfterReversal({})
    const [, , mark] = ledger
    const again = { ...(mark ?? creditAt(5n)), seq: 5n, transactionId: 'ahead-2' }
    expect(audit({ account, ledger: [...ledger.slice(0, 4), again] }).details).to.include(
      'buy is at seq 4, but its later reversal at seq 5 did not find it',
    )
  })
})

describe('audit of an approved reversal of the remainder', () => {
  for (const [what, movement] of Object.entries({
    'gave nothing back': undefined,
    'moved nothing': { wallet: 'FOOD', delta: 0n, balanceAfter: 700n },
    'took money': { wallet: 'FOOD', delta: -1n, balanceAfter: 699n },
  })) {
    it(`finds MOVEMENT_WRONG when it ${what}`, () => {
      expect(audit(withEntry(6n, put({ amount: undefined, movement }))).kinds).to.include('MOVEMENT_WRONG')
    })
  }
})
