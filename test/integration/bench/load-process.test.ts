import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import type { LoadJob, LoadShape } from '../../../bench/load/job.js'
import type { LoadResult } from '../../../bench/load/result.js'
import { PurchaseServer } from './purchase-server.js'

async function load(input: string, whileItRuns: () => void = () => {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/load/main.ts'], { stdio: 'pipe' })
  const closed = once(child, 'close')
  child.stdin.end(input)
  whileItRuns()
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [exitCode] = await closed
  return { exitCode, output, errors }
}

function job(port: number, shape: LoadShape): string {
  const whole: LoadJob = {
    target: { host: '127.0.0.1', port },
    token: 'a.b.c',
    mode: 'unary',
    connections: 2,
    workload: {
      seed: 3,
      transactionPrefix: 'run-',
      accounts: { prefix: 'bench-', count: 10 },
      amount: { min: 1, max: 500 },
      declinedAmount: 999_999_999_999,
      benefitMccs: ['5411'],
      cashMccs: ['5999'],
      merchants: ['PADARIA DO ZE'],
      repeatShare: 0.1,
      declineShare: 0.2,
      cashShare: 0.3,
    },
    shape,
  }
  return JSON.stringify(whole)
}

describe('the load generator process', () => {
  let server = new PurchaseServer()
  let port = 0
  beforeEach(async () => {
    server = new PurchaseServer()
    port = await server.listen()
  })
  afterEach(() => server.close())

  it('prints a result, and exits', async () => {
    const shape = { type: 'closed', callers: 4, warmupMs: 10, durationMs: 100 } as const
    const { exitCode, output, errors } = await load(job(port, shape))
    // Its output is a result, or the next lines fail.
    const { whole } = JSON.parse(output) as LoadResult
    expect({ exitCode, errors }).to.deep.equal({ exitCode: 0, errors: '' })
    expect(whole.approved.centavos).to.equal(String(server.debited))
  })

  it('reports why it failed, and exits at once when the server goes away', async () => {
    const shape = {
      type: 'open',
      ratePerSecond: 200,
      inFlightMax: 9,
      warmupMs: 0,
      durationMs: 60_000,
    } as const
    const { exitCode, output, errors } = await load(job(port, shape), () => {
      server.onRequest = () => server.close()
    })
    expect({ exitCode, output }).to.deep.equal({ exitCode: 1, output: '' })
    expect(errors).to.match(/^load: the server (closed the connection|takes no more calls)[^\n]*\n$/)
  })

  it('fails with one line when its input is not JSON', async () => {
    const { exitCode, output, errors } = await load('no job')
    expect({ exitCode, output }).to.deep.equal({ exitCode: 1, output: '' })
    expect(errors).to.match(/^load: [^\n]*JSON[^\n]*\n$/)
  })
})
