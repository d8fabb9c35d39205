import { expect } from 'chai'
import fc from 'fast-check'
import { type Account, unopenedAccount } from '../../../src/domain/account.js'
import { AccountAudit } from '../../../src/domain/audit.js'
import { auditTakenBack } from '../../../src/domain/audit-taken-back.js'
import type { DiscrepancyKind } from '../../../src/domain/discrepancy.js'
import type { Entry } from '../../../src/domain/entry.js'
import { unlimited } from '../../../src/domain/limits.js'
import { type Centavos, centavos } from '../../../src/domain/money.js'
import {
  accountAfter,
  anyBooks,
  booksOf,
  exampleBooks,
  type Step,
  steps,
} from '../../support/database/example-books.js'
import { longBooks } from '../../support/database/long-history.js'

const ID = 'account-1'
const books = exampleBooks(ID)
const limitedBooks = booksOf(
  accountAfter(ID, [steps.open('open'), steps.limits('limits', { purchase: 10n, foodDay: 5n })]),
  { journal: 1, posted: 1 },
)

/** Goes through the books as `verify` does, and names what is wrong. */
function audit({ account, ledger }: Found): {
  kinds: readonly DiscrepancyKind[]
  details: readonly string[]
  accounts: readonly string[]
  unposted: readonly Entry[]
} {
  const auditing = new AccountAudit(ID, account)
  for (const entry of ledger) auditing.add(entry)
  const { discrepancies, unposted, takenBack } = auditing.finish()
  const entries = [...ledger, ...(account?.journal ?? [])]
  const ofReversals = [...takenBack].flatMap(([originalId, taken]) => {
    const original = entries.find(({ transactionId }) => transactionId === originalId)
    return auditTakenBack({ accountId: ID, transactionId: originalId }, taken, original)
  })
  const all = [...discrepancies, ...ofReversals]
  return {
    kinds: all.map(({ kind }) => kind),
    details: all.map(({ detail }) => detail),
    accounts: all.map(({ accountId }) => accountId),
    unposted,
  }
}

type Found = { readonly account: Account | undefined; readonly ledger: readonly Entry[] }

/** The example with another account. */
const withAccount = (over: Partial<Account>): Found => ({ ...books, account: { ...books.account, ...over } })

/** The example with another ledger. */
const withLedger = (change: (ledger: readonly Entry[]) => readonly Entry[]): Found => ({
  ...books,
  ledger: change(books.ledger),
})

/** The example with one entry of the ledger, or of the journal, made into another. */
const withEntry = (seq: bigint, change: (entry: Entry) => Entry) =>
  withLedger((ledger) => ledger.map((entry) => (entry.seq === seq ? change(entry) : entry)))
const withJournalEntry = (seq: bigint, change: (entry: Entry) => Entry) =>
  withAccount({ journal: books.account.journal.map((entry) => (entry.seq === seq ? change(entry) : entry)) })

const without = (...seqs: readonly bigint[]) =>
  withLedger((ledger) => ledger.filter(({ seq }) => !seqs.includes(seq)))

/** An entry with some fields made into others, which its type may not allow. */
const put =
  (over: object) =>
  (entry: Entry): Entry =>
    // Damaged data may hold an entry that our code could not make.
    ({ ...entry, ...over }) as Entry

const unmoved = (entry: Entry): Entry => put({ movement: undefined })(entry)

describe('audit of clean books', () => {
  it('finds nothing in the example', () => {
    expect(audit(books).kinds).to.deep.equal([])
  })

  it('finds nothing in any history, split anyhow between journal and ledger', () => {
    fc.assert(
      fc.property(anyBooks(ID), (any) => {
        expect(audit(any).kinds).to.deep.equal([])
      }),
    )
  })

  it('names as unposted exactly the entries that only the journal holds, in order', () => {
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

  it('finds nothing when all of a purchase went back, at once or in parts', () => {
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

  it('takes the fields of an entry in any order', () => {
    const turned = withLedger((ledger) =>
      // The same entry, written the other way round.
      ledger.map((entry) => Object.fromEntries(Object.entries(entry).reverse()) as unknown as Entry),
    )
    expect(audit(turned).kinds).to.deep.equal([])
  })

  it('takes the copies of an entry for one', () => {
    const whole = { ...books, ledger: [...books.ledger, ...books.account.journal.slice(-1)] }
    expect(audit(whole)).to.deep.include({ kinds: [], unposted: [] })
  })
})

/** Every kind of discrepancy but UNREADABLE, which is found before there is an entry: what is planted must be all that is found. */
const planted: Readonly<Record<Exclude<DiscrepancyKind, 'UNREADABLE'>, Readonly<Record<string, Found>>>> = {
  ACCOUNT_MISSING: {
    'its document is gone': { account: undefined, ledger: books.ledger.slice(0, 1) },
    'its document is gone, and all of its entries are there': { account: undefined, ledger: books.ledger },
  },
  ENTRY_MISSING: {
    'one that moved nothing is gone': without(5n),
    'several in a row are gone': without(7n, 8n, 5n),
    'the first is gone': without(1n),
    'the ledger ends early, before the journal begins': without(7n, 8n, 9n),
  },
  ENTRY_BEYOND_VERSION: {
    'one place too far': withLedger((ledger) => [...ledger, { ...creditAt(11n), transactionId: 'new' }]),
    'of an account with a single entry': {
      account: accountAfter(ID, [steps.open('open')]),
      ledger: [creditAt(2n)],
    },
    'far away': withLedger((ledger) => [...ledger, { ...creditAt(99n), transactionId: 'new' }]),
  },
  COPIES_DIFFER: {
    'in who did it': withEntry(9n, put({ subject: 'eva' })),
    'in when it was': withEntry(9n, put({ at: new Date(0) })),
    'in what it is': withEntry(9n, put({ transactionId: 'block-9' })),
    'in a field that only one has': withEntry(9n, put({ note: 'x' })),
    'in the limit of a wallet': limitsThatDiffer(),
  },
  TRANSACTION_TWICE: {
    'in the ledger and in the journal': withJournalEntry(10n, put({ transactionId: 'buy-2' })),
    'twice in the journal, and the ledger has neither': {
      account: withJournalEntry(10n, put({ transactionId: 'block-2' })).account,
      ledger: without(9n).ledger,
    },
    'twice in the journal, and the ledger has the earlier': withJournalEntry(
      10n,
      put({ transactionId: 'block-2' }),
    ),
    'twice in the journal, and the ledger has the later': {
      account: withJournalEntry(8n, put({ transactionId: 'block-2' })).account,
      ledger: without(8n).ledger,
    },
  },
  JOURNAL_BROKEN: {
    'it is empty': { account: { ...books.account, journal: [] }, ledger: [...books.ledger, creditAt(10n)] },
    'it has a gap': withAccount({ journal: books.account.journal.filter(({ seq }) => seq !== 9n) }),
    'it ends before the version': {
      account: { ...books.account, journal: books.account.journal.slice(0, 2) },
      ledger: [...books.ledger, creditAt(10n)],
    },
    'its order is another': withAccount({ journal: [...books.account.journal].reverse() }),
  },
  BALANCE_DIFFERS: {
    'a centavo too much': withAccount({ wallets: balances({ FOOD: 801n }) }),
    'a centavo too little': withAccount({ wallets: balances({ CASH: 499n }) }),
    'a wallet is gone': withAccount({ wallets: balances({ MEAL: undefined }) }),
    'a wallet that nothing was put into': withAccount({ wallets: balances({ HEALTH: 1n }) }),
  },
  BALANCE_AFTER_WRONG: {
    'of a purchase': withEntry(4n, put({ movement: { wallet: 'FOOD', delta: -300n, balanceAfter: 701n } })),
    'of a credit in the journal': withJournalEntry(
      10n,
      put({ movement: { wallet: 'MEAL', delta: 50n, balanceAfter: 0n } }),
    ),
  },
  BALANCE_NEGATIVE: { 'more was paid than was there': overdrawn() },
  MOVEMENT_WRONG: {
    'an approved purchase after reversals of a part took nothing': payingAfterParts(undefined),
    'a purchase took less than its amount': withEntry(4n, put({ amount: 301n })),
    'an approved purchase took nothing': {
      account: { ...books.account, wallets: balances({ FOOD: 1_000n }), spent: new Map() },
      ledger: withEntry(4n, unmoved).ledger.map((entry) => (entry.seq === 6n ? declined(entry) : entry)),
    },
    'a declined purchase took money': withEntry(4n, put({ reason: 'INSUFFICIENT_BALANCE' })),
    'a purchase in another currency took money': withEntry(4n, put({ network: { currency: 'USD' } })),
    'a reversal gave back something else than it was asked for': withEntry(6n, put({ amount: 99n })),
    'a declined reversal gave money back': withEntry(6n, put({ reason: 'AMOUNT_OVER_REMAINDER' })),
    'a reversal that came ahead gave money back': {
      account: { ...books.account, hasEarlyReversal: true },
      ledger: withEntry(6n, put({ reason: 'REVERSED_BEFORE_PURCHASE' })).ledger,
    },
    'an approved reversal gave nothing back': {
      account: { ...books.account, wallets: balances({ FOOD: 700n }), spent: spentByFood(300n) },
      ledger: withEntry(6n, unmoved).ledger,
    },
    'a credit took money': withLastCredit({ wallet: 'FOOD', delta: -50n, balanceAfter: 750n }),
    'a credit of nothing': withLastCredit({ wallet: 'FOOD', delta: 0n, balanceAfter: 800n }),
  },
  REVERSAL_WRONG: {
    'more was given back than was paid': {
      account: { ...books.account, wallets: balances({ FOOD: 1_001n }), spent: spentByFood(-1n) },
      ledger: withEntry(6n, givingBack('FOOD', 301n, 1_001n)).ledger,
    },
    'it went to another wallet': {
      account: {
        ...books.account,
        wallets: balances({ FOOD: 700n, CASH: 600n }),
        spent: spentByFood(300n),
      },
      ledger: withEntry(6n, givingBack('CASH', 100n, 600n)).ledger,
    },
    'the purchase never paid': withEntry(6n, put({ originalId: 'buy-2' })),
    'the purchase was never seen': withEntry(6n, put({ originalId: 'nobody' })),
    'it was counted in another day than the purchase': {
      account: { ...books.account, spent: spentByFood(300n) },
      ledger: withEntry(6n, put({ day: '2025-12-31' })).ledger,
    },
    'it was no purchase': withEntry(6n, put({ originalId: 'credit-1' })),
    'all that was left was asked for, and a part of it went back': {
      account: books.account,
      ledger: withEntry(6n, put({ amount: undefined })).ledger,
    },
    'all that was left was asked for after a part, and another part went back': takingBackTwice(),
    'all that was left was asked for, a part of it went back, and the rest later': takingBackTwice(10n),
    'some of it was counted in another day than the purchase': takingBackOnTwoDays(),
  },
  REVERSAL_IGNORED: {
    'the purchase was approved after all': buyingAfterReversal({}),
    'the purchase was declined for want of money': buyingAfterReversal({
      reason: 'INSUFFICIENT_BALANCE',
      movement: undefined,
    }),
    'the purchase was there before': withEntry(7n, put({ originalId: 'buy-1' })),
    'the purchase was paid whole after a reversal of a part': payingAfterParts(30n),
    'the purchase was paid with a centavo too much': payingAfterParts(21n),
    'the purchase was paid with more than its amount': payingAfterParts(31n),
    'the purchase was paid with a centavo too little': payingAfterParts(19n),
    'it was no purchase, and it was there before': withEntry(7n, put({ originalId: 'credit-1' })),
  },
  STATUS_DIFFERS: {
    'the account is blocked and nobody blocked it': withAccount({ status: 'BLOCKED' }),
    'the account is closed and nobody closed it': withAccount({ status: 'CLOSED' }),
    'the account is as if nobody had opened it': withAccount({ status: 'UNOPENED' }),
  },
  LIMITS_DIFFER: {
    'the account has one that nobody set': withAccount({ limits: { ...unlimited, purchase: centavos(1n) } }),
    'a wallet has one that nobody set': withAccount({
      limits: { wallets: new Map([['FOOD', { month: centavos(1n) }]]) },
    }),
    'the account has lost one': {
      ...limitedBooks,
      account: { ...limitedBooks.account, limits: unlimited },
    },
    'the account has another': {
      ...limitedBooks,
      account: {
        ...limitedBooks.account,
        limits: { ...limitedBooks.account.limits, purchase: centavos(9n) },
      },
    },
  },
  SPENDING_DIFFERS: {
    'a centavo too much': withAccount({ spent: spentByFood(201n) }),
    'a centavo too little': withAccount({ spent: spentByFood(199n) }),
    'a centavo too much in the month': withAccount({ spent: spentByFood(200n, { monthAmount: 201n }) }),
    'of another day': withAccount({ spent: spentByFood(200n, { day: '2026-01-02' }) }),
    'the counters are gone': withAccount({ spent: new Map() }),
    'a wallet that never paid': withAccount({
      spent: new Map([...spentByFood(200n), ...spentByFood(0n, { wallet: 'CASH' })]),
    }),
  },
  DAY_WRONG: { 'the clock went back, and the counters with it': backInTime() },
  MARK_FORGOTTEN: { 'the account does not say so': withAccount({ hasEarlyReversal: false }) },
}

for (const [kind, cases] of Object.entries(planted)) {
  describe(`audit finds ${kind}`, () => {
    for (const [what, found] of Object.entries(cases)) {
      it(`when ${what}`, () => {
        expect([...new Set(audit(found).kinds)]).to.deep.equal([kind])
      })
    }
  })
}

describe('audit of a purchase whose reversal came first', () => {
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

describe('audit says where', () => {
  for (const [detail, found] of Object.entries(said)) {
    it(detail, () => {
      expect(found && audit(found).details).to.deep.equal([detail])
    })
  }

  it('money went to two wallets', () => {
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

  it('a purchase is between two early reversals', () => {
    const { account, ledger } = buyingAfterReversal({})
    const [, , mark] = ledger
    const again = { ...(mark ?? creditAt(5n)), seq: 5n, transactionId: 'ahead-2' }
    expect(audit({ account, ledger: [...ledger.slice(0, 4), again] }).details).to.include(
      'buy is at seq 4, but its later reversal at seq 5 did not find it',
    )
  })
})

describe('audit of an approved reversal of all that was left', () => {
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

describe('audit', () => {
  it('finds a standing that no entry gave', () => {
    const account = { ...unopenedAccount(ID), status: 'ACTIVE' as const }
    expect(audit({ account, ledger: [] }).kinds).to.deep.equal(['JOURNAL_BROKEN', 'STATUS_DIFFERS'])
  })

  it('reports a gap of many places once, with both ends', () => {
    expect(audit(without(7n, 8n, 5n)).details).to.deep.equal(['seq 5', 'seq 7'])
    expect(audit({ ...books, ledger: [] }).details[0]).to.equal('seq 1 to 7')
  })

  it('reports a place that is missing behind one that the journal has', () => {
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

  it('finds several things that are wrong at once', () => {
    const found = withAccount({ status: 'CLOSED', hasEarlyReversal: false, wallets: balances({ FOOD: 1n }) })
    expect(audit(found).kinds).to.have.members(['STATUS_DIFFERS', 'MARK_FORGOTTEN', 'BALANCE_DIFFERS'])
  })

  it('notices whenever one entry of a history is lost', () => {
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

  it('notices whenever a counter is another', () => {
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

  it('notices whenever a balance is another', () => {
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

/** Spending of FOOD on the day of the example, or other spending. */
function spentByFood(
  amount: bigint,
  { wallet = 'FOOD', day = '2026-01-01', monthAmount = amount } = {},
): Account['spent'] {
  // A counter below zero is what no code of ours could make.
  return new Map([[wallet, { day, dayAmount: amount as Centavos, monthAmount: monthAmount as Centavos }]])
}

/** Two purchases of a wallet, the second one counted in the month before. */
function backInTime(): Found {
  const whole = accountAfter(ID, [
    steps.open('open'),
    steps.credit('fund', 'FOOD', 100n),
    steps.purchase('buy-1', 30n),
    steps.purchase('buy-2', 20n),
  ])
  const journal = whole.journal.map((entry) => (entry.seq === 4n ? put({ day: '2025-12-31' })(entry) : entry))
  return { account: { ...whole, journal, spent: spentByFood(30n) }, ledger: [] }
}

/** A purchase that was declined because its reversal came first, made into another. */
function buyingAfterReversal(over: object): Found {
  const whole = accountAfter(ID, [
    steps.open('open'),
    steps.credit('credit', 'FOOD', 100n),
    steps.reverse('ahead', 'buy'),
    steps.purchase('buy', 30n),
    steps.status('block', 'BLOCKED'),
  ])
  const movement = { wallet: 'FOOD', delta: -30n, balanceAfter: 70n }
  const { account, ledger } = booksOf(whole, { journal: 1, posted: 5 })
  const changed = ledger.map((entry) =>
    entry.seq === 4n ? put({ reason: 'APPROVED', movement, ...over })(entry) : entry,
  )
  const [bought] = changed.filter(({ seq }) => seq === 4n)
  const paid = bought && 'movement' in bought && bought.movement !== undefined
  return {
    account: { ...account, wallets: new Map([['FOOD', centavos(paid ? 70n : 100n)]]) },
    ledger: changed,
  }
}

/** A purchase of 0.30 that reversals of 0.04 and 0.06 came ahead of, and what FOOD paid for it: nothing, if undefined. */
function payingAfterParts(paid: bigint | undefined): Found {
  const whole = accountAfter(ID, [
    steps.open('open'),
    steps.credit('credit', 'FOOD', 100n),
    steps.reverse('ahead-1', 'buy', 4n),
    steps.reverse('ahead-2', 'buy', 6n),
    steps.purchase('buy', 30n),
    steps.status('block', 'BLOCKED'),
  ])
  const { account, ledger } = booksOf(whole, { journal: 1, posted: 6 })
  const balanceAfter = 100n - (paid ?? 0n)
  const paying = paid === undefined ? unmoved : (entry: Entry) => moved(entry, { delta: -paid, balanceAfter })
  return {
    account: {
      ...account,
      wallets: new Map([['FOOD', centavos(balanceAfter)]]),
      spent: paid === undefined ? new Map() : spentByFood(paid),
    },
    ledger: ledger.map((entry) => (entry.seq === 5n ? paying(entry) : entry)),
  }
}

/** A purchase of 0.50: 0.20 were reversed, then a full reversal returned 0.20 of the remaining 0.30. */
function takingBackTwice(later?: bigint): Found {
  const whole = accountAfter(ID, [
    steps.open('open'),
    steps.credit('credit', 'FOOD', 50n),
    steps.purchase('buy', 50n),
    steps.reverse('back-1', 'buy', 20n),
    steps.reverse('back-2', 'buy', 20n),
    ...(later === undefined ? [] : [steps.reverse('back-3', 'buy')]),
    steps.status('block', 'BLOCKED'),
  ])
  const { account, ledger } = booksOf(whole, { journal: 1, posted: whole.journal.length })
  return {
    account,
    ledger: ledger.map((entry) => (entry.seq === 5n ? put({ amount: undefined })(entry) : entry)),
  }
}

/** A purchase with two partial reversals, the second one booked on another day. */
function takingBackOnTwoDays(): Found {
  const whole = accountAfter(ID, [
    steps.open('open'),
    steps.credit('credit', 'FOOD', 50n),
    steps.purchase('buy', 50n),
    steps.reverse('back-1', 'buy', 20n),
    steps.reverse('back-2', 'buy', 20n),
    steps.status('block', 'BLOCKED'),
  ])
  const { account, ledger } = booksOf(whole, { journal: 1, posted: 6 })
  return {
    account: { ...account, spent: spentByFood(30n) },
    ledger: ledger.map((entry) => (entry.seq === 5n ? put({ day: '2025-12-31' })(entry) : entry)),
  }
}

/** The last change of limits, its copy in the ledger with another limit of a wallet. */
function limitsThatDiffer(): Found {
  const { account } = limitedBooks
  const copy = account.journal.at(-1)
  if (!copy) throw new Error('the journal holds the change of limits')
  const limits = { purchase: centavos(10n), wallets: new Map([['FOOD', { day: centavos(6n) }]]) }
  const ledger = [...limitedBooks.ledger.filter(({ seq }) => seq !== copy.seq), put({ limits })(copy)]
  return { account: { ...account, limits }, ledger }
}

/** The credit of 0.50 to MEAL, wherever it is put. */
function creditAt(seq: bigint): Entry {
  const credit = books.account.journal.at(-1)
  if (!credit) throw new Error('the example ends with a credit')
  return { ...credit, seq }
}

/** The example, its last credit made into one of FOOD. */
function withLastCredit(movement: { wallet: 'FOOD'; delta: bigint; balanceAfter: bigint }): Found {
  const wallets = balances({ FOOD: movement.balanceAfter, MEAL: undefined })
  const { journal } = withJournalEntry(10n, put({ movement })).account ?? books.account
  return { ...books, account: { ...books.account, wallets, journal } }
}

/** The balances of the example, but for some; undefined takes a wallet away. */
function balances(over: Readonly<Record<string, bigint | undefined>>): Account['wallets'] {
  const all = Object.entries({ FOOD: 800n, CASH: 500n, MEAL: 50n, ...over })
  return new Map(
    all.flatMap(([name, value]) => (value === undefined ? [] : [[name, centavos(value)] as const])),
  )
}

/** The purchase of 3.00 though FOOD had only 2.00: every entry says what it leads to. */
function overdrawn(): Found {
  const ledger = books.ledger.map((entry) => {
    if (entry.seq === 2n) return moved(entry, { delta: 200n, balanceAfter: 200n })
    if (entry.seq === 4n) return moved(entry, { delta: -300n, balanceAfter: -100n })
    if (entry.seq === 6n) return moved(entry, { delta: 100n, balanceAfter: 0n })
    return entry
  })
  return { account: { ...books.account, wallets: balances({ FOOD: 0n }) }, ledger }
}

function moved(entry: Entry, { delta, balanceAfter }: { delta: bigint; balanceAfter: bigint }): Entry {
  // A balance below zero is what no code of ours could make.
  return put({ movement: { wallet: 'FOOD', delta, balanceAfter: balanceAfter as Centavos } })(entry)
}

function givingBack(wallet: string, delta: bigint, balanceAfter: bigint): (entry: Entry) => Entry {
  return put({ amount: delta, movement: { wallet, delta, balanceAfter } })
}

/** The reversal as a declined one. */
function declined(entry: Entry): Entry {
  return put({ reason: 'ORIGINAL_DECLINED', movement: undefined })(entry)
}
