import { authorize } from '../../../src/application/authorize.js'
import type { Budget } from '../../../src/application/budget.js'
import { type CardRail, cardRail } from '../../../src/application/card-rail.js'
import { changeLimits } from '../../../src/application/change-limits.js'
import { changeStatus } from '../../../src/application/change-status.js'
import { creditAccount } from '../../../src/application/credit-account.js'
import { openAccount } from '../../../src/application/open-account.js'
import { reverse } from '../../../src/application/reverse.js'
import type { Account } from '../../../src/domain/account.js'
import type { Purchase } from '../../../src/domain/decide.js'
import {
  type AdviceEntry,
  type AuthorizationEntry,
  type CaptureEntry,
  committedBy,
  decisionOf,
  type Entry,
  movementOf,
  type RefundEntry,
} from '../../../src/domain/entry.js'
import type { Limits } from '../../../src/domain/limits.js'
import { centavos } from '../../../src/domain/money.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import type { Core } from '../../../src/service/core.js'
import { testBudget } from '../database/accounts.js'
import { holdText } from './model-card-rail.js'
import type { ModelRecord, Most, Of, Operation } from './model-operation.js'
import { type Answer, balancesText, type Filter, mostText, networkText } from './reference-model.js'

/** A record with the time that the service gave it. */
export type Timed = ModelRecord & { readonly atMs: number }

/** The service's answer. */
export type Answered =
  | { readonly was: 'NEW' | 'REPEATED'; readonly record: Timed }
  | Exclude<Answer, { was: 'NEW' | 'REPEATED' }>

const SUBJECT = 'model'
const DAY_S = 86_400

/** Sends the operation to one process. The model's account name stands for a new account in each run. */
export async function perform(
  core: Core,
  asked: Operation,
  run: string,
  budget = testBudget(),
): Promise<Answered> {
  return answeredBy(await verdictOn(core, asked, `${run}-${asked.account}`, budget))
}

/** The answer that one process would give to a purchase. */
export async function foretell(
  { simulator }: Core,
  asked: Extract<Operation, { kind: 'buy' }>,
  run: string,
): Promise<Answered> {
  const budget = testBudget()
  const { verdict } = await simulator.simulate(`${run}-${asked.account}`, purchaseOf(asked), budget)
  return answeredBy(verdict)
}

function answeredBy(verdict: Verdict<Entry, string>): Answered {
  switch (verdict.type) {
    case 'RECORD':
      return { was: 'NEW', record: recordOf(verdict.entry) }
    case 'REPLAY':
      return { was: 'REPEATED', record: recordOf(verdict.entry) }
    case 'REUSED':
      return { was: 'REUSED' }
    case 'REJECTED':
      return { was: 'REJECTED', why: verdict.rejection }
  }
}

function verdictOn(
  { engine, catalog, calendar }: Core,
  asked: Operation,
  accountId: string,
  budget: Budget,
): Promise<Verdict<Entry, string>> {
  const transactionId = asked.id
  switch (asked.kind) {
    case 'open':
      return openAccount(engine, accountId, { transactionId, subject: SUBJECT }, budget)
    case 'status':
      return changeStatus(
        engine,
        accountId,
        { transactionId, status: asked.status, subject: SUBJECT },
        budget,
      )
    case 'limits': {
      const change = { transactionId, subject: SUBJECT, ...limitsOf(asked.most) }
      return changeLimits(engine, accountId, change, budget)
    }
    case 'credit': {
      const { wallet, amount, paysOwed } = asked
      const asks = { transactionId, wallet, amount: centavos(amount) }
      const credit = paysOwed ? { ...asks, paysOwed } : asks
      return creditAccount({ engine, catalog }, accountId, credit, budget)
    }
    case 'buy':
      return authorize({ engine, catalog, calendar }, accountId, purchaseOf(asked), budget)
    case 'increment':
    case 'capture':
    case 'advise':
    case 'refund':
      return book(cardRail({ engine, catalog, calendar }), asked, accountId, budget)
    case 'reverse': {
      const { amount, ...words } = asked.said
      const reversal = {
        transactionId,
        originalId: asked.original,
        ...(asked.isAdvice && { advice: true as const }),
        ...(asked.amount !== undefined && { amount: centavos(asked.amount) }),
        described: { ...words, ...(amount !== undefined && { amount: centavos(amount) }) },
      }
      return reverse(engine, accountId, reversal, budget)
    }
  }
}

function book(
  rail: CardRail,
  asked: Of<'increment' | 'capture' | 'advise' | 'refund'>,
  accountId: string,
  budget: Budget,
): Promise<Verdict<Entry, string>> {
  const { id: transactionId, original: originalId } = asked
  const amount = centavos(asked.amount)
  const of = originalId === undefined ? {} : { originalId }
  switch (asked.kind) {
    case 'increment':
      return rail.increment(accountId, { transactionId, originalId: asked.original, amount }, budget)
    case 'capture': {
      const { original, mcc, merchant, more } = asked
      const capture = { transactionId, originalId: original, amount, mcc, merchant }
      return rail.capture(accountId, more ? { ...capture, moreToCome: more } : capture, budget)
    }
    case 'advise': {
      const advice = { transactionId, ...of, amount, mcc: asked.mcc, merchant: asked.merchant }
      return rail.advise(accountId, asked.fallback ? advice : { ...advice, fallback: 'NEVER' }, budget)
    }
    case 'refund': {
      const refund = { transactionId, ...of, amount, mcc: asked.mcc, merchant: asked.merchant }
      return rail.refund(accountId, asked.isRequest ? { ...refund, request: true } : refund, budget)
    }
  }
}

function purchaseOf(asked: Extract<Operation, { kind: 'buy' }>): Purchase {
  const { id, amount, mcc, merchant, network, hold } = asked
  const purchase = {
    transactionId: id,
    amount: centavos(amount),
    mcc,
    merchant,
    ...(amount === 0n && { verification: true as const }),
    ...(network && { network }),
    ...(hold === 'DEFAULT' && { hold: {} }),
    ...(typeof hold === 'number' && { hold: { expiresInSeconds: hold * DAY_S } }),
  }
  return asked.fallback ? purchase : { ...purchase, fallback: 'NEVER' }
}

function limitsOf({ purchase, wallet, day, month }: Most) {
  const limits = {
    ...(day !== undefined && { day: centavos(day) }),
    ...(month !== undefined && { month: centavos(month) }),
  }
  return {
    replaces: true,
    purchase: purchase === undefined ? {} : { limit: centavos(purchase) },
    wallets: new Map([[wallet, limits]]),
  }
}

/** An entry of the service in the model's form. */
export function recordOf(entry: Entry): Timed {
  const movement = movementOf(entry)
  return {
    id: entry.transactionId,
    seq: entry.seq,
    kind: entry.kind,
    decision: decisionOf(entry),
    reason: 'reason' in entry ? entry.reason : '',
    wallet: movement?.wallet ?? '',
    delta: movement?.delta ?? 0n,
    balance: movement?.balanceAfter,
    held: partText(movement?.heldDelta, movement?.heldAfter),
    owed: partText(movement?.owedDelta, movement?.owedAfter),
    day: daysOf(entry),
    rest: restOf(entry),
    atMs: entry.at.getTime(),
  }
}

function partText(delta: bigint | undefined, after: bigint | undefined): string {
  return delta === undefined ? '' : `${delta} to ${after}`
}

function daysOf(entry: Entry): string {
  if ('days' in entry && entry.days) return entry.days.map(({ day, amount }) => `${day} ${amount}`).join(', ')
  return ('day' in entry && entry.day) || ''
}

function restOf(entry: Entry): string {
  switch (entry.kind) {
    case 'ADMIN':
      return [
        entry.subject === SUBJECT ? entry.status : `${entry.status} by ${entry.subject}`,
        ...(entry.limits ? [limitsText(entry.limits)] : []),
      ].join(', ')
    case 'CREDIT':
      return `${-committedBy(entry.movement)}${entry.paysOwed ? ', pays owed' : ''}`
    case 'AUTHORIZATION':
      return boughtText(entry)
    case 'INCREMENT':
      return `${entry.amount} of ${entry.originalId}`
    case 'CAPTURE':
      return bookingText(
        entry,
        `${entry.amount} of ${entry.originalId}${entry.moreToCome ? ', more to come' : ''}`,
      )
    case 'ADVICE':
      return bookingText(entry, `${entry.amount}${ofText(entry)}`)
    case 'REFUND':
      return bookingText(entry, `${entry.amount}${ofText(entry)}${entry.request ? ', asked' : ''}`)
    case 'REVERSAL': {
      const { amount, mcc, merchant } = entry.described
      const what = `${entry.amount ?? 'all'} of ${entry.originalId}: ${amount} ${mcc} ${merchant}`
      return entry.advice ? `${what}, advice` : what
    }
    case 'EXPIRY':
      return `of ${entry.originalId}`
  }
}

function boughtText(entry: AuthorizationEntry): string {
  const { amount, mcc, effectiveMcc, merchant, merchantRule = '', fallback, network, hold } = entry
  const verified = entry.verifiedWallet === undefined ? '' : `, ${entry.verifiedWallet} would pay`
  const { expiresInSeconds } = hold ?? {}
  const days = expiresInSeconds === undefined ? 'DEFAULT' : expiresInSeconds / DAY_S
  const asked = hold ? `, hold ${days}` : ''
  const until = entry.heldUntil ? `, held until ${dayOf(entry.heldUntil)}` : ''
  return `${amount} ${mcc}>${effectiveMcc} "${merchant}" ${merchantRule} ${fallback !== 'NEVER'}${networkText(network)}${asked}${until}${verified}`
}

function bookingText(entry: CaptureEntry | AdviceEntry | RefundEntry, what: string): string {
  const { mcc, merchant, effectiveMcc, merchantRule = '' } = entry
  const fallback = 'fallback' in entry && entry.fallback ? ' without CASH' : ''
  const route = effectiveMcc === undefined ? '' : ` by ${effectiveMcc} ${merchantRule}`
  return `${what}, ${mcc} "${merchant}"${fallback}${route}`
}

function ofText({ originalId }: AdviceEntry | RefundEntry): string {
  return originalId === undefined ? '' : ` of ${originalId}`
}

/** The day of a time by the clock of the tests, which shows the same hour on all days. */
function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

/** A stored account in the model's form. */
export function accountText(account: Account): string {
  const holds = account.holds.map(({ authorized, captured, released, expiresAt, ...hold }) =>
    holdText({
      ...hold,
      authorized,
      released,
      rest: authorized - captured - released,
      until: dayOf(expiresAt),
    }),
  )
  return balancesText({ ...account, holds })
}

/** Limits in the model's form, which has only one limited wallet. */
function limitsText({ purchase, wallets }: Limits): string {
  const [[wallet, limits] = ['', {}], ...others] = wallets
  if (others.length > 0) throw new Error('the model limits one wallet at a time')
  return mostText({ wallet, ...limits, ...(purchase !== undefined && { purchase }) })
}

/** A whole statement, read page by page. */
export async function readStatement(
  { statement }: Core,
  accountId: string,
  asked: { readonly filter: Filter; readonly pageSize: number },
): Promise<readonly Timed[] | undefined> {
  const all: Timed[] = []
  for (let beforeSeq = 2n ** 63n - 1n; ; ) {
    const page = await statement.read({ accountId, beforeSeq, filter: asked.filter, limit: asked.pageSize })
    if (!page) return undefined
    all.push(...page.map(recordOf))
    const last = page.at(-1)
    if (!last || page.length < asked.pageSize) return all
    if (last.seq >= beforeSeq) throw new Error(`a page below ${beforeSeq} ends with ${last.seq}`)
    beforeSeq = last.seq
  }
}
