import fc from 'fast-check'
import { type Account, applyEntry } from '../../../src/domain/account.js'
import type { AccountStatus } from '../../../src/domain/account-status.js'
import type { Catalog } from '../../../src/domain/catalog.js'
import type { Category } from '../../../src/domain/category.js'
import type { Purchase } from '../../../src/domain/decide.js'
import type { AuthorizationEntry, Entry } from '../../../src/domain/entry.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import type { MerchantRule } from '../../../src/domain/merchant-rule.js'
import { AMOUNT_MAX, BALANCE_MAX, centavos } from '../../../src/domain/money.js'
import { type NetworkData, rails } from '../../../src/domain/network.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { accountWith, de43, decideOn, historyOf } from './builders.js'

/** The start of a sequence of purchases. */
export type Scenario = {
  readonly account: Account
  readonly categories: readonly Category[]
  readonly rules: readonly MerchantRule[]
  /** MCCs that are never permitted as received; no category has them. */
  readonly forbiddenAsReceived: readonly string[]
  readonly purchases: readonly Purchase[]
}

/** A purchase of a scenario, and its effect. */
export type Step = {
  readonly before: Account
  readonly purchase: Purchase
  readonly verdict: Verdict<AuthorizationEntry>
  readonly after: Account
  /** The entries before this purchase. */
  readonly past: readonly Entry[]
}

/** A completed scenario. */
export type Play = {
  readonly scenario: Scenario
  readonly catalog: Catalog
  readonly steps: readonly Step[]
  readonly end: Account
  /** Every entry, in order. */
  readonly past: readonly Entry[]
}

// Few values of everything, so that ids repeat, wallets run dry, rules match and MCCs belong to several
// categories.
const mccs = ['5411', '5462', '5811', '4121', '7995'] as const
const benefits = ['FOOD', 'MEAL', 'MOBILITY'] as const
const names = ['UBER', 'UBER TRIP', 'UBERABA LANCHES', 'PAG*JOSE', 'PADARIA DO ZE'] as const

/** An MCC that no category has. */
const CASH_ADVANCE = '6011'
const anyMcc = fc.constantFrom(...mccs, CASH_ADVANCE)

/** Categories in no particular order; CASH may have any order and any MCCs, and must still come last. */
const anyCategories: fc.Arbitrary<readonly Category[]> = fc
  .tuple(...[...benefits, 'CASH'].map(anyCategory))
  .chain((categories) =>
    // Two categories with a common MCC need different orders.
    fc
      .shuffledSubarray([-2, -1, 0, 1], { minLength: categories.length })
      .map((orders) => categories.map((category, index) => ({ ...category, order: orders[index] ?? 0 }))),
  )
  .chain((categories) => fc.shuffledSubarray(categories, { minLength: categories.length }))

function anyCategory(id: string): fc.Arbitrary<Category> {
  return fc.record({
    id: fc.constant(id),
    displayName: fc.constant(id),
    mccs: fc.subarray([...mccs]).map((codes) => mccSet(codes)),
    order: fc.constant(0),
    free: fc.constant(id === 'CASH'),
    creditsClosed: fc.constant(false),
    rails: fc.oneof(fc.constant([]), fc.subarray([...rails])),
    regulated: fc.constant(false),
  })
}

const anyRules: fc.Arbitrary<readonly MerchantRule[]> = fc
  .uniqueArray(
    fc.record({
      match: fc.constantFrom('EXACT' as const, 'PREFIX' as const),
      name: fc.constantFrom(...names, 'PAG*'),
      mcc: anyMcc,
    }),
    { selector: (rule) => `${rule.match} ${rule.name}`, maxLength: 6 },
  )
  .map((rules) => rules.map((rule, index) => ({ ...rule, id: `rule-${index}` })))

const anyBalance = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt({ min: 0n, max: 2000n }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, AMOUNT_MAX, BALANCE_MAX) },
)

const anyStatus = fc.oneof(
  { weight: 7, arbitrary: fc.constant<AccountStatus>('ACTIVE') },
  { weight: 3, arbitrary: fc.constantFrom<AccountStatus>('UNOPENED', 'BLOCKED', 'CLOSED') },
)

const anyAccount: fc.Arbitrary<Account> = fc
  .record({
    wallets: fc.dictionary(fc.constantFrom(...benefits, 'CASH'), anyBalance, { noNullPrototype: true }),
    status: anyStatus,
    version: fc.bigInt({ min: 0n, max: 2n ** 40n }),
  })
  .map(({ wallets, status, version }) => accountWith(wallets, { status, version }))

const anyMerchant = fc
  .record({ name: fc.constantFrom(...names, ''), bare: fc.boolean() })
  .map(({ name, bare }) => (bare ? name : de43({ name })))

const anyAmount = fc.oneof(
  { weight: 19, arbitrary: fc.bigInt({ min: 1n, max: 900n }) },
  { weight: 1, arbitrary: fc.constantFrom(1n, AMOUNT_MAX) },
)

const anyNetwork = [
  { rrn: '1' },
  { rail: 'CREDIT', currency: '986' },
  { currency: 'USD' },
  ...rails.map((rail) => ({ rail })),
] as const

const anyPaidPurchase: fc.Arbitrary<Purchase> = fc.record(
  {
    transactionId: fc.integer({ min: 1, max: 40 }).map((number) => `tx-${number}`),
    amount: anyAmount.map(centavos),
    mcc: anyMcc,
    merchant: anyMerchant,
    fallback: fc.constant('NEVER' as const),
    network: fc.constantFrom<NetworkData>(...anyNetwork),
  },
  { requiredKeys: ['transactionId', 'amount', 'mcc', 'merchant'] },
)

/** One in ten is a verification. */
const anyPurchase: fc.Arbitrary<Purchase> = fc
  .tuple(anyPaidPurchase, fc.integer({ min: 1, max: 10 }))
  .map(([purchase, part]) =>
    part === 1 ? { ...purchase, amount: centavos(0n), verification: true } : purchase,
  )

/** Purchases, some of them repeated unchanged. */
const anyPurchases = fc
  .array(anyPurchase, { minLength: 1, maxLength: 16 })
  .chain((sent) =>
    fc
      .array(fc.constantFrom(...sent), { maxLength: 8 })
      .map((again): readonly Purchase[] => [...sent, ...again]),
  )

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  account: anyAccount,
  categories: anyCategories,
  rules: anyRules,
  forbiddenAsReceived: fc.subarray([CASH_ADVANCE]),
  purchases: anyPurchases,
})

/** Any completed scenario: each purchase is decided on the account after the previous one. */
export const anyPlay: fc.Arbitrary<Play> = anyScenario.map(play)

/** Plays a scenario: decides each purchase, and applies its entry. */
function play(scenario: Scenario): Play {
  const catalog = catalogOf(scenario.categories, scenario.rules, {
    neverPermittedAsReceived: mccSet(scenario.forbiddenAsReceived),
  })
  const steps: Step[] = []
  let account = scenario.account
  let past: readonly Entry[] = []
  for (const purchase of scenario.purchases) {
    const verdict = decideOn(historyOf(account, past), purchase, { catalog })
    const after = verdict.type === 'RECORD' ? applyEntry(account, verdict.entry) : account
    steps.push({ before: account, purchase, verdict, after, past })
    if (verdict.type === 'RECORD') past = [...past, verdict.entry]
    account = after
  }
  return { scenario, catalog, steps, end: account, past }
}
