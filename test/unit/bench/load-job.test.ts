import { expect } from 'chai'
import { readJob } from '../../../bench/load/job-reader.js'

const job = {
  target: { host: '127.0.0.1', port: 50_051 },
  token: 'a.b.c',
  mode: 'unary',
  connections: 4,
  workload: {
    seed: 1,
    transactionPrefix: 'run-1-',
    accounts: { prefix: 'bench-', count: 10 },
    amount: { min: 1, max: 9 },
    declinedAmount: 999,
    benefitMccs: ['5411'],
    cashMccs: ['5999'],
    merchants: ['PADARIA DO ZE'],
    repeatShare: 0.1,
    declineShare: 0.2,
    cashShare: 0.3,
  },
  shape: { type: 'closed', callers: 8, warmupMs: 0, durationMs: 1_000 },
}

describe('a job of the load generator', () => {
  it('is read', () => {
    expect(readJob(JSON.stringify(job))).to.deep.equal(job)
    const shape = { type: 'open', ratePerSecond: 100, inFlightMax: 8, warmupMs: 0, durationMs: 1_000 }
    expect(readJob(JSON.stringify({ ...job, shape })).shape).to.deep.equal(shape)
    const long = {
      ...job,
      renewsConnections: true,
      windowMs: 5_000,
      shape: { ...shape, durationMs: 1_800_000 },
    }
    expect(readJob(JSON.stringify(long))).to.deep.equal(long)
  })

  const rejected: readonly (readonly [what: string, changed: object, message: string])[] = [
    [
      'a port that is none',
      { target: { host: 'a', port: 0 } },
      'target.port must be a whole number from 1 to 65535',
    ],
    ['an unknown mode', { mode: 'batch' }, 'mode must be one of unary, stream'],
    ['a fraction', { connections: 1.5 }, 'connections must be a whole number from 1 to 64'],
    ['no shape', { shape: undefined }, 'shape.type must be one of closed, open'],
    [
      'an open loop without a rate',
      { shape: { type: 'open', inFlightMax: 1, warmupMs: 0, durationMs: 1 } },
      'shape.ratePerSecond must be a whole number from 1 to 1000000',
    ],
    [
      'a share over one',
      { workload: { ...job.workload, cashShare: 1.1 } },
      'workload.cashShare must be a number from 0 to 1',
    ],
    ['no merchants', { workload: { ...job.workload, merchants: [] } }, 'workload.merchants must be a list'],
    [
      'amounts the wrong way round',
      { workload: { ...job.workload, amount: { min: 9, max: 1 } } },
      'amount.min',
    ],
    [
      'a long time on connections that the server will end',
      { shape: { ...job.shape, durationMs: 120_001 } },
      'shape.durationMs is at most 120000 unless connections are renewed',
    ],
    [
      'streams on connections that are renewed',
      { mode: 'stream', renewsConnections: true },
      'renewsConnections is for mode unary',
    ],
    ['windows too short to tell of', { windowMs: 5 }, 'windowMs must be a whole number from 100 to 60000'],
    [
      'a distance without an end',
      { workload: { ...job.workload, repeatDistance: { min: 5 } } },
      'workload.repeatDistance needs a min',
    ],
  ]
  for (const [what, changed, message] of rejected) {
    it(`is rejected with ${what}`, () => {
      expect(() => readJob(JSON.stringify({ ...job, ...changed }))).to.throw(message)
    })
  }

  it('is rejected with everything that is wrong with it', () => {
    expect(() => readJob('{}')).to.throw(/target\.host .*; target\.port .*; token .*; shape\.durationMs/)
    expect(() => readJob('[]')).to.throw('target.host')
    expect(() => readJob('no')).to.throw()
  })
})
