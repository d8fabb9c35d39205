import { expect } from 'chai'
import fc from 'fast-check'
import { type Account, applyEntry, balanceOf } from '../../../src/domain/account.js'
import { evaluate, type Purchase } from '../../../src/domain/decide.js'
import type { AuthorizationEntry, Entry } from '../../../src/domain/entry.js'
import type { Limits, WalletLimits } from '../../../src/domain/limits.js'
import { centavos } from '../../../src/domain/money.js'
import { decideReversal, type Reversal } from '../../../src/domain/reverse.js'
import { type Trace, traceOf } from '../../../src/domain/trace.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { accountWith, challengeCatalog, decideOn, historyOf } from './builders.js'

/** An event: a purchase or a reversal, at a time of a clock that may jump. */
type Event = { readonly day: number } & ({ readonly purchase: Purchase } | { readonly reversal: Reversal })

type Step = {
  readonly before: Account
  readonly after: Account
  readonly at: Date
  readonly event: Event
  readonly verdict: Verdict<Entry>
  /** The later entries. */
  readonly past: readonly Entry[]
}

// Few values of everything, so that limits are met, days end and purchases are reversed.
const anyLimit = fc.option(fc.bigInt({ min: 0n, max: 120n }).map(centavos), { nil: undefined })
const anyWalletLimits: fc.Arbitrary<WalletLimits> = fc
  .record({ day: anyLimit, month: anyLimit })
  .map(({ day, month }) => ({ ...(day !== undefined && { day }), ...(month !== undefined && { month }) }))
const anyLimits: fc.Arbitrary<Limits> = fc
  .record({ purchase: anyLimit, food: anyWalletLimits, cash: anyWalletLimits })
  .map(({ purchase, food, cash }) => ({
    ...(purchase !== undefined && { purchase }),
    wallets: new Map([
      ['FOOD', food],
      ['CASH', cash],
    ]),
  }))

const anyId = fc.integer({ min: 1, max: 15 }).map((number) => `tx-${number}`)
const anyAmount = fc.bigInt({ min: 1n, max: 60n }).map(centavos)
const anyPurchase: fc.Arbitrary<Purchase> = fc.record({
  transactionId: anyId,
  amount: anyAmount,
  mcc: fc.constantFrom('5411', '5411', '5999'),
  merchant: fc.constantFrom('', 'UBER TRIP'),
})
const anyReversal: fc.Arbitrary<Reversal> = fc
  .record({
    transactionId: anyId.map((id) => `back-${id}`),
    originalId: anyId,
    amount: anyAmount,
    whole: fc.boolean(),
  })
  .map(({ whole, amount, ...asked }) => ({ ...asked, described: {}, ...(!whole && { amount }) }))
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ day: fc.integer({ min: -1, max: 3 }), purchase: anyPurchase }) },
  { weight: 1, arbitrary: fc.record({ day: fc.integer({ min: -1, max: 3 }), reversal: anyReversal }) },
)
const anyBalance = fc.bigInt({ min: 0n, max: 400n })

const anyPlay = fc
  .record({
    limits: anyLimits,
    wallets: fc.record({ FOOD: anyBalance, CASH: anyBalance }),
    status: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'ACTIVE' as const, 'BLOCKED' as const),
    events: fc.array(anyEvent, { minLength: 1, maxLength: 25 }),
  })
  .map(({ limits, wallets, status, events }) => play(accountWith(wallets, { limits, status }), events))

/** Decides one event after another. Their days are relative to the previous one: the clock may go back. */
function play(start: Account, events: readonly Event[]): readonly Step[] {
  const steps: Step[] = []
  let account = start
  let past: readonly Entry[] = []
  let day = 27
  for (const event of events) {
    day += event.day
    const at = new Date(Date.UTC(2026, 0, day))
    const before = account
    const history = historyOf(account, past)
    const verdict: Verdict<Entry> =
      'purchase' in event
        ? decideOn(history, event.purchase, { now: at })
        : decideReversal(history, event.reversal, at)
    if (verdict.type === 'RECORD') {
      past = [...past, verdict.entry]
      account = applyEntry(account, verdict.entry)
    }
    steps.push({ before, after: account, at, event, verdict, past })
  }
  return steps
}

/** The spending of a wallet: the purchases of matching days, less their reversals. */
function sumOf(past: readonly Entry[], wallet: string, fits: (day: string) => boolean): bigint {
  const counted = past.filter(
    (entry): entry is AuthorizationEntry =>
      entry.kind === 'AUTHORIZATION' && entry.movement?.wallet === wallet && fits(entry.day ?? ''),
  )
  const givenBack = past
    .filter((entry) => entry.kind === 'REVERSAL')
    .filter(({ originalId }) => counted.some(({ transactionId }) => transactionId === originalId))
  return (
    counted.reduce((sum, { amount, transactionId }) => sum + amount - takenOff(past, transactionId), 0n) -
    givenBack.reduce((sum, { movement }) => sum + (movement?.delta ?? 0n), 0n)
  )
}

/** The amount that early partial reversals take off a purchase: an independent implementation. */
function takenOff(past: readonly Entry[], id: string): bigint {
  return past
    .filter((entry) => entry.kind === 'REVERSAL' && entry.originalId === id)
    .reduce((sum, entry) => {
      const early = entry.kind === 'REVERSAL' && entry.reason === 'REVERSED_BEFORE_PURCHASE'
      return early ? sum + (entry.amount ?? 0n) : sum
    }, 0n)
}

/** Asserts a property of every step of every play. */
function everyStep(fact: (step: Step) => void): void {
  fc.assert(
    fc.property(anyPlay, (steps) => {
      for (const step of steps) fact(step)
    }),
    { numRuns: 150 },
  )
}

/** Asserts a property of every new decision on a purchase, with its trace. */
function everyPurchase(fact: (decided: Decided) => void): void {
  everyStep(({ before, at, event, past, verdict }) => {
    if (!('purchase' in event) || verdict.type !== 'RECORD' || verdict.entry.kind !== 'AUTHORIZATION') return
    const { purchase } = event
    const decision = evaluate(
      historyOf(before, past.slice(0, -1)),
      purchase,
      challengeCatalog,
      at,
      utcCalendar,
    )
    const trace = traceOf(decision, {
      account: before,
      purchase,
      catalog: challengeCatalog,
      day: utcCalendar(at),
    })
    const due = purchase.amount - takenOff(past, purchase.transactionId)
    fact({ before, purchase, due, entry: verdict.entry, trace })
  })
}

type Decided = {
  readonly before: Account
  readonly purchase: Purchase
  /** The amount that early partial reversals leave. */
  readonly due: bigint
  readonly entry: AuthorizationEntry
  readonly trace: Trace
}

describe('any history with limits', () => {
  it('reaches every outcome, as the next tests require', () => {
    const seen = new Set<string>()
    everyPurchase(({ entry, trace }) => {
      seen.add(`${trace.rule} ${entry.reason}`)
      for (const { outcome } of trace.wallets) seen.add(outcome)
    })
    expect([...seen]).to.include.members([
      ...['WALLETS APPROVED', 'WALLETS AMOUNT_OVER_LIMIT', 'WALLETS INSUFFICIENT_BALANCE'],
      ...[
        'PURCHASE_LIMIT AMOUNT_OVER_LIMIT',
        'ACCOUNT_STATUS ACCOUNT_BLOCKED',
        'REVERSED_BEFORE ALREADY_REVERSED',
      ],
      ...['PAYS', 'INSUFFICIENT_BALANCE', 'OVER_DAY_LIMIT', 'OVER_MONTH_LIMIT', 'NOT_ASKED'],
    ])
  })

  it('spends no more in any day or month than the limit', () => {
    everyStep(({ after, past }) => {
      const days = new Set(past.flatMap((entry) => ('day' in entry && entry.day) || []))
      const periods = [...days].flatMap((day) => [
        { period: day, limit: 'day' as const },
        { period: day.slice(0, 7), limit: 'month' as const },
      ])
      for (const [wallet, limits] of after.limits.wallets) {
        for (const { period, limit } of periods) {
          const spent = sumOf(past, wallet, (day) => day.startsWith(period))
          expect(spent <= (limits[limit] ?? spent), `${wallet} in ${period}: ${spent}`).to.equal(true)
        }
      }
    })
  })

  it('has counters equal to the sum of its entries', () => {
    everyStep(({ after, past }) => {
      for (const [wallet, { day, dayAmount, monthAmount }] of after.spent) {
        expect(dayAmount).to.equal(sumOf(past, wallet, (one) => one === day))
        expect(monthAmount).to.equal(sumOf(past, wallet, (one) => one.startsWith(day.slice(0, 7))))
      }
    })
  })

  it('never decreases its day', () => {
    everyStep(({ before, after }) => {
      for (const [wallet, { day }] of before.spent) {
        expect((after.spent.get(wallet)?.day ?? '') >= day).to.equal(true)
      }
    })
  })
})

describe('any trace', () => {
  it('has the paying wallet as the last one asked', () => {
    everyPurchase(({ entry, trace }) => {
      const asked = trace.wallets.filter(({ outcome }) => outcome !== 'NOT_ASKED')
      const payer = asked.find(({ outcome }) => outcome === 'PAYS')
      expect(payer?.wallet).to.equal(entry.movement?.wallet)
      if (payer) expect(asked.at(-1)).to.equal(payer)
    })
  })

  it('determines the reason', () => {
    everyPurchase(({ entry, trace }) => {
      if (trace.rule !== 'WALLETS') return
      const outcomes = trace.wallets.map(({ outcome }) => outcome)
      const onlyMoney = outcomes.every((outcome) => outcome === 'INSUFFICIENT_BALANCE')
      const decline = onlyMoney ? 'INSUFFICIENT_BALANCE' : 'AMOUNT_OVER_LIMIT'
      expect(entry.reason).to.equal(outcomes.includes('PAYS') ? 'APPROVED' : decline)
    })
  })

  it('shows balance and limits of every wallet that was asked', () => {
    everyPurchase(({ before, due, trace }) => {
      for (const { wallet, balance, dayLeft = due, monthLeft = due, outcome } of trace.wallets) {
        expect(balance).to.equal(balanceOf(before, wallet))
        if (outcome === 'NOT_ASKED' || outcome === 'WRONG_RAIL') continue
        const facts = {
          INSUFFICIENT_BALANCE: balance < due,
          OVER_DAY_LIMIT: balance >= due && dayLeft < due,
          OVER_MONTH_LIMIT: balance >= due && dayLeft >= due && monthLeft < due,
          PAYS: balance >= due && dayLeft >= due && monthLeft >= due,
          HOLDS_FULL: false, // these purchases ask for no hold
        }
        expect(facts[outcome], outcome).to.equal(true)
      }
    })
  })

  it('shows the amount of early reversals, which is what the wallet did not pay', () => {
    everyPurchase(({ due, purchase, entry, trace }) => {
      if (!['PURCHASE_LIMIT', 'WALLETS'].includes(trace.rule)) return
      expect(trace.takenOff).to.equal(purchase.amount - due)
      if (entry.movement) expect(-entry.movement.delta).to.equal(due)
    })
  })

  it('asks no wallet when an earlier rule has decided', () => {
    everyPurchase(({ trace }) => {
      if (trace.rule === 'WALLETS') return
      expect(new Set(trace.wallets.map(({ outcome }) => outcome))).to.deep.equal(new Set(['NOT_ASKED']))
    })
  })

  it('names the normalised merchant, and the rule in the entry', () => {
    everyPurchase(({ purchase, entry, trace }) => {
      expect(trace.merchant).to.deep.equal({ name: purchase.merchant })
      expect(trace.rules.map(({ id }) => id)).to.deep.equal(entry.merchantRule ? [entry.merchantRule] : [])
    })
  })
})

describe('the trace of an id that was used before', () => {
  const purchase: Purchase = {
    transactionId: 'tx-1',
    amount: centavos(5n),
    mcc: '5411',
    merchant: 'UBER TRIP',
  }
  for (const [what, over] of [
    ['for the same', {}],
    ['for something else', { amount: centavos(6n) }],
  ] as const) {
    it(`${what} returns the stored answer of the id, and checks nothing else`, () => {
      const account = accountWith({ FOOD: 100n })
      const at = new Date(0)
      const decided = decideOn(account, purchase, { now: at })
      if (decided.type !== 'RECORD') throw new Error('this id is new')
      const asked = { ...purchase, ...over }
      const decision = evaluate(historyOf(account, [decided.entry]), asked, challengeCatalog, at, utcCalendar)
      expect(
        traceOf(decision, { account, purchase: asked, catalog: challengeCatalog, day: utcCalendar(at) }),
      ).to.deep.equal({
        rule: 'TRANSACTION_ID',
        takenOff: 0n,
        merchant: { name: 'UBER TRIP' },
        rules: [],
        wallets: [],
      })
    })
  }
})
