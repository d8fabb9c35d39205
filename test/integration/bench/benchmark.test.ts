import { expect } from 'chai'
import { Benchmark, type Measured } from '../../../bench/benchmark.js'
import { type Plan, quickPlan } from '../../../bench/plan/scenarios.js'
import { Database } from '../../../bench/session/database.js'
import { testMongoUri } from '../../support/database/mongo.js'
import { buildBenchPrograms } from '../../support/processes/bench-programs.js'

/** As small as possible: the test checks that it works and finds the books correct, not the speed. */
const plan: Plan = {
  rounds: 1,
  sides: ['lock-document', 'ours'],
  accounts: 40,
  callers: [4],
  hotCallers: [4],
  warmup: [{ callers: 2, durationMs: 100 }],
  window: { warmupMs: 0, durationMs: 300 },
  latencyShares: [],
  overloadShares: [0.5],
  openRounds: 1,
  openWindow: { warmupMs: 0, durationMs: 300 },
  inFlightMax: 64,
  rail: {
    rounds: 1,
    turns: 1,
    accounts: 10,
    callers: 2,
    expiring: 20,
    writtenMsMax: 0,
    fallDueMs: 500,
    quietMs: 300,
    ratePerSecond: 20,
  },
  calmMsMax: 0,
  seed: quickPlan.seed,
}

/** The answers of a server on a machine that is too slow for the load. */
const slowness = new Set(['RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED'])

describe('a short benchmark', () => {
  let measured: Measured
  const lines: string[] = []

  before(async () => {
    await buildBenchPrograms()
    const database = await Database.connect(await testMongoUri(), async () => {})
    const { signal } = new AbortController()
    try {
      measured = await new Benchmark({ plan, database, signal, onProgress: (line) => lines.push(line) }).run()
    } finally {
      await database.stop()
    }
  })

  it('runs every scenario that fits into the time', () => {
    const ran = measured.runs.map(({ side, scenario }) => `${side} ${scenario}`)
    expect(ran).to.include.members([
      'lock-document throughput-unary-4',
      'lock-document hot-unary-4',
      'ours throughput-unary-4',
      'ours hot-unary-4',
      'ours overload-unary-50',
      'ours rail-purchase',
      'ours rail-hold',
      'ours rail-capture',
      'ours rail-full',
      'ours rail-quiet',
      'ours rail-expiry',
    ])
    expect(measured.scenarios.map(({ id }) => id)).to.include.members(
      measured.runs.map(({ scenario }) => scenario),
    )
    expect(lines.length).to.be.at.least(measured.runs.length)
  })

  it('gets decisions from every side', () => {
    for (const { side, scenario, result } of measured.runs) {
      // At half the pace of a starved machine, such a short window may see no decision.
      if (!scenario.startsWith('overload')) expect(result.whole.decided, `${side} ${scenario}`).to.be.above(0)
      const unexpected = result.whole.errors.filter(({ status }) => !slowness.has(status))
      expect(unexpected, `${side} ${scenario}`).to.deep.equal([])
    }
  })

  it('finds the books of the service and of the rival correct', () => {
    expect(measured.runs.flatMap(({ discrepancies }) => discrepancies)).to.deep.equal([])
  })
})
