import { expect } from 'chai'
import fc from 'fast-check'
import { unopenedAccount } from '../../../src/domain/account.js'
import type { Entry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import {
  accountAfter,
  anyBooks,
  booksOf,
  type Step,
  type StoredBooks,
  steps,
} from '../../support/database/example-books.js'
import { longBooks } from '../../support/database/long-history.js'
import { audit, balances, books, ID, withAccount, withLedger, without } from './audit-fixture.js'
import { CardAccount, effectOf } from './card-account.js'
import { anyOperation } from './card-operations.js'

/** Few values of everything; now and then a change of the status or of the limits. */
const anyCardStep = fc.oneof(
  { weight: 12, arbitrary: anyOperation },
  {
    weight: 1,
    arbitrary: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'BLOCKED' as const).map((status) => ({
      days: 0,
      run: (card: CardAccount, id: string) => void card.take(steps.status(id, status)),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.bigInt({ min: 20n, max: 150n }).map((foodDay) => ({
      days: 0,
      run: (card: CardAccount, id: string) => void card.take(steps.limits(id, { foodDay })),
    })),
  },
)

/** The books of a card account after any requests of the card rail, with any split between journal and ledger. */
const anyCardBooks: fc.Arbitrary<StoredBooks> = fc
  .record({
    balances: fc.record({ FOOD: fc.bigInt({ min: 0n, max: 300n }), CASH: fc.bigInt({ min: 0n, max: 150n }) }),
    taken: fc.array(anyCardStep, { maxLength: 30 }),
    journal: fc.integer({ min: 1, max: 40 }),
    also: fc.nat({ max: 40 }),
  })
  .map(({ balances, taken, journal, also }) => {
    const card = CardAccount.opened(balances)
    for (const [index, { days, run }] of taken.entries()) run(card.wait(days), `step-${index}`)
    const { account, past } = card
    const kept = past.slice(-journal)
    const posted = past.length - kept.length + also
    return { account: { ...account, journal: kept }, ledger: past.slice(0, posted) }
  })

describe('audit of clean books', () => {
  it('finds nothing in the example', () => {
    expect(audit(books).kinds).to.deep.equal([])
  })

  it('finds nothing when an advice leaves out what was reversed of a declined purchase', () => {
    const card = CardAccount.opened({ FOOD: 30n })
    card.buy()
    card.captureSome({ amount: 20n })
    card.reverse({ amount: 10n })
    card.advise({ originalId: 'tx-1' })
    card.buy({ transactionId: 'tx-2' })
    card.reverse({ originalId: 'tx-2', advice: true })
    card.advise({ originalId: 'tx-2' })
    expect(card.past.slice(-3).map((entry) => 'reason' in entry && entry.reason)).to.deep.equal([
      'INSUFFICIENT_BALANCE',
      'ORIGINAL_DECLINED',
      'ADVICE_REVERSED',
    ])
    expect(audit({ account: card.account, ledger: card.past }).details).to.deep.equal([])
  })

  it('finds nothing when an advice leaves out what reversal advices did not find of a declined purchase', () => {
    const card = CardAccount.opened({ FOOD: 30n })
    card.buy()
    card.captureSome({ amount: 20n })
    card.reverse({ amount: 60n, advice: true })
    card.reverse({ amount: 10n, advice: true })
    card.advise({ originalId: 'tx-1' })
    expect(card.past.slice(-3).map(effectOf)).to.deep.equal([
      'APPROVED FOOD 20 held 0 owed 0',
      'ALREADY_REVERSED, nothing moved',
      'ADVICE_OVERRIDES FOOD -30 held 0 owed 0',
    ])
    expect(audit({ account: card.account, ledger: card.past }).details).to.deep.equal([])
  })

  it('finds nothing in any history, with any split between journal and ledger', () => {
    fc.assert(
      fc.property(anyBooks(ID), (any) => {
        expect(audit(any).kinds).to.deep.equal([])
      }),
    )
  })

  it('finds nothing in any history of holds and bookings, with any split', () => {
    fc.assert(
      fc.property(anyCardBooks, (any) => {
        expect(audit(any).details).to.deep.equal([])
      }),
      { numRuns: 300 },
    )
  })

  it('names exactly the entries that only the journal holds as unposted, in order', () => {
    fc.assert(
      fc.property(anyBooks(ID), (any) => {
        const posted = new Set(any.ledger.map(({ seq }) => seq))
        const expected = any.account.journal.filter(({ seq }) => !posted.has(seq))
        expect(audit(any).unposted).to.deep.equal(expected)
      }),
    )
  })

  it('finds nothing in purchases of one day, of one month and of two', () => {
    const days = ['2026-01-30', '2026-01-30', '2026-01-31', '2026-02-01', '2026-02-01']
    const bought = days.map((_, index) => steps.purchase(`buy-${index}`, 7n))
    const whole = accountAfter(
      ID,
      [steps.open('open'), steps.credit('fund', 'FOOD', 99n), ...bought],
      (index) => {
        return new Date(`${days[index - 2] ?? '2026-01-01'}T12:00:00Z`)
      },
    )
    expect(audit(booksOf(whole, { journal: 1, posted: 7 })).kinds).to.deep.equal([])
  })

  it('finds nothing when a purchase is reversed in full, at once or in parts', () => {
    for (const parts of [[], [10n], [10n, 20n]]) {
      const back = [...parts, undefined].map((amount, index) => steps.reverse(`back-${index}`, 'buy', amount))
      const whole = accountAfter(ID, [
        steps.open('open'),
        steps.credit('fund', 'FOOD', 99n),
        steps.purchase('buy', 50n),
        ...back,
      ])
      expect(audit({ account: whole, ledger: [] }).kinds).to.deep.equal([])
    }
  })

  it('accepts the fields of an entry in any order', () => {
    const turned = withLedger((ledger) =>
      // The same entry with its fields in reverse order.
      ledger.map((entry) => Object.fromEntries(Object.entries(entry).reverse()) as unknown as Entry),
    )
    expect(audit(turned).kinds).to.deep.equal([])
  })

  it('treats the copies of an entry as one', () => {
    const whole = { ...books, ledger: [...books.ledger, ...books.account.journal.slice(-1)] }
    expect(audit(whole)).to.deep.include({ kinds: [], unposted: [] })
  })
})

describe('audit of a purchase after its reversal', () => {
  const histories: Readonly<Record<string, readonly Step[]>> = {
    'it was declined for that': [steps.purchase('never', 1n)],
    'it was declined because the account was blocked': [
      steps.status('block-3', 'BLOCKED'),
      steps.purchase('never', 1n),
    ],
    'its id was used for a credit': [steps.credit('never', 'FOOD', 1n)],
    'its reversal came twice': [steps.reverse('ahead-2', 'never'), steps.purchase('never', 1n)],
    'reversals of a part came, too': [steps.reverse('ahead-2', 'never', 1n), steps.purchase('never', 9n)],
    'it was approved for what a part left': [
      steps.reverse('ahead-2', 'buy', 4n),
      steps.reverse('ahead-3', 'buy', 1n),
      steps.purchase('buy', 9n),
      steps.reverse('back-1', 'buy', 1n),
      steps.reverse('back-2', 'buy'),
    ],
    'it was declined for want of what a part left': [
      steps.reverse('ahead-2', 'buy', 4n),
      steps.purchase('buy', 99n),
    ],
    'it was declined because parts took all of it': [
      steps.reverse('ahead-2', 'buy', 4n),
      steps.reverse('ahead-3', 'buy', 4n),
      steps.purchase('buy', 7n),
    ],
  }
  for (const [what, more] of Object.entries(histories)) {
    it(`finds nothing when ${what}`, () => {
      const begin = [steps.open('open'), steps.credit('credit', 'FOOD', 9n), steps.reverse('ahead', 'never')]
      expect(
        audit(booksOf(accountAfter(ID, [...begin, ...more]), { journal: 1, posted: 9 })).kinds,
      ).to.deep.equal([])
    })
  }
})

describe('audit', () => {
  it('finds a status that no entry set', () => {
    const account = { ...unopenedAccount(ID), status: 'ACTIVE' as const }
    expect(audit({ account, ledger: [] }).kinds).to.deep.equal(['JOURNAL_BROKEN', 'STATUS_DIFFERS'])
  })

  it('reports a gap of many places once, with both ends', () => {
    expect(audit(without(7n, 8n, 5n)).details).to.deep.equal(['seq 5', 'seq 7'])
    expect(audit({ ...books, ledger: [] }).details[0]).to.equal('seq 1 to 7')
  })

  it('reports a missing place after one that the journal has', () => {
    const journal = books.account.journal.filter(({ seq }) => seq !== 9n)
    const found = { account: { ...books.account, journal }, ledger: without(8n, 9n).ledger }
    const { details } = audit(found)
    expect(details.filter((detail) => detail.startsWith('seq'))).to.deep.equal(['seq 9'])
  })

  it('reports the consequences of one lost credit a few times, not for each later entry', () => {
    const long = longBooks(ID, 3_000)
    const kinds = audit({ ...long, ledger: long.ledger.filter(({ seq }) => seq !== 2n) }).kinds
    expect([...kinds].sort()).to.deep.equal([
      'BALANCE_AFTER_WRONG',
      'BALANCE_DIFFERS',
      'BALANCE_NEGATIVE',
      'ENTRY_MISSING',
    ])
  })

  it('names the account with every discrepancy', () => {
    expect(audit({ account: undefined, ledger: books.ledger }).accounts).to.deep.equal([ID])
  })

  it('finds several discrepancies at once', () => {
    const found = withAccount({ status: 'CLOSED', hasEarlyReversal: false, wallets: balances({ FOOD: 1n }) })
    expect(audit(found).kinds).to.have.members(['STATUS_DIFFERS', 'MARK_FORGOTTEN', 'BALANCE_DIFFERS'])
  })

  it('finds the loss of any entry of a history', () => {
    const anyLoss = anyBooks(ID)
      .filter(({ account }) => account.version > BigInt(account.journal.length))
      .chain((any) => fc.nat({ max: any.ledger.length - 1 }).map((at) => ({ any, lost: any.ledger[at] })))
      .filter(({ any, lost }) => !any.account.journal.some(({ seq }) => seq === lost?.seq))
    fc.assert(
      fc.property(anyLoss, ({ any, lost }) => {
        const ledger = any.ledger.filter((entry) => entry !== lost)
        expect(audit({ account: any.account, ledger }).kinds).to.include('ENTRY_MISSING')
      }),
    )
  })

  it('finds the loss of any open hold', () => {
    fc.assert(
      fc.property(anyCardBooks, fc.nat({ max: 63 }), ({ account, ledger }, which) => {
        const { holds } = account
        fc.pre(holds.length > 0)
        const lost = holds[which % holds.length]
        const found = audit({ account: { ...account, holds: holds.filter((hold) => hold !== lost) }, ledger })
        expect(found.kinds).to.deep.equal(['HOLDS_DIFFER'])
      }),
    )
  })

  it('finds any wrong counter', () => {
    const change = fc.record({ any: anyBooks(ID), by: fc.bigInt({ min: 1n, max: 99n }), ofDay: fc.boolean() })
    fc.assert(
      fc.property(change, ({ any, by, ofDay }) => {
        const { day = '2026-01-27', dayAmount = 0n, monthAmount = 0n } = any.account.spent.get('FOOD') ?? {}
        const spending = {
          day,
          dayAmount: centavos(dayAmount + (ofDay ? by : 0n)),
          monthAmount: centavos(monthAmount + (ofDay ? 0n : by)),
        }
        const account = { ...any.account, spent: new Map(any.account.spent).set('FOOD', spending) }
        expect(audit({ account, ledger: any.ledger }).kinds).to.deep.equal(['SPENDING_DIFFERS'])
      }),
    )
  })

  it('finds any wrong balance', () => {
    const anyChange = fc.record({ any: anyBooks(ID), by: fc.bigInt({ min: 1n, max: 1_000n }) })
    fc.assert(
      fc.property(anyChange, ({ any, by }) => {
        const wallets = new Map(any.account.wallets)
        wallets.set('FOOD', centavos((wallets.get('FOOD') ?? 0n) + by))
        const account = { ...any.account, wallets }
        expect(audit({ account, ledger: any.ledger }).kinds).to.deep.equal(['BALANCE_DIFFERS'])
      }),
    )
  })
})
