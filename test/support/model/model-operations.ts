import fc from 'fast-check'
import type { Db } from 'mongodb'
import { challengeCategories } from '../../../src/domain/category.js'
import { applyProfile, type KeptCategorySet } from '../../../src/domain/category-edit.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import { rails } from '../../../src/domain/network.js'
import { MongoCategoryStore } from '../../../src/storage/catalog/mongo-category-store.js'
import { MongoMerchantRuleStore } from '../../../src/storage/catalog/mongo-merchant-rule-store.js'
import type { Most, Network, Of, Operation, Said, Status } from './model-operation.js'
import { companyRule, FORBIDDEN_MCC, railsOf, rule } from './model-routes.js'
import type { Filter } from './reference-model.js'

// Few accounts, ids and amounts, so that ids repeat, reversals meet their purchases and wallets run dry.
const account = fc.constantFrom('A', 'A', 'A', 'B')
const id = fc.integer({ min: 1, max: 30 }).map((number) => `x${number}`)
const amount = fc.constantFrom(1n, 7n, 30n, 36n, 100n)
const mostly = <T>(value: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: rare })
const mcc = mostly(fc.constantFrom('5411', '5812', '5999'), fc.constant(FORBIDDEN_MCC))
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
const booked = { amount, mcc: mostly(fc.constantFrom('5411', '5812', '5999'), mcc), merchant }
/** Whole days: the clocks of the model's processes move by days. */
const hold = fc.constantFrom(undefined, undefined, undefined, 'DEFAULT' as const, 1, 2)
const isOther = ({ id: own, original }: { readonly id: string; readonly original: string | undefined }) =>
  own !== original
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
      paysOwed: fc.boolean(),
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
      hold,
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ ...named, kind: fc.constant('increment' as const), original: id, amount })
      .filter(isOther),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({
        ...named,
        ...booked,
        kind: fc.constant('capture' as const),
        original: id,
        more: fc.boolean(),
      })
      .filter(isOther),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        ...named,
        ...booked,
        kind: fc.constant('advise' as const),
        original: fc.option(id, { nil: undefined }),
        fallback,
      })
      .filter(isOther),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        ...named,
        ...booked,
        kind: fc.constant('refund' as const),
        original: fc.option(id, { nil: undefined, freq: 4 }),
        isRequest: fc.boolean(),
      })
      .filter(isOther),
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
        isAdvice: mostly(fc.constant(false), fc.constant(true)),
      })
      .filter(isOther),
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

/** A later step of an earlier purchase. */
export const step = fc.record({
  kind: fc.constantFrom('reverse', 'reverse', 'increment', 'capture', 'capture', 'advise', 'refund'),
  id,
  amount: fc.option(amount, { nil: undefined }),
  rightly: fc.boolean(),
})

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/**
 * A later step of a purchase, by default of its whole amount. A reversal describes it correctly or not at all. A
 * capture is final, an advice is of the same terminal, a refund is booked, if they are right.
 */
export function stepOf(purchase: Of<'buy'>, { kind, id, amount, rightly }: Step): Operation {
  const { account, id: original, mcc, merchant } = purchase
  const named = { account, id, original }
  const booking = { ...named, amount: amount ?? (purchase.amount || 1n), mcc, merchant }
  switch (kind) {
    case 'reverse': {
      const said = rightly ? { amount: purchase.amount, mcc, merchant } : {}
      return { ...named, kind, amount, said, isAdvice: false }
    }
    case 'increment':
      return { ...named, kind, amount: booking.amount }
    case 'capture':
      return { ...booking, kind, more: !rightly }
    case 'advise':
      return { ...booking, kind, fallback: rightly }
    case 'refund':
      return { ...booking, kind, isRequest: !rightly }
  }
}

/** A part of a statement. */
export const statementFilter: fc.Arbitrary<Filter> = fc.record(
  {
    kind: fc.constantFrom(
      'AUTHORIZATION',
      'INCREMENT',
      'CAPTURE',
      'ADVICE',
      'REFUND',
      'REVERSAL',
      'EXPIRY',
      'CREDIT',
      'ADMIN',
    ),
    wallet: fc.constantFrom('FOOD', 'CASH'),
    decision: fc.constantFrom('APPROVED', 'DECLINED'),
  },
  { requiredKeys: [] },
)

/** The start of every run: an open account with money. */
export const opening: readonly Operation[] = [
  { kind: 'open', account: 'A', id: 'open' },
  { kind: 'credit', account: 'A', id: 'food', wallet: 'FOOD', amount: 300n, paysOwed: false },
  { kind: 'credit', account: 'A', id: 'cash', wallet: 'CASH', amount: 100n, paysOwed: false },
]

/** The same message with one changed field. */
export function withOtherContent(asked: Operation): Operation {
  switch (asked.kind) {
    case 'open':
      return { ...asked, kind: 'credit', wallet: 'FOOD', amount: 1n, paysOwed: true }
    case 'status':
      return { ...asked, status: asked.status === 'ACTIVE' ? 'BLOCKED' : 'ACTIVE' }
    case 'limits':
      return { ...asked, most: { ...asked.most, purchase: (asked.most.purchase ?? 0n) + 1n } }
    case 'credit':
      return { ...asked, amount: asked.amount + 1n }
    case 'buy':
      return otherPurchase(asked)
    case 'increment':
    case 'advise':
      return { ...asked, amount: asked.amount + 1n }
    case 'capture':
      return { ...asked, more: !asked.more }
    case 'refund':
      return { ...asked, isRequest: !asked.isRequest }
    case 'reverse':
      return asked.amount === undefined ? { ...asked, amount: 1n } : { ...asked, amount: undefined }
  }
}

function otherPurchase(asked: Of<'buy'>): Operation {
  if (asked.merchant === '') return { ...asked, merchant: 'UBER TRIP' }
  if (asked.network) return { ...asked, network: { ...asked.network, terminalId: 'T2' } }
  if (asked.hold !== undefined) return { ...asked, hold: asked.hold === 1 ? 2 : 1 }
  return asked.fallback ? { ...asked, fallback: false } : { ...asked, amount: asked.amount + 1n }
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
