import fc from 'fast-check'
import type { Db } from 'mongodb'
import { authorize } from '../../../src/application/authorize.js'
import type { Budget } from '../../../src/application/budget.js'
import { changeLimits } from '../../../src/application/change-limits.js'
import { changeStatus } from '../../../src/application/change-status.js'
import { creditAccount } from '../../../src/application/credit-account.js'
import { openAccount } from '../../../src/application/open-account.js'
import { reverse } from '../../../src/application/reverse.js'
import { challengeCategories } from '../../../src/domain/category.js'
import { applyProfile, type KeptCategorySet } from '../../../src/domain/category-edit.js'
import type { Purchase } from '../../../src/domain/decide.js'
import { decisionOf, type Entry, movementOf } from '../../../src/domain/entry.js'
import type { Limits } from '../../../src/domain/limits.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import { centavos } from '../../../src/domain/money.js'
import { rails } from '../../../src/domain/network.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import type { Core } from '../../../src/service/core.js'
import { MongoCategoryStore } from '../../../src/storage/catalog/mongo-category-store.js'
import { MongoMerchantRuleStore } from '../../../src/storage/catalog/mongo-merchant-rule-store.js'
import { testBudget } from '../database/accounts.js'
import {
  type Answer,
  companyRule,
  type Filter,
  FORBIDDEN_MCC,
  type ModelRecord,
  type Most,
  mostText,
  type Network,
  networkText,
  type Operation,
  railsOf,
  rule,
  type Said,
  type Status,
} from './reference-model.js'

/** A record with the time that the service gave it. */
export type Timed = ModelRecord & { readonly atMs: number }

/** The service's answer. */
export type Answered =
  | { readonly was: 'NEW' | 'REPEATED'; readonly record: Timed }
  | Exclude<Answer, { was: 'NEW' | 'REPEATED' }>

const SUBJECT = 'model'

// Few accounts, ids and amounts, so that ids repeat, reversals meet their purchases and wallets run dry.
const account = fc.constantFrom('A', 'A', 'A', 'B')
const id = fc.integer({ min: 1, max: 30 }).map((number) => `x${number}`)
const amount = fc.constantFrom(1n, 7n, 30n, 100n)
const mostly = <T>(value: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: rare })
const mcc = mostly(fc.constantFrom('5411', '5811', '5999'), fc.constant(FORBIDDEN_MCC))
const merchant = fc.constantFrom('', 'UBER TRIP', 'PADARIA DO ZE')
const fallback = mostly(fc.constant(true), fc.constant(false))
const { merchantTaxId } = companyRule
const network: fc.Arbitrary<Network | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.record({ rail: fc.constantFrom(...rails) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Network>(
      { rrn: '1' },
      { rrn: '1', terminalId: 'T1' },
      { rail: 'CREDIT', rrn: '1', currency: '986' },
      { merchantTaxId },
      { merchantTaxId, rail: 'VOUCHER' },
      { currency: 'USD' },
    ),
  },
)
const said: fc.Arbitrary<Said> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ amount, mcc, merchant }, { requiredKeys: [] }) },
)
const named = { account, id }
const limit = fc.constantFrom(0n, 30n, 100n, 300n)
const most: fc.Arbitrary<Most> = fc.record(
  { purchase: limit, wallet: fc.constantFrom('FOOD', 'CASH'), day: limit, month: limit },
  { requiredKeys: ['wallet'] },
)
const statuses: readonly Status[] = ['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'BLOCKED', 'CLOSED']

/** Any operation on an account. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ ...named, kind: fc.constant('open' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...named,
      kind: fc.constant('status' as const),
      status: fc.constantFrom(...statuses),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...named, kind: fc.constant('limits' as const), most }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...named,
      kind: fc.constant('credit' as const),
      wallet: fc.constantFrom('FOOD', 'MEAL', 'CASH'),
      // The rare amount leaves room for 100 centavos in the wallet.
      amount: mostly(amount, fc.constant(2n ** 63n - 101n)),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      ...named,
      kind: fc.constant('buy' as const),
      // 0 is a verification.
      amount: mostly(amount, fc.constant(0n)),
      mcc,
      merchant,
      fallback,
      network,
    }),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({
        ...named,
        kind: fc.constant('reverse' as const),
        original: id,
        amount: fc.option(amount, { nil: undefined }),
        said,
      })
      .filter(({ id: own, original }) => own !== original),
  },
)

/** Brings the catalog to what the model knows: its merchant rules, its rails and its MCC policy. */
export async function prepareCatalog(db: Db): Promise<void> {
  const rules = new MongoMerchantRuleStore(db)
  await rules.create({ ...rule, match: 'EXACT' }, 'test')
  await rules.create({ ...companyRule, match: 'TAX_ID' }, 'test')
  const categories = challengeCategories.map((category) => ({
    ...category,
    rails: railsOf[category.id] ?? [],
  }))
  const policy = { neverPermitted: [], neverPermittedAsReceived: mccSet([FORBIDDEN_MCC]) }
  const edit = (current: KeptCategorySet) => applyProfile(current, { categories, ...policy })
  await new MongoCategoryStore(db).edit(edit, 'test')
}

/** A reversal of an earlier purchase. */
export const takeBack = fc.record({
  id,
  amount: fc.option(amount, { nil: undefined }),
  rightly: fc.boolean(),
})

/** The reversal of a purchase, with a correct description or none. */
export function reversalOf(
  purchase: Extract<Operation, { kind: 'buy' }>,
  how: { readonly id: string; readonly amount: bigint | undefined; readonly rightly: boolean },
): Operation {
  const { account, id: original, amount, mcc, merchant } = purchase
  const said = how.rightly ? { amount, mcc, merchant } : {}
  return { kind: 'reverse', account, id: how.id, original, amount: how.amount, said }
}

/** A part of a statement. */
export const statementFilter: fc.Arbitrary<Filter> = fc.record(
  {
    kind: fc.constantFrom('AUTHORIZATION', 'REVERSAL', 'CREDIT', 'ADMIN'),
    wallet: fc.constantFrom('FOOD', 'CASH'),
    decision: fc.constantFrom('APPROVED', 'DECLINED'),
  },
  { requiredKeys: [] },
)

/** The start of every run: an open account with money. */
export const opening: readonly Operation[] = [
  { kind: 'open', account: 'A', id: 'open' },
  { kind: 'credit', account: 'A', id: 'food', wallet: 'FOOD', amount: 300n },
  { kind: 'credit', account: 'A', id: 'cash', wallet: 'CASH', amount: 100n },
]

/** The same message with one changed field. */
export function withOtherContent(asked: Operation): Operation {
  switch (asked.kind) {
    case 'open':
      return { ...asked, kind: 'credit', wallet: 'FOOD', amount: 1n }
    case 'status':
      return { ...asked, status: asked.status === 'ACTIVE' ? 'BLOCKED' : 'ACTIVE' }
    case 'limits':
      return { ...asked, most: { ...asked.most, purchase: (asked.most.purchase ?? 0n) + 1n } }
    case 'credit':
      return { ...asked, amount: asked.amount + 1n }
    case 'buy':
      if (asked.merchant === '') return { ...asked, merchant: 'UBER TRIP' }
      if (asked.network) return { ...asked, network: { ...asked.network, terminalId: 'T2' } }
      return asked.fallback ? { ...asked, fallback: false } : { ...asked, amount: asked.amount + 1n }
    case 'reverse':
      return asked.amount === undefined ? { ...asked, amount: 1n } : { ...asked, amount: undefined }
  }
}

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
      const credit = { transactionId, wallet: asked.wallet, amount: centavos(asked.amount) }
      return creditAccount({ engine, catalog }, accountId, credit, budget)
    }
    case 'buy':
      return authorize({ engine, catalog, calendar }, accountId, purchaseOf(asked), budget)
    case 'reverse': {
      const { amount, ...words } = asked.said
      const reversal = {
        transactionId,
        originalId: asked.original,
        ...(asked.amount !== undefined && { amount: centavos(asked.amount) }),
        described: { ...words, ...(amount !== undefined && { amount: centavos(amount) }) },
      }
      return reverse(engine, accountId, reversal, budget)
    }
  }
}

function purchaseOf(asked: Extract<Operation, { kind: 'buy' }>): Purchase {
  const { id, amount, mcc, merchant, network } = asked
  const purchase = {
    transactionId: id,
    amount: centavos(amount),
    mcc,
    merchant,
    ...(amount === 0n && { verification: true as const }),
    ...(network && { network }),
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
    kind: kindOf(entry),
    decision: decisionOf(entry),
    reason: 'reason' in entry ? entry.reason : '',
    wallet: movement?.wallet ?? '',
    delta: movement?.delta ?? 0n,
    balance: movement?.balanceAfter,
    day: ('day' in entry && entry.day) || '',
    rest: restOf(entry),
    atMs: entry.at.getTime(),
  }
}

/** The model does not know holds and what follows them yet. */
function kindOf({ kind }: Entry): Timed['kind'] {
  if (kind === 'AUTHORIZATION' || kind === 'REVERSAL' || kind === 'CREDIT' || kind === 'ADMIN') return kind
  throw new Error(`the model has no ${kind}`)
}

function restOf(entry: Entry): string {
  switch (entry.kind) {
    case 'ADMIN':
      return [
        entry.subject === SUBJECT ? entry.status : `${entry.status} by ${entry.subject}`,
        ...(entry.limits ? [limitsText(entry.limits)] : []),
      ].join(', ')
    case 'CREDIT':
      return `${entry.movement.delta}`
    case 'AUTHORIZATION': {
      const { amount, mcc, effectiveMcc, merchant, merchantRule = '', fallback, network } = entry
      const mayFallBack = fallback !== 'NEVER'
      const verified = entry.verifiedWallet === undefined ? '' : `, ${entry.verifiedWallet} would pay`
      return `${amount} ${mcc}>${effectiveMcc} "${merchant}" ${merchantRule} ${mayFallBack}${networkText(network)}${verified}`
    }
    case 'REVERSAL': {
      const { amount, mcc, merchant } = entry.described
      return `${entry.amount ?? 'all'} of ${entry.originalId}: ${amount} ${mcc} ${merchant}`
    }
    default:
      throw new Error(`the model has no ${entry.kind}`)
  }
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

/**
 * Longest time for the runs and for shrinking a failure, in milliseconds; more when MODEL_RUNS asks for it.
 */
const TIME_MS_MAX = 600_000

/** The settings for repeating a failing test, and the number of runs. */
export function modelParameters(runs: number): fc.Parameters<unknown> {
  const { MODEL_SEED: seed, MODEL_PATH: path, MODEL_RUNS: count } = process.env
  const numRuns = Number(count ?? runs)
  return {
    numRuns,
    interruptAfterTimeLimit: (TIME_MS_MAX * Math.max(numRuns, runs)) / runs,
    markInterruptAsFailure: true,
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(path !== undefined && { path }),
  }
}
