import { type Account, type AccountHistory, applyEntry, unopenedAccount } from '../../src/domain/account.js'
import { Catalog } from '../../src/domain/catalog.js'
import { challengeCategories } from '../../src/domain/category.js'
import { decideCredit } from '../../src/domain/credit.js'
import { decide } from '../../src/domain/decide.js'
import type { Entry } from '../../src/domain/entry.js'
import { invariant } from '../../src/domain/invariant.js'
import { permissivePolicy } from '../../src/domain/mcc-policy.js'
import { merchantRules } from '../../src/domain/merchant-rule-index.js'
import { centavos } from '../../src/domain/money.js'
import { decideOpening } from '../../src/domain/open-account.js'
import type { Verdict } from '../../src/domain/verdict.js'
import { calendar } from './calendar.js'

/** Entries of an account that has just been loaded. */
export const ENTRIES_PER_ACCOUNT = 5

/** Centavos in FOOD and in CASH: more than one account can spend while it is measured. MEAL has next to nothing. */
const RICH = centavos(900_000_000_000n)
const POOR = centavos(1n)
/** An amount that no wallet covers, and that a transaction may still have. */
export const DECLINED_AMOUNT = 999_999_999_999

/** How long the loaded holds last, in seconds. */
const HOLD_SECONDS = 7 * 86_400

/**
 * When the first entry was made; the others follow at intervals of a second. Holds begin `HOLD_SECONDS` before
 * they expire.
 */
const LOADED_AT_MS = Date.UTC(2026, 0, 1)

/** The challenge's profile, without rules. */
const challengeCatalog = new Catalog({
  version: 1n,
  categories: challengeCategories,
  ...permissivePolicy,
  rules: merchantRules([]),
})

type Step = (history: AccountHistory, at: Date) => Verdict<Entry, string>

const payment = {
  amount: centavos(1_000n),
  mcc: '5411',
  merchant: 'MERCADO BOM                 SAO PAULO BR',
} as const

const steps: readonly Step[] = [
  (history, at) => decideOpening(history, { transactionId: 'load-0001-open', subject: 'benchmark' }, at),
  credit('load-0001-food', 'FOOD', RICH),
  credit('load-0001-meal', 'MEAL', POOR),
  credit('load-0001-cash', 'CASH', RICH),
  (history, at) =>
    decide(history, { transactionId: 'load-0001-purchase', ...payment }, challengeCatalog, at, calendar),
]

/**
 * An account after some ordinary life: opened, topped up, a first purchase, and holds that expire at these
 * times, in rising order. Made by the rules themselves, so that its books are right. Its journal holds all of
 * its entries.
 */
export function loadedAccount(id: string, expiries: readonly Date[] = []): Account {
  const opened = steps.reduce(
    (account, step, index) => after(account, step, new Date(LOADED_AT_MS + index * 1_000)),
    unopenedAccount(id),
  )
  return expiries.reduce((account, expiry, index) => {
    return after(account, hold(index), new Date(expiry.getTime() - HOLD_SECONDS * 1_000))
  }, opened)
}

function after(account: Account, step: Step, at: Date): Account {
  const verdict = step({ account, find: () => undefined, followUpsOf: () => [] }, at)
  invariant(verdict.type === 'RECORD', 'each step of a new account is an entry')
  return applyEntry(account, verdict.entry)
}

function hold(number: number): Step {
  const request = {
    ...payment,
    transactionId: `load-0001-hold-${number}`,
    hold: { expiresInSeconds: HOLD_SECONDS },
  }
  return (history, at) => decide(history, request, challengeCatalog, at, calendar)
}

function credit(transactionId: string, wallet: string, amount: typeof RICH): Step {
  return (history, at) => decideCredit(history, { transactionId, wallet, amount }, challengeCatalog, at)
}
