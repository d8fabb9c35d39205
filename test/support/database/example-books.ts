import fc from 'fast-check'
import {
  type Account,
  type AccountHistory,
  applyEntry,
  unopenedAccount,
} from '../../../src/domain/account.js'
import { challengeCategories } from '../../../src/domain/category.js'
import { decideLimits, type LimitsChange } from '../../../src/domain/change-limits.js'
import { decideStatusChange } from '../../../src/domain/change-status.js'
import { decideCredit } from '../../../src/domain/credit.js'
import { decide } from '../../../src/domain/decide.js'
import type { Entry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import { decideOpening } from '../../../src/domain/open-account.js'
import { decideReversal } from '../../../src/domain/reverse.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { catalogOf } from '../catalog/catalogs.js'
import { utcCalendar } from '../catalog/utc-calendar.js'

/**
 * The stored books of one account: the account with its journal, and its entries in the ledger, oldest first.
 */
export type StoredBooks = { readonly account: Account; readonly ledger: readonly Entry[] }

/** An operation on an account. */
export type Step = (history: AccountHistory, at: Date) => Verdict<Entry, string>

const catalog = catalogOf(challengeCategories)

export const steps = {
  open: (transactionId: string): Step => {
    return (history, at) => decideOpening(history, { transactionId, subject: 'ana' }, at)
  },
  credit: (transactionId: string, wallet: string, amount: bigint): Step => {
    return (history, at) =>
      decideCredit(history, { transactionId, wallet, amount: centavos(amount) }, catalog, at)
  },
  /** By MCC 5411: FOOD pays, or else CASH. */
  purchase: (transactionId: string, amount: bigint): Step => {
    const purchase = { transactionId, amount: centavos(amount), mcc: '5411', merchant: 'PADARIA DO ZE' }
    return (history, at) => decide(history, purchase, catalog, at, utcCalendar)
  },
  /** A verification by MCC 5411: FOOD would pay. */
  verification: (transactionId: string): Step => {
    const content = {
      amount: centavos(0n),
      verification: true,
      mcc: '5411',
      merchant: 'PADARIA DO ZE',
    } as const
    return (history, at) => decide(history, { transactionId, ...content }, catalog, at, utcCalendar)
  },
  /** Without an amount: the whole remainder. */
  reverse: (transactionId: string, originalId: string, amount?: bigint): Step => {
    const asked = { transactionId, originalId, described: {} }
    const reversal = amount === undefined ? asked : { ...asked, amount: centavos(amount) }
    return (history, at) => decideReversal(history, reversal, at)
  },
  status: (transactionId: string, status: 'ACTIVE' | 'BLOCKED' | 'CLOSED'): Step => {
    return (history, at) => decideStatusChange(history, { transactionId, status, subject: 'ana' }, at)
  },
  /** One maximum for a purchase, and one for FOOD in a day; without an amount, none. */
  limits: (transactionId: string, most: { readonly purchase?: bigint; readonly foodDay?: bigint }): Step => {
    const { purchase, foodDay } = most
    const change: LimitsChange = {
      transactionId,
      subject: 'ana',
      replaces: true,
      purchase: purchase === undefined ? {} : { limit: centavos(purchase) },
      wallets: new Map(foodDay === undefined ? [] : [['FOOD', { day: centavos(foodDay) }]]),
    }
    return (history, at) => decideLimits(history, change, at)
  },
} as const

/**
 * The account after these steps, one second apart by default, with its whole history in its journal. A
 * rejected step adds no entry.
 */
export function accountAfter(
  accountId: string,
  taken: readonly Step[],
  when = (index: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, index)),
): Account {
  return taken.reduce((account, step, index) => {
    const verdict = step(historyIn(account), when(index))
    return verdict.type === 'RECORD' ? applyEntry(account, verdict.entry) : account
  }, unopenedAccount(accountId))
}

/**
 * The same account with only the last entries in its journal, and all entries up to a place in the ledger.
 */
export function booksOf(whole: Account, split: { journal: number; posted: number }): StoredBooks {
  const account = { ...whole, journal: whole.journal.slice(-split.journal) }
  return { account, ledger: whole.journal.slice(0, split.posted) }
}

/**
 * Correct books with every kind of entry. FOOD holds 8.00, CASH 5.00, MEAL 0.50.
 *
 * | seq | entry                            | ledger | journal |
 * |-----|----------------------------------|--------|---------|
 * | 1   | open: opened                     | yes    |         |
 * | 2   | credit-1: FOOD 10.00             | yes    |         |
 * | 3   | credit-2: CASH 5.00              | yes    |         |
 * | 4   | buy-1: FOOD pays 3.00            | yes    |         |
 * | 5   | buy-2: 90.00, declined           | yes    |         |
 * | 6   | back-1: 1.00 of buy-1            | yes    |         |
 * | 7   | ahead-1: of an unknown purchase  | yes    |         |
 * | 8   | block-1: BLOCKED                 | yes    | yes     |
 * | 9   | block-2: ACTIVE                  | yes    | yes     |
 * | 10  | credit-3: MEAL 0.50              |        | yes     |
 */
export function exampleBooks(accountId: string): StoredBooks {
  const whole = accountAfter(accountId, [
    steps.open('open'),
    steps.credit('credit-1', 'FOOD', 1_000n),
    steps.credit('credit-2', 'CASH', 500n),
    steps.purchase('buy-1', 300n),
    steps.purchase('buy-2', 9_000n),
    steps.reverse('back-1', 'buy-1', 100n),
    steps.reverse('ahead-1', 'never'),
    steps.status('block-1', 'BLOCKED'),
    steps.status('block-2', 'ACTIVE'),
    steps.credit('credit-3', 'MEAL', 50n),
  ])
  return booksOf(whole, { journal: 3, posted: 9 })
}

// Few ids, so that they repeat and reversals meet their purchases; small amounts, so that wallets run dry.
const anyId = fc.integer({ min: 1, max: 12 }).map((number) => `tx-${number}`)
const anyAmount = fc.bigInt({ min: 1n, max: 90n })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(anyId, fc.constantFrom('FOOD', 'CASH'), anyAmount).map((asked) => steps.credit(...asked)),
  fc.tuple(anyId, anyAmount).map((asked) => steps.purchase(...asked)),
  fc
    .tuple(anyId, anyId, fc.option(anyAmount, { nil: undefined }))
    .filter(([id, originalId]) => id !== originalId)
    .map((asked) => steps.reverse(...asked)),
  fc
    .tuple(anyId, fc.constantFrom('ACTIVE' as const, 'BLOCKED' as const))
    .map((asked) => steps.status(...asked)),
  fc
    .tuple(anyId, fc.record({ purchase: anyAmount, foodDay: anyAmount }, { requiredKeys: [] }))
    .map((asked) => steps.limits(...asked)),
  anyId.map(steps.verification),
  anyId.map(steps.open),
)

/** Some steps on each of several days, across the end of a month. */
const everyEightHours = (index: number) => new Date(Date.UTC(2026, 0, 27, index * 8))

/** Any history of at least one entry, oldest first: an account with all of it in its journal. */
export function anyWhole(accountId: string): fc.Arbitrary<Account> {
  return fc
    .record({ before: fc.array(anyStep, { maxLength: 3 }), after: fc.array(anyStep, { maxLength: 30 }) })
    .map(({ before, after }) =>
      accountAfter(accountId, [...before, steps.open('open'), ...after], everyEightHours),
    )
}

/**
 * Any such history with any split: the journal holds at least the entries that the ledger lacks, and the
 * ledger a part of the journal.
 */
export function anyBooks(accountId: string): fc.Arbitrary<StoredBooks> {
  return anyWhole(accountId).chain((whole) =>
    fc
      .record({
        journal: fc.integer({ min: 1, max: whole.journal.length }),
        also: fc.array(fc.boolean(), { minLength: whole.journal.length, maxLength: whole.journal.length }),
      })
      .map(({ journal, also }) => {
        const account = { ...whole, journal: whole.journal.slice(-journal) }
        const first = whole.journal.length - journal
        return { account, ledger: whole.journal.filter((_, index) => index < first || also[index]) }
      }),
  )
}

function historyIn(account: Account): AccountHistory {
  const reversals = account.journal.filter((entry) => entry.kind === 'REVERSAL')
  return {
    account,
    find: (id) => account.journal.find(({ transactionId }) => transactionId === id),
    followUpsOf: (id) => reversals.filter(({ originalId }) => originalId === id),
  }
}
