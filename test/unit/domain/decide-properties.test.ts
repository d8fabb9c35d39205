import { expect } from 'chai'
import fc from 'fast-check'
import { type Account, balanceOf } from '../../../src/domain/account.js'
import type { Category } from '../../../src/domain/category.js'
import type { Purchase } from '../../../src/domain/decide.js'
import { type AuthorizationEntry, decisionOf, type Movement } from '../../../src/domain/entry.js'
import { hasMcc } from '../../../src/domain/mcc-set.js'
import { centavos } from '../../../src/domain/money.js'
import type { Rail } from '../../../src/domain/network.js'
import { decideOn, historyOf } from './builders.js'
import { anyPlay, type Play, type Scenario, type Step } from './scenario.js'

const wallets = ['FOOD', 'MEAL', 'MOBILITY', 'CASH'] as const

/** Asserts a property of every play. */
function always(fact: (play: Play) => void): void {
  fc.assert(fc.property(anyPlay, fact), { numRuns: 300 })
}

/** Asserts a property of every step of every play. */
function everyStep(fact: (step: Step, play: Play) => void): void {
  always((play) => {
    for (const step of play.steps) fact(step, play)
  })
}

/** Asserts a property of every approved purchase, in any play. */
function everyApproval(fact: (approval: Approval, scenario: Scenario) => void): void {
  everyStep(({ before, after, purchase, verdict }, { scenario }) => {
    if (verdict.type !== 'RECORD' || !verdict.entry.movement) return
    const { entry } = verdict
    fact({ before, after, purchase, entry, movement: verdict.entry.movement }, scenario)
  })
}

type Approval = {
  readonly before: Account
  readonly after: Account
  readonly purchase: Purchase
  readonly entry: AuthorizationEntry
  readonly movement: Movement
}

function sumOf(account: Account): bigint {
  return wallets.reduce((sum, wallet) => sum + balanceOf(account, wallet), 0n)
}

/** The benefits that pay for this MCC over the purchase's rail, in order. */
function benefitsFor(mcc: string, { network }: Purchase, categories: readonly Category[]): readonly string[] {
  return categories
    .filter((category) => !category.free && hasMcc(category.mccs, mcc) && permits(category, network?.rail))
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
}

/** Whether a category pays over the rail: an independent implementation. */
function permits(category: Category | undefined, rail: Rail | undefined): boolean {
  const { rails = [] } = category ?? {}
  return rail === undefined || rails.length === 0 || rails.some((one) => one === rail)
}

/** Whether the purchase is in a currency that the books do not have. */
function isForeign({ network }: Purchase): boolean {
  return network?.currency === 'USD'
}

/** Whether the MCC as received is on the list that no merchant rule lifts. */
function isForbidden({ mcc }: Purchase, { forbiddenAsReceived }: Scenario): boolean {
  return forbiddenAsReceived.includes(mcc)
}

/** The deciding MCC: that of the rule in the entry, otherwise the received one. */
function mccOf(entry: AuthorizationEntry, { rules }: Scenario): string | undefined {
  if (entry.merchantRule === undefined) return entry.mcc
  return rules.find(({ id }) => id === entry.merchantRule)?.mcc
}

/** The outcome of a step: a kind of verdict, or the reason and the payer of the entry. */
function outcomeOf({ verdict }: Step): string {
  if (verdict.type !== 'RECORD') return verdict.type
  const { movement, reason } = verdict.entry
  if (!movement) return reason
  return movement.wallet === 'CASH' ? 'PAID_BY_CASH' : 'PAID_BY_BENEFIT'
}

describe('any sequence of purchases', () => {
  it('reaches every outcome, as the next tests require', () => {
    const plays = fc.sample(anyPlay, { seed: 7, numRuns: 100 })
    const declined = ['INSUFFICIENT_BALANCE', 'ACCOUNT_NOT_FOUND', 'ACCOUNT_BLOCKED', 'ACCOUNT_CLOSED']
    const outcomes = new Set(plays.flatMap(({ steps }) => steps.map(outcomeOf)))
    expect([...outcomes]).to.include.members([
      'PAID_BY_BENEFIT',
      'PAID_BY_CASH',
      ...declined,
      'CURRENCY_NOT_SUPPORTED',
      'MCC_NOT_PERMITTED',
      'RAIL_NOT_PERMITTED',
      'VERIFIED',
      'REPLAY',
      'REUSED',
    ])
  })

  it('leaves no wallet negative', () => {
    everyStep(({ after }) => {
      for (const balance of after.wallets.values()) expect(balance >= 0n).to.equal(true)
    })
  })

  it('debits the sum of the approved amounts', () => {
    always(({ scenario, end, past }) => {
      const approved = past.filter((entry) => entry.kind === 'AUTHORIZATION' && entry.reason === 'APPROVED')
      const taken = approved.reduce((sum, entry) => sum + ('amount' in entry ? entry.amount : 0n), 0n)
      expect(sumOf(end)).to.equal(sumOf(scenario.account) - taken)
    })
  })

  it('records entries without gaps', () => {
    always(({ scenario, past }) => {
      const expected = past.map((_, index) => scenario.account.version + BigInt(index) + 1n)
      expect(past.map(({ seq }) => seq)).to.deep.equal(expected)
    })
  })

  it('records an id once', () => {
    always(({ past }) => {
      expect(new Set(past.map(({ transactionId }) => transactionId)).size).to.equal(past.length)
    })
  })
})

describe('any purchase that is approved', () => {
  it('is paid entirely by one wallet, and the others stay unchanged', () => {
    everyApproval(({ before, after, purchase, movement }) => {
      const taken = wallets.map((wallet) => balanceOf(before, wallet) - balanceOf(after, wallet))
      const expected = wallets.map((wallet) => (wallet === movement.wallet ? purchase.amount : 0n))
      expect(taken).to.deep.equal(expected)
    })
  })

  it('is decided by the MCC of its rule, or else by the received MCC', () => {
    everyApproval(({ entry }, scenario) => {
      expect(entry.effectiveMcc).to.equal(mccOf(entry, scenario))
    })
  })

  it('is paid by a benefit only if the benefit covers its MCC', () => {
    everyApproval(({ purchase, entry, movement }, { categories }) => {
      expect([...benefitsFor(entry.effectiveMcc, purchase, categories), 'CASH']).to.include(movement.wallet)
    })
  })

  it('is paid by the first benefit with enough money, and by CASH only if there is none', () => {
    everyApproval(({ before, purchase, entry, movement }, { categories }) => {
      const covering = benefitsFor(entry.effectiveMcc, purchase, categories).find(
        (wallet) => balanceOf(before, wallet) >= purchase.amount,
      )
      expect(movement.wallet).to.equal(covering ?? 'CASH')
    })
  })

  it('is not paid by CASH without fallback', () => {
    everyApproval(({ purchase, movement }) => {
      if (purchase.fallback === 'NEVER') expect(movement.wallet).not.to.equal('CASH')
    })
  })

  it('has an approval code that no other approval of the account has', () => {
    always(({ past }) => {
      const approved = past.filter((entry) => decisionOf(entry) === 'APPROVED')
      const codes = approved.flatMap((entry) => ('approvalCode' in entry ? [entry.approvalCode] : []))
      expect(new Set(codes).size).to.equal(approved.length)
      const declined = past.filter((entry) => !approved.includes(entry))
      expect(declined.some((entry) => 'approvalCode' in entry)).to.equal(false)
    })
  })

  it('is paid by a category that permits its rail', () => {
    everyApproval(({ purchase, movement }, { categories }) => {
      const payer = categories.find(({ id }) => id === movement.wallet)
      expect(permits(payer, purchase.network?.rail)).to.equal(true)
    })
  })

  it('is paid by an active account', () => {
    everyApproval(({ before }) => {
      expect(before.status).to.equal('ACTIVE')
    })
  })
})

describe('any verification', () => {
  it('moves nothing, and names the first permitted wallet exactly when it is approved', () => {
    everyStep(({ before, after, purchase, verdict }, { scenario: { categories } }) => {
      if (!purchase.verification || verdict.type !== 'RECORD') return
      const { entry } = verdict
      expect(after.wallets).to.deep.equal(before.wallets)
      expect(after.spent).to.deep.equal(before.spent)
      expect(entry.reason).not.to.equal('APPROVED')
      if (entry.reason !== 'VERIFIED') {
        expect(entry.verifiedWallet).to.equal(undefined)
        return
      }
      expect(before.status).to.equal('ACTIVE')
      const [first = 'CASH'] = benefitsFor(entry.effectiveMcc, purchase, categories)
      expect(entry.verifiedWallet).to.equal(first)
    })
  })
})

describe('any purchase that is declined', () => {
  it('changes no balance', () => {
    everyStep(({ before, after, verdict }) => {
      if (verdict.type === 'RECORD' && verdict.entry.movement) return
      expect(after.wallets).to.deep.equal(before.wallets)
    })
  })

  it('in BRL on an active account is declined because no permitted wallet has enough money', () => {
    everyStep(({ before, purchase, verdict }, { scenario }) => {
      if (before.status !== 'ACTIVE' || verdict.type !== 'RECORD') return
      if (decisionOf(verdict.entry) === 'APPROVED') return
      if (isForeign(purchase) || isForbidden(purchase, scenario)) return
      const { categories } = scenario
      const benefits = benefitsFor(verdict.entry.effectiveMcc, purchase, categories)
      const cash = categories.find(({ free }) => free)
      const isCashOut = purchase.fallback === 'NEVER' || !permits(cash, purchase.network?.rail)
      const permitted = [...benefits, ...(isCashOut ? [] : ['CASH'])]
      expect(permitted.filter((wallet) => balanceOf(before, wallet) >= purchase.amount)).to.deep.equal([])
    })
  })

  it('is declined for its currency only when that is another', () => {
    everyStep(({ before, purchase, verdict }) => {
      if (before.status !== 'ACTIVE' || verdict.type !== 'RECORD') return
      expect(verdict.entry.reason === 'CURRENCY_NOT_SUPPORTED').to.equal(isForeign(purchase))
    })
  })

  it('in BRL on an active account is declined for its MCC exactly when that is forbidden as received', () => {
    everyStep(({ before, purchase, verdict }, { scenario }) => {
      if (before.status !== 'ACTIVE' || verdict.type !== 'RECORD' || isForeign(purchase)) return
      const isDeclined = verdict.entry.reason === 'MCC_NOT_PERMITTED'
      expect(isDeclined).to.equal(isForbidden(purchase, scenario))
    })
  })

  it('in BRL is declined for its rail exactly when the rail excludes wallets and leaves none', () => {
    everyStep(({ before, purchase, verdict }, { scenario }) => {
      if (before.status !== 'ACTIVE' || verdict.type !== 'RECORD') return
      if (isForeign(purchase) || isForbidden(purchase, scenario)) return
      const { effectiveMcc, reason } = verdict.entry
      const payers = scenario.categories.filter(({ free, mccs }) => free || hasMcc(mccs, effectiveMcc))
      const over = payers.filter((category) => permits(category, purchase.network?.rail))
      const left = over.filter(({ free }) => !free || purchase.fallback !== 'NEVER')
      expect(reason === 'RAIL_NOT_PERMITTED').to.equal(left.length === 0 && over.length < payers.length)
    })
  })

  it('is not approved, and has no movement', () => {
    everyStep(({ verdict }) => {
      if (verdict.type !== 'RECORD') return
      expect(verdict.entry.movement === undefined).to.equal(verdict.entry.reason !== 'APPROVED')
    })
  })
})

describe('any purchase that is repeated', () => {
  const statuses = ['UNOPENED', 'ACTIVE', 'BLOCKED', 'CLOSED'] as const

  it('returns the stored entry, whatever happened to the account', () => {
    fc.assert(
      fc.property(anyPlay, fc.constantFrom(...statuses), ({ steps, catalog, end, past }, status) => {
        for (const { purchase, verdict } of steps) {
          if (verdict.type !== 'RECORD') continue
          const again = decideOn(historyOf({ ...end, status }, past), purchase, { catalog, now: new Date(0) })
          expect(again).to.deep.equal({ type: 'REPLAY', entry: verdict.entry })
        }
      }),
    )
  })

  it('with any other content is a reuse of the id', () => {
    const changes: fc.Arbitrary<(purchase: Purchase) => Purchase> = fc.constantFrom(
      (purchase) => ({ ...purchase, amount: centavos(purchase.amount + 1n) }),
      ({ verification, ...purchase }) => (verification ? purchase : { ...purchase, verification: true }),
      (purchase) => ({ ...purchase, mcc: '0001' }),
      (purchase) => ({ ...purchase, merchant: `${purchase.merchant} ` }),
      ({ network, ...purchase }) => (network ? purchase : { ...purchase, network: { rrn: '2' } }),
      (purchase) => ({ ...purchase, network: { ...purchase.network, terminalId: 'T1' } }),
      ({ fallback, ...purchase }) => (fallback ? purchase : { ...purchase, fallback: 'NEVER' }),
    )
    fc.assert(
      fc.property(anyPlay, changes, ({ steps, catalog, end, past }, change) => {
        for (const { purchase, verdict } of steps) {
          if (verdict.type !== 'RECORD') continue
          const other = decideOn(historyOf(end, past), change(purchase), { catalog })
          expect(other).to.deep.equal({ type: 'REUSED', entry: verdict.entry })
        }
      }),
    )
  })
})

describe('deciding', () => {
  it('gives the same verdict for the same question', () => {
    everyStep(({ before, purchase, verdict, past }, { catalog }) => {
      expect(decideOn(historyOf(before, past), purchase, { catalog })).to.deep.equal(verdict)
    })
  })

  it('changes neither account, history nor purchase', () => {
    everyStep(({ before, purchase, past }, { catalog }) => {
      const copy = structuredClone({ before, purchase, past })
      decideOn(historyOf(before, past), purchase, { catalog })
      expect({ before, purchase, past }).to.deep.equal(copy)
    })
  })

  it('does not change the catalog', () => {
    everyStep(({ before, purchase, past }, { catalog }) => {
      const copy = structuredClone([catalog.route(purchase), catalog.categories])
      decideOn(historyOf(before, past), purchase, { catalog })
      expect([catalog.route(purchase), catalog.categories]).to.deep.equal(copy)
    })
  })
})
