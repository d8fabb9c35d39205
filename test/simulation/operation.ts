import type { Account, AccountHistory } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import { type Advice, decideAdvice } from '../../src/domain/advice.js'
import type { Calendar, Day } from '../../src/domain/calendar.js'
import { type Capture, decideCapture } from '../../src/domain/capture.js'
import type { Catalog } from '../../src/domain/catalog.js'
import { benefit, challengeCategories, freeBalance } from '../../src/domain/category.js'
import { decideLimits, type LimitsChange } from '../../src/domain/change-limits.js'
import { decideStatusChange, type StatusChange } from '../../src/domain/change-status.js'
import { type Credit, decideCredit } from '../../src/domain/credit.js'
import { decide, type Purchase } from '../../src/domain/decide.js'
import type { Entry, TransactionId } from '../../src/domain/entry.js'
import { decideIncrement, type Increment } from '../../src/domain/increment.js'
import { mccSet } from '../../src/domain/mcc-set.js'
import { decideOpening, type Opening } from '../../src/domain/open-account.js'
import { decideRefund, type Refund } from '../../src/domain/refund.js'
import { decideReversal, type Reversal } from '../../src/domain/reverse.js'
import type { Verdict } from '../../src/domain/verdict.js'
import { catalogOf } from '../support/catalog/catalogs.js'
import { utcCalendar } from '../support/catalog/utc-calendar.js'

/** An operation on an account. */
export type Operation = { readonly accountId: AccountId } & (
  | { readonly kind: 'BUY'; readonly content: Purchase }
  | { readonly kind: 'REVERSE'; readonly content: Reversal }
  | { readonly kind: 'INCREMENT'; readonly content: Increment }
  | { readonly kind: 'CAPTURE'; readonly content: Capture }
  | { readonly kind: 'ADVISE'; readonly content: Advice }
  | { readonly kind: 'REFUND'; readonly content: Refund }
  | { readonly kind: 'CREDIT'; readonly content: Credit }
  | { readonly kind: 'STATUS'; readonly content: StatusChange }
  | { readonly kind: 'LIMITS'; readonly content: LimitsChange }
  | { readonly kind: 'OPEN'; readonly content: Opening }
)

export type AnyVerdict = Verdict<Entry, string>

const DAY_MS = 86_400_000
const days = new Map<number, Day>()

/** Returns the same object for the same time: a history has few days, and uses them constantly. */
export const calendar: Calendar = (at) => {
  const number = Math.floor(at.getTime() / DAY_MS)
  const day = days.get(number) ?? utcCalendar(at)
  days.set(number, day)
  return day
}

/**
 * The two catalogs that processes use in turn: version 1 and version 2. The second one has rails, and an MCC
 * that is never permitted as received.
 */
export const catalogs: readonly [Catalog, Catalog] = [
  catalogOf(challengeCategories, [{ id: 'trip', match: 'EXACT', name: 'UBER TRIP', mcc: '5411' }], {
    neverPermitted: mccSet(['7995']),
  }),
  catalogOf(
    [
      ...challengeCategories.filter(({ id }) => id === 'FOOD'),
      {
        ...benefit({ id: 'MEAL', displayName: 'Meals', order: 5, mccs: '5811 5411', rails: ['CREDIT'] }),
        creditsClosed: true,
      },
      freeBalance({ id: 'CASH', displayName: 'Free balance', rails: ['CREDIT', 'DEBIT'] }),
    ],
    [{ id: 'trip', match: 'EXACT', name: 'UBER TRIP', mcc: '5811' }],
    { version: 2n, neverPermittedAsReceived: mccSet(['7995']) },
  ),
]

/** Decides an operation by the domain itself, without the engine. */
export function decideOperation(
  { kind, content }: Operation,
  history: AccountHistory,
  at: Date,
  catalog: Catalog,
): AnyVerdict {
  switch (kind) {
    case 'BUY':
      return decide(history, content, catalog, at, calendar)
    case 'REVERSE':
      return decideReversal(history, content, at)
    case 'INCREMENT':
      return decideIncrement(history, content, at, calendar)
    case 'CAPTURE':
      return decideCapture(history, content, catalog, at, calendar)
    case 'ADVISE':
      return decideAdvice(history, content, catalog, at, calendar)
    case 'REFUND':
      return decideRefund(history, content, catalog, at)
    case 'CREDIT':
      return decideCredit(history, content, catalog, at)
    case 'STATUS':
      return decideStatusChange(history, content, at)
    case 'LIMITS':
      return decideLimits(history, content, at)
    case 'OPEN':
      return decideOpening(history, content, at)
  }
}

export function idOf({ content }: Operation): TransactionId {
  return content.transactionId
}

/** An operation in one line, for people. */
export function operationText({ accountId, kind, content }: Operation): string {
  return `${kind} ${content.transactionId} on ${accountId} (${detailText(kind, content)})`
}

function detailText(kind: Operation['kind'], content: Operation['content']): string {
  const fields = Object.entries(content).filter(([name]) => name !== 'transactionId' && name !== 'subject')
  return fields.map(([name, value]) => `${name} ${valueText(value)}`).join(', ') || kind.toLowerCase()
}

function valueText(value: unknown): string {
  if (value instanceof Map)
    return `[${Array.from(value, (pair) => pair.map(valueText).join(' ')).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([name, one]) => `${name} ${valueText(one)}`)
    .join(', ')}}`
}

/** An account in one line, for people. */
export function accountText({ version, status, wallets, held, owed, holds, journal }: Account): string {
  const amounts = { '': wallets, ' held': held, ' owed': owed }
  const texts = Object.entries(amounts).flatMap(([what, parts]) =>
    Array.from(parts, ([wallet, amount]) => `${wallet}${what} ${amount}`),
  )
  const open = holds.map(({ id, authorized, captured, released }) => {
    return `${id} open with ${authorized - captured - released}`
  })
  return `version ${version}, ${[status, ...texts, ...open].join(', ')}, journal ${journal[0]?.seq} to ${journal.at(-1)?.seq}`
}

/** An entry in one line, for people. */
export function entryText(entry: Entry): string {
  const movement = entry.kind === 'ADMIN' ? undefined : entry.movement
  const { heldDelta, owedDelta } = movement ?? {}
  const held = heldDelta === undefined ? '' : `, held ${heldDelta}`
  const owed = owedDelta === undefined ? '' : `, owed ${owedDelta}`
  const moved = movement
    ? `, ${movement.wallet} ${movement.delta} to ${movement.balanceAfter}${held}${owed}`
    : ''
  const why = 'reason' in entry ? ` ${entry.reason}` : ''
  return `${entry.seq}:${entry.transactionId} ${entry.kind}${why}${moved}`
}
