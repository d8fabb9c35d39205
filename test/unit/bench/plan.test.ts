import { expect } from 'chai'
import { besideScenarios } from '../../../bench/beside/measure-beside.js'
import type { LoadResult } from '../../../bench/load/result.js'
import { capacityOf } from '../../../bench/plan/capacity.js'
import { goals } from '../../../bench/plan/goals.js'
import {
  closedScenarios,
  openScenarios,
  quickPlan,
  sizeScenarios,
  wholePlan,
  workload,
} from '../../../bench/plan/scenarios.js'
import { railScenarios } from '../../../bench/rail/rail-loads.js'
import type { Run, Scenario } from '../../../bench/report/measurements.js'

const modes = ['unary', 'stream'] as const

function scenariosOf(plan: typeof wholePlan): readonly Scenario[] {
  const open = (group: 'latency' | 'overload', shares: readonly number[]) =>
    modes.flatMap((mode) => openScenarios(plan, { group, mode, capacity: 1_000, shares }))
  const sizes = plan.size ? [plan.accounts, plan.size.accounts] : []
  return [
    ...closedScenarios(plan, modes),
    ...open('latency', plan.latencyShares),
    ...open('overload', plan.overloadShares),
    ...(plan.beside ? besideScenarios(plan, plan.beside) : []),
    ...(plan.rail ? railScenarios(plan.rail) : []),
    ...sizes.flatMap((accounts) =>
      plan.size ? sizeScenarios(plan.size, { accounts, capacity: 1_000 }) : [],
    ),
  ]
}

describe('the plan of the benchmark', () => {
  for (const [name, plan] of Object.entries({ wholePlan, quickPlan })) {
    it(`names each scenario once: ${name}`, () => {
      const ids = scenariosOf(plan).map(({ id }) => id)
      expect(new Set(ids).size).to.equal(ids.length)
    })
  }

  it('measures the figure of every goal', () => {
    const measured = goals(wholePlan, scenariosOf(wholePlan)).map(({ id }) => id)
    expect(measured).to.deep.equal([
      'rivals',
      'hot-rivals',
      'hot',
      'echo',
      'alone',
      'stream',
      'size',
      'challenge',
      'overload',
      'overload-latency',
      'beside-credits',
      'beside-pages',
      'beside-rules',
      'beside-verify',
      'rail-hold',
      'rail-capture',
      'rail-full',
      'rail-expiry',
    ])
  })

  it('has no goal without a measurement', () => {
    const measured = goals(wholePlan, closedScenarios({ ...quickPlan, callers: [64] }, ['unary']))
    expect(measured).to.deep.equal([])
  })

  it('sends half of the new requests to a benefit wallet, 30 % to CASH, and 20 % without a paying wallet', () => {
    const shape = { type: 'closed', callers: 8, warmupMs: 0, durationMs: 1 } as const
    const options = { seed: 1, transactionPrefix: 'x', accounts: 1, hotAccount: false, shape }
    const { declineShare, cashShare } = workload(options)
    expect(declineShare).to.equal(0.2)
    expect((1 - declineShare) * cashShare).to.be.closeTo(0.3, 1e-9)
  })
})

describe('the capacity of a side', () => {
  const scenarios = closedScenarios({ ...wholePlan, callers: [1, 8], hotCallers: [8] }, modes)

  it('is the best median over its numbers of callers', () => {
    const runs = [
      ...rounds('throughput-unary-1', [100, 900, 110]),
      ...rounds('throughput-unary-8', [300, 10, 310, 400]),
      ...rounds('throughput-stream-8', [5_000]),
      ...rounds('hot-unary-8', [6_000]),
    ]
    expect(capacityOf({ scenarios, runs }, { side: 'ours', mode: 'unary' })).to.equal(305)
  })

  it('is undefined without measurements', () => {
    expect(capacityOf({ scenarios, runs: [] }, { side: 'ours', mode: 'unary' })).to.equal(0)
  })

  function rounds(scenario: string, rates: readonly number[]): readonly Run[] {
    return rates.map((perSecond, index) => ({
      round: index + 1,
      scenario,
      side: 'ours',
      // The rest of a result does not matter.
      result: { measured: { perSecond } } as unknown as LoadResult,
      discrepancies: [],
    }))
  }
})
