import { expect } from 'chai'
import { type Capture, decideCapture } from '../../../src/domain/capture.js'
import type { Catalog } from '../../../src/domain/catalog.js'
import { benefit, challengeCategories, freeBalance } from '../../../src/domain/category.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import { centavos } from '../../../src/domain/money.js'
import type { Rail } from '../../../src/domain/network.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { challengeCatalog, padaria, ruleOf } from './builders.js'
import { CardAccount, effectOf } from './card-account.js'

const rich = { FOOD: 1_000n, MEAL: 1_000n, CASH: 1_000n }
const openRail = catalogOf(
  [
    benefit({ id: 'FOOD', displayName: 'Food', order: 1, mccs: '5411', rails: ['VOUCHER'] }),
    benefit({ id: 'MEAL', displayName: 'Meals', order: 2, mccs: '5811' }),
    freeBalance({ id: 'CASH', displayName: 'Free', rails: ['CREDIT'] }),
  ],
  [],
  { neverPermitted: mccSet(['7995']) },
)

/** A message over this rail. */
function onRail(rail: Rail): Partial<Capture> {
  return { network: { rail } }
}

describe('capture, rules 1 and 2: the id was decided before', () => {
  const capture: Capture = {
    transactionId: 'step',
    originalId: 'tx-1',
    amount: centavos(10n),
    moreToCome: true,
    mcc: '5411',
    merchant: padaria,
    network: { rrn: '1' },
  }
  const card = new CardAccount(rich)
  const stored = card.capture({ ...capture })
  const { moreToCome: _, ...final } = capture
  const { network: _network, ...bare } = capture
  const decide = (asked: Capture) =>
    decideCapture(card.history(), asked, challengeCatalog, card.now, utcCalendar)

  it('gives the stored answer to the same content', () => {
    expect(decide({ ...capture, network: { rrn: '1' } })).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  for (const [what, asked] of [
    ['another original', { ...capture, originalId: 'tx-2' }],
    ['another amount', { ...capture, amount: centavos(11n) }],
    ['no more to come', final],
    ['another MCC', { ...capture, mcc: '5412' }],
    ['another merchant', { ...capture, merchant: '' }],
    ['other network data', { ...capture, network: { rrn: '2' } }],
    ['no network data', bare],
    ['the id of another kind', { ...capture, transactionId: 'tx-9' }],
  ] as const) {
    it(`is rejected as a reuse of the id: ${what}`, () => {
      if (!card.past.some(({ transactionId }) => transactionId === 'tx-9'))
        card.buy({ transactionId: 'tx-9' })
      expect(decide(asked).type).to.equal('REUSED')
    })
  }
})

describe('capture, rule 3: the account was never opened', () => {
  it('is declined, and leaves no mark', () => {
    const card = new CardAccount({}, { status: 'UNOPENED' })
    expect(effectOf(card.capture())).to.equal('ACCOUNT_NOT_FOUND, nothing moved')
    expect(card.account.hasEarlyCapture).to.equal(false)
    expect(effectOf(card.set({ status: 'ACTIVE' }).buy())).to.equal('INSUFFICIENT_BALANCE, nothing moved')
  })
})

describe('capture, rules 4 to 7: the hold is open', () => {
  for (const status of ['BLOCKED', 'CLOSED'] as const) {
    it(`is booked on an account that is ${status}`, () => {
      const card = new CardAccount(rich)
      card.hold()
      expect(card.set({ status }).capture().reason).to.equal('CAPTURED')
    })
  }

  it('looks at nothing but its own id', () => {
    const card = new CardAccount(rich)
    card.hold()
    const history = {
      account: card.account,
      find: (id: string) => {
        expect(id).to.equal('step')
        return undefined
      },
      followUpsOf: () => {
        throw new Error('not read')
      },
    }
    const capture = { transactionId: 'step', originalId: 'tx-1', mcc: '5411', merchant: '' }
    for (const amount of [30n, 100n, 130n]) {
      const asked = { ...capture, amount: centavos(amount) }
      expect(decideCapture(history, asked, challengeCatalog, card.now, utcCalendar).type).to.equal('RECORD')
    }
  })

  const tolerated = [
    ['5812', 120n, 'CAPTURED_OVER'],
    ['5812', 121n, 'CAPTURED_OVER_TOLERANCE'],
    ['5813', 120n, 'CAPTURED_OVER'],
    ['5814', 120n, 'CAPTURED_OVER'],
    ['4121', 120n, 'CAPTURED_OVER'],
    ['7230', 120n, 'CAPTURED_OVER'],
    ['7298', 120n, 'CAPTURED_OVER'],
    ['5815', 101n, 'CAPTURED_OVER_TOLERANCE'],
    ['5811', 101n, 'CAPTURED_OVER_TOLERANCE'],
  ] as const
  for (const [mcc, amount, reason] of tolerated) {
    it(`calls ${amount} of 100 at ${mcc} ${reason}`, () => {
      const card = new CardAccount(rich)
      card.hold({ mcc })
      expect(card.capture({ mcc, amount }).reason).to.equal(reason)
    })
  }

  it('compares the tolerance with all captures, and with the hold less its reversals', () => {
    const card = new CardAccount(rich)
    card.hold({ mcc: '5812', amount: 150n })
    card.reverse({ amount: 50n })
    card.captureSome({ mcc: '5812', amount: 60n })
    expect(card.capture({ mcc: '5812', amount: 61n }).reason).to.equal('CAPTURED_OVER_TOLERANCE')
  })

  it('takes the rest from the oldest days, and gives back to the newest', () => {
    const card = new CardAccount(rich)
    card.hold()
    card.wait(1).increment({ amount: 50n })
    card.wait(1).increment({ amount: 30n })
    const entry = card.capture({ amount: 120n })
    expect(effectOf(entry)).to.equal('CAPTURED FOOD 60 held -180 owed 0')
    expect(entry.days).to.deep.equal([
      { day: '2026-01-03', amount: 30n },
      { day: '2026-01-04', amount: 30n },
    ])
    expect(card.account.spent.get('FOOD')).to.deep.equal({
      day: '2026-01-04',
      dayAmount: 0n,
      monthAmount: 120n,
    })
  })

  it('names one day when only that day gets back', () => {
    const card = new CardAccount(rich)
    card.hold()
    const entry = card.wait(1).capture({ amount: 40n })
    expect(entry).to.include({ day: '2026-01-02' }).and.not.have.property('days')
    expect(card.account.spent.get('FOOD')).to.deep.equal({
      day: '2026-01-02',
      dayAmount: 40n,
      monthAmount: 40n,
    })
  })

  it('counts the excess on its own day, past the limits', () => {
    const limits = { wallets: new Map([['FOOD', { day: centavos(100n) }]]) }
    const card = new CardAccount(rich, { limits })
    card.hold()
    expect(card.wait(1).capture({ amount: 250n }).day).to.equal('2026-01-03')
    expect(card.standing().counted).to.equal(150n)
  })

  it('closes the hold with its rest, even when more was announced', () => {
    const card = new CardAccount(rich)
    card.hold()
    card.captureSome()
    expect(card.account.holds).to.deep.equal([])
    expect(card.capture({ amount: 1n }).reason).to.equal('CAPTURED_LATE')
  })
})

describe('capture, rules 8 and 9: the purchase was paid at once', () => {
  it('moves nothing as far as earlier captures leave it unconfirmed', () => {
    const card = new CardAccount(rich)
    card.buy()
    const reasons = [60n, 40n].map((amount) => card.captureSome({ amount }).reason)
    expect(reasons).to.deep.equal(['ALREADY_CAPTURED', 'ALREADY_CAPTURED'])
    expect(card.standing().available).to.equal(900n)
  })

  it('books the excess', () => {
    const card = new CardAccount(rich)
    card.buy()
    card.captureSome({ amount: 60n })
    expect(effectOf(card.capture({ amount: 55n }))).to.equal('CAPTURED_OVER_TOLERANCE FOOD -15 held 0 owed 0')
  })

  it('tolerates a tip', () => {
    const card = new CardAccount(rich)
    card.buy({ mcc: '5812' })
    expect(effectOf(card.capture({ mcc: '5812', amount: 115n }))).to.equal(
      'CAPTURED_OVER MEAL -15 held 0 owed 0',
    )
  })

  it('confirms no more than reversals have left', () => {
    const card = new CardAccount(rich)
    card.buy()
    card.reverse({ amount: 30n })
    expect(effectOf(card.capture())).to.equal('CAPTURED_OVER_TOLERANCE FOOD -30 held 0 owed 0')
  })

  it('is late when it comes under another id once more', () => {
    const card = new CardAccount(rich)
    card.buy()
    card.capture()
    expect(effectOf(card.capture())).to.equal('CAPTURED_LATE FOOD -100 held 0 owed 0')
  })

  it('does not ask whether the purchase was refunded', () => {
    const card = new CardAccount(rich)
    card.buy()
    card.refund()
    expect(card.capture().reason).to.equal('ALREADY_CAPTURED')
  })

  it('treats an advice as a purchase', () => {
    const card = new CardAccount(rich)
    card.advise({ transactionId: 'tx-1' })
    expect(card.capture().reason).to.equal('ALREADY_CAPTURED')
  })
})

describe('capture, rules 10 to 12: nothing is held or unconfirmed', () => {
  it('stays on the wallet of its purchase, whatever its MCC', () => {
    const card = new CardAccount({ FOOD: 100n, MEAL: 1_000n })
    card.hold()
    card.reverse()
    card.credit({ amount: 20n })
    expect(effectOf(card.capture({ amount: 150n, mcc: '5811' }))).to.equal(
      'CAPTURED_LATE FOOD -120 held 0 owed 30',
    )
  })

  for (const before of ['declined', 'never seen'] as const) {
    it(`is late when the purchase was ${before}, but its advice is confirmed already`, () => {
      const card = new CardAccount({ FOOD: 500n })
      if (before === 'declined') card.buy({ amount: 501n })
      card.advise({ originalId: 'tx-1' })
      expect(card.capture().reason).to.equal('ALREADY_CAPTURED')
      expect(effectOf(card.capture())).to.equal('CAPTURED_LATE FOOD -100 held 0 owed 0')
    })
  }

  it('stays on the wallet of an earlier capture', () => {
    const card = new CardAccount({ FOOD: 100n, CASH: 1_000n })
    card.captureSome()
    expect(effectOf(card.capture())).to.equal('CAPTURED_UNSEEN FOOD 0 held 0 owed 100')
  })

  const routes: readonly (readonly [
    string,
    Catalog,
    Record<string, bigint>,
    Partial<Capture>,
    string,
    bigint,
  ])[] = [
    ['the first wallet that covers it', challengeCatalog, { FOOD: 99n, CASH: 100n }, {}, 'CASH', -100n],
    ['the first wallet when none covers it', challengeCatalog, { FOOD: 60n, CASH: 99n }, {}, 'FOOD', -60n],
    ['the wallet that permits its rail', openRail, { FOOD: 500n, CASH: 9n }, onRail('CREDIT'), 'CASH', -9n],
    ['a wallet that its rail excludes, if no other', openRail, { CASH: 50n }, onRail('DEBIT'), 'FOOD', 0n],
    ['the free balance for an MCC of no wallet', openRail, { CASH: 5n }, { mcc: '7995' }, 'CASH', -5n],
  ]
  for (const [what, catalog, wallets, asked, wallet, delta] of routes) {
    it(`chooses ${what}`, () => {
      const { movement } = new CardAccount(wallets, { catalog }).capture({ ...asked, amount: 100n })
      expect(movement).to.include({ wallet, delta })
      expect(movement?.owedDelta ?? 0n).to.equal(100n + delta)
    })
  }

  it('records the route that chose the wallet', () => {
    const catalog = catalogOf(challengeCategories, [ruleOf({ mcc: '5811' })])
    const entry = new CardAccount(rich, { catalog }).capture({ merchant: 'ACME' })
    expect(entry).to.include({ effectiveMcc: '5811', merchantRule: 'rule-1', catalogVersion: 1n })
    expect(entry.movement?.wallet).to.equal('MEAL')
  })

  it('records no route when the purchase has a wallet', () => {
    const card = new CardAccount(rich)
    card.hold()
    expect(card.capture()).not.to.have.any.keys('effectiveMcc', 'catalogVersion')
  })

  for (const [what, original] of [
    ['a credit', (card: CardAccount) => card.credit().transactionId],
    ['a reversal', (card: CardAccount) => card.reverse({ originalId: 'tx-7' }).transactionId],
  ] as const) {
    it(`is unseen when it names ${what}`, () => {
      const card = new CardAccount(rich)
      expect(card.capture({ originalId: original(card) }).reason).to.equal('CAPTURED_UNSEEN')
    })
  }
})
