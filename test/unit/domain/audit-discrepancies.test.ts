import { expect } from 'chai'
import { audit, creditAt, type Found, put, withEntry } from './audit-fixture.js'
import { alsoPlantedInCards, plantedInCards } from './planted-card-discrepancies.js'
import { buyingAfterReversal, planted } from './planted-discrepancies.js'

for (const [kind, cases] of [planted, plantedInCards, alsoPlantedInCards].flatMap((all) =>
  Object.entries(all),
)) {
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
  'buy-1 at seq 6: REVERSAL moves CASH, the purchase is on FOOD':
    planted.REVERSAL_WRONG['it went to another wallet'],
  'nobody at seq 6: gives back 100 to FOOD, 0 was left':
    planted.REVERSAL_WRONG['the purchase was never seen'],
  'buy-1 at seq 6: gives back 100 on 2025-12-31, it was counted 100 on 2026-01-01':
    planted.DAYS_WRONG['a reversal was counted in another day than its purchase'],
  'buy at seq 5: gives back 20 to FOOD, 30 was left':
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
  'FOOD (held) holds 201, its entries add up to 200': plantedInCards.HELD_DIFFERS['a centavo too much'],
  'FOOD (owed) holds 0, its entries add up to 200': plantedInCards.OWED_DIFFERS['the debt is forgotten'],
  'tx-1: no open hold; its entries lead to FOOD 100 less 0 captured and 0 released until 2026-01-09T03:04:05.678Z, counted 100 on 2026-01-02':
    plantedInCards.HOLDS_DIFFER['an open hold is missing in the list'],
  'tx-1 is listed twice': plantedInCards.HOLDS_DIFFER['a hold is listed twice'],
  'seq 7: EXPIRY of 100 from FOOD, but tx-1 has no open hold':
    plantedInCards.HOLD_WRONG['a captured hold expired'],
  'seq 7: CAPTURE of 41 from FOOD, but tx-1 holds 40 in FOOD':
    plantedInCards.HOLD_WRONG['more was captured than the rest'],
  'seq 5: tx-1 expires at 2026-01-09T03:04:05.678Z, not at 2026-01-09T03:04:05.679Z':
    plantedInCards.EXPIRY_EARLY['the hold lasted longer'],
  'tx-1 at seq 5: a capture of 100 spends 100 and takes 0 from the hold; 0 were held, and 100 paid and not captured':
    plantedInCards.CAPTURE_WRONG['a purchase that was paid at once was paid again'],
  'tx-1 at seq 5: an advice of 100 spends 100, 0 was left to pay':
    plantedInCards.CAPTURE_WRONG['an advice of an approved purchase was paid again'],
  'tx-1 at seq 5 is APPROVED, although its captures came first':
    plantedInCards.CAPTURE_IGNORED['the captured purchase was paid again'],
  'tx-1 at seq 5 paid 100 of 100, but its early captures left 70':
    plantedInCards.CAPTURE_IGNORED['the part that was captured was paid again'],
  'tx-1 is at seq 4, but its later capture at seq 5 did not find it':
    plantedInCards.CAPTURE_IGNORED['the purchase was there before its capture'],
  'a capture or an advice came before its purchase':
    plantedInCards.EARLY_CAPTURE_FORGOTTEN['a capture came before its purchase'],
  'tx-1 at seq 5: REFUND moves CASH, the purchase is on FOOD':
    plantedInCards.REFUND_WRONG['it went to another wallet'],
  'seq 4: REFUNDED_UNLINKED to FOOD, by MCC undefined':
    plantedInCards.REFUND_WRONG['it names no purchase, and no MCC has chosen a wallet'],
  'tx-1 at seq 9: REFUND cancels 100 of the 0 that the purchase owes':
    plantedInCards.DEBT_WRONG['the debt of another purchase was cancelled'],
  'seq 8: CREDIT pays 0 of the 200 that FOOD owes':
    plantedInCards.DEBT_WRONG['a credit that pays the debt left it'],
  'tx-1 at seq 5: CAPTURE is CAPTURED_LATE, not CAPTURED_AFTER_DECLINE':
    plantedInCards.REASON_WRONG['a capture of a declined purchase is late'],
  'seq 4: ACCOUNT_BLOCKED, but the account is ACTIVE':
    plantedInCards.REASON_WRONG['a purchase is declined because of a block that nobody set'],
  'tx-1 at seq 4: takes 100, and counts no day':
    alsoPlantedInCards.DAYS_WRONG['a late capture counts on no day'],
  'tx-1 at seq 6: gives back 40, 0 of it held; 40 were held':
    alsoPlantedInCards.REVERSAL_WRONG['spent money went back before held money'],
  'a reversal came before its purchase': planted.MARK_FORGOTTEN['the account does not say so'],
}

describe('the detail of a discrepancy', () => {
  for (const [detail, found] of Object.entries(said)) {
    it(detail, () => {
      expect(found && audit(found).details).to.deep.equal([detail])
    })
  }

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
