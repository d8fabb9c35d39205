import { expect } from 'chai'
import { readConfig } from '../../../src/config.js'
import { createLogger } from '../../../src/observability/logger.js'
import { type WorkerEnd, WorkerProcess } from '../../../src/workers/worker-process.js'

const { execPath } = process

describe('a worker process that the system would not start', () => {
  let worker: WorkerProcess
  let end: Promise<WorkerEnd>

  beforeEach(() => {
    process.execPath = '/no/such/program'
    end = new Promise((resolve) => {
      worker = new WorkerProcess({
        start: () => ({
          worker: 1,
          config: readConfig({}),
          mongodbUri: '',
          keys: { tls: undefined, tokens: [] },
        }),
        logger: createLogger({ level: 'silent', format: 'json' }),
        onChange: () => {},
        onMetrics: () => {},
        onEnd: resolve,
      })
    })
  })
  afterEach(() => {
    process.execPath = execPath
  })

  it('has ended, for the reason that the system gives', async () => {
    expect(await end).to.deep.equal({
      pid: 0,
      code: null,
      signal: null,
      refusal: 'spawn /no/such/program ENOENT',
    })
  })

  it('is drained at once, and nobody is killed in its place', async () => {
    await worker.drain(10_000)
    expect((await end).pid).to.equal(0)
  })

  it('has no metrics to wait for', async () => {
    await worker.measure(10_000)
    expect(worker.serving).to.equal(false)
    await end
  })
})
