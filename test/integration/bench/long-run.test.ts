import { expect } from 'chai'
import { longRun } from '../../../bench/long-run/long-run.js'
import type { LongRunPlan } from '../../../bench/long-run/plan.js'
import type { LongRunRecord } from '../../../bench/long-run/record.js'
import { pointsOf, type SeriesId } from '../../../bench/long-run/series.js'
import { Database } from '../../../bench/session/database.js'
import { testMongoUri } from '../../support/database/mongo.js'
import { buildBenchPrograms } from '../../support/processes/bench-programs.js'

/** As small as possible: the test checks that it works, sees all series, and finds the books correct. */
const plan: LongRunPlan = {
  seed: 20_261_128,
  minutes: 0.05,
  share: 0.3,
  accounts: 40,
  everyMs: 250,
  capacity: {
    callers: [8],
    rounds: 1,
    window: { warmupMs: 0, durationMs: 400 },
    warmup: [{ callers: 4, durationMs: 300 }],
    shares: [0.9, 0.5],
    openWindow: { warmupMs: 100, durationMs: 400 },
  },
}

describe('a short long run', () => {
  let record: LongRunRecord

  before(async () => {
    await buildBenchPrograms()
    const database = await Database.connect(await testMongoUri(), async () => {})
    const { signal } = new AbortController()
    try {
      record = await longRun({ plan, database, signal, onProgress: () => {} })
    } finally {
      await database.stop()
    }
  })

  it('accounts for every centavo, and reports no problem', () => {
    expect(record.problems).to.deep.equal([])
    expect(record.load.errors).to.deep.equal([])
    expect(record.verified.accounts).to.equal(plan.accounts)
    expect(record.verified.entries).to.be.above(record.load.decided)
  })

  it('sends the configured share of the capacity', () => {
    // Both are whole numbers, and small ones on a busy machine.
    expect(record.ratePerSecond).to.be.closeTo(record.capacityPerSecond * plan.share, 1)
    expect(record.load.sent).to.be.above(0)
  })

  it('watches the service from the start of the load to its end', () => {
    for (const minutes of Object.values(record.clocks)) {
      expect(minutes).to.have.length.above(0)
      expect(minutes).to.deep.equal([...minutes].sort((a, b) => a - b))
    }
  })

  const alwaysThere: readonly SeriesId[] = [
    ...(['resident', 'heap', 'liveHeap', 'liveExternal', 'descriptors', 'sockets', 'lagMs'] as const),
    ...([
      'serviceCores',
      'busyCores',
      'mongodResident',
      'mongodDescriptors',
      'answered',
      'p50',
      'p99',
    ] as const),
  ]
  for (const id of alwaysThere) {
    it(`has a value above 0 for ${id}`, () => {
      expect(Math.max(...pointsOf(record, id).map(({ y }) => y))).to.be.above(0)
    })
  }

  it('has a value for everything in each sample', () => {
    for (const [id, values] of Object.entries(record.series)) {
      expect(values, id).to.have.length.above(0).and.not.include(null)
    }
  })

  it('finds the service as idle afterwards as before', () => {
    expect(record.rest.after.unposted).to.equal(0)
    expect(record.rest.after.descriptors).to.be.at.most(record.rest.before.descriptors).and.above(0)
  })
})
