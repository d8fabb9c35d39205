import type { Account } from '../../../src/domain/account.js'
import type { DiscrepancyKind } from '../../../src/domain/discrepancy.js'
import type { Entry } from '../../../src/domain/entry.js'
import { unlimited } from '../../../src/domain/limits.js'
import { type Centavos, centavos } from '../../../src/domain/money.js'
import { accountAfter, booksOf, steps } from '../../support/database/example-books.js'
import {
  balances,
  books,
  creditAt,
  type Found,
  ID,
  put,
  withAccount,
  withEntry,
  withJournalEntry,
  withLedger,
  without,
} from './audit-fixture.js'
import type { Planted, plantedInCards } from './planted-card-discrepancies.js'

const limitedBooks = booksOf(
  accountAfter(ID, [steps.open('open'), steps.limits('limits', { purchase: 10n, foodDay: 5n })]),
  { journal: 1, posted: 1 },
)

/** The changes that make an approved verification of a purchase that moved nothing. */
const verified = {
  amount: centavos(0n),
  verification: true,
  reason: 'VERIFIED',
  verifiedWallet: 'FOOD',
} as const
const unmoved = (entry: Entry): Entry => put({ movement: undefined })(entry)

/**
 * Books with one planted discrepancy, for every kind but UNREADABLE, which is found before there is an entry.
 */
export const planted: Planted<Exclude<DiscrepancyKind, 'UNREADABLE' | keyof typeof plantedInCards>> = {
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
      ledger: withEntry(4n, unmoved).ledger.map((entry) => (entry.seq === 6n ? emptied(entry) : entry)),
    },
    'a declined purchase took money': withEntry(4n, put({ reason: 'INSUFFICIENT_BALANCE' })),
    'a verification took money': withEntry(4n, put({ verification: true })),
    'a purchase of nothing that is no verification': withEntry(5n, put({ amount: 0n })),
    'a verification of an amount': withEntry(5n, put({ verification: true })),
    'a purchase was verified': withEntry(5n, put({ reason: 'VERIFIED', verifiedWallet: 'FOOD' })),
    'an approved verification names no wallet': withEntry(
      5n,
      put({ ...verified, verifiedWallet: undefined }),
    ),
    'a declined verification names a wallet': withEntry(
      5n,
      put({ ...verified, reason: 'INSUFFICIENT_BALANCE' }),
    ),
    'a verification in another currency was approved': withEntry(
      5n,
      put({ ...verified, network: { currency: 'USD' } }),
    ),
    'a purchase in another currency took money': withEntry(4n, put({ network: { currency: 'USD' } })),
    'a reversal gave back something else than it was asked for': withEntry(6n, put({ amount: 99n })),
    'a declined reversal gave money back': withEntry(6n, put({ reason: 'AMOUNT_OVER_REMAINDER' })),
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
    'it came before its purchase, and nothing was captured': {
      account: { ...books.account, hasEarlyReversal: true },
      ledger: withEntry(6n, put({ originalId: 'nobody', reason: 'REVERSED_BEFORE_PURCHASE' })).ledger,
    },
    'it was not a purchase': withEntry(6n, put({ originalId: 'credit-1' })),
    'all that was left was asked for, and a part of it went back': {
      account: books.account,
      ledger: withEntry(6n, put({ amount: undefined })).ledger,
    },
    'all that was left was asked for after a part, and another part went back': takingBackTwice(),
    'all that was left was asked for, a part of it went back, and the rest later': takingBackTwice(10n),
  },
  REVERSAL_IGNORED: {
    'the purchase was approved after all': buyingAfterReversal({}),
    'the purchase was declined for want of money': buyingAfterReversal({
      reason: 'INSUFFICIENT_BALANCE',
      movement: undefined,
    }),
    'the verification was approved after all': buyingAfterReversal({ ...verified, movement: undefined }),
    'the purchase was there before': withEntry(7n, put({ originalId: 'buy-1' })),
    'the purchase was there before, and got its money back': {
      account: { ...books.account, hasEarlyReversal: true },
      ledger: withEntry(6n, put({ reason: 'REVERSED_BEFORE_PURCHASE' })).ledger,
    },
    'the purchase was paid whole after a reversal of a part': payingAfterParts(30n),
    'the purchase was paid with a centavo too much': payingAfterParts(21n),
    'the purchase was paid with more than its amount': payingAfterParts(31n),
    'the purchase was paid with a centavo too little': payingAfterParts(19n),
    'it was not a purchase, and was there before': withEntry(7n, put({ originalId: 'credit-1' })),
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
  DAYS_WRONG: {
    'a reversal was counted in another day than its purchase': {
      account: { ...books.account, spent: spentByFood(300n) },
      ledger: withEntry(6n, put({ day: '2025-12-31' })).ledger,
    },
    'one of two reversals was counted in another day than their purchase': takingBackOnTwoDays(),
  },
  DAY_WRONG: { 'the clock went back, and the counters with it': backInTime() },
  MARK_FORGOTTEN: { 'the account does not say so': withAccount({ hasEarlyReversal: false }) },
}

/** Spending of FOOD on the day of the example, or other spending. */
function spentByFood(
  amount: bigint,
  { wallet = 'FOOD', day = '2026-01-01', monthAmount = amount } = {},
): Account['spent'] {
  // Our code cannot create a counter below zero.
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

/** A purchase that was declined because its reversal came first, with changes. */
export function buyingAfterReversal(over: object): Found {
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

/** A purchase of 0.30 after early reversals of 0.04 and 0.06. FOOD paid `paid` for it; undefined: nothing. */
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

/** The last change of limits, with another limit of a wallet in its copy in the ledger. */
function limitsThatDiffer(): Found {
  const { account } = limitedBooks
  const copy = account.journal.at(-1)
  if (!copy) throw new Error('the journal holds the change of limits')
  const limits = { purchase: centavos(10n), wallets: new Map([['FOOD', { day: centavos(6n) }]]) }
  const ledger = [...limitedBooks.ledger.filter(({ seq }) => seq !== copy.seq), put({ limits })(copy)]
  return { account: { ...account, limits }, ledger }
}

/** The example with its last credit going to FOOD. */
function withLastCredit(movement: { wallet: 'FOOD'; delta: bigint; balanceAfter: bigint }): Found {
  const wallets = balances({ FOOD: movement.balanceAfter, MEAL: undefined })
  const { journal } = withJournalEntry(10n, put({ movement })).account ?? books.account
  return { ...books, account: { ...books.account, wallets, journal } }
}

/** The purchase of 3.00 though FOOD had only 2.00: every later entry records the consequences. */
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
  // Our code cannot create a balance below zero.
  return put({ movement: { wallet: 'FOOD', delta, balanceAfter: balanceAfter as Centavos } })(entry)
}

function givingBack(wallet: string, delta: bigint, balanceAfter: bigint): (entry: Entry) => Entry {
  return put({ amount: delta, movement: { wallet, delta, balanceAfter } })
}

/** The reversal as one that found nothing left. */
function emptied(entry: Entry): Entry {
  return put({ reason: 'ALREADY_REVERSED', movement: undefined })(entry)
}
