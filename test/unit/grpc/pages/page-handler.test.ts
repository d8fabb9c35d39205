import { mock } from 'node:test'
import { Metadata, type ServerUnaryCall } from '@grpc/grpc-js'
import { expect } from 'chai'
import { setCallContext } from '../../../../src/grpc/call-context.js'
import { pageHandler } from '../../../../src/grpc/handlers.js'
import { PageGate } from '../../../../src/grpc/pages/page-gate.js'
import { systemClock } from '../../../../src/service/core.js'

describe('the page handler', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] }))
  afterEach(() => mock.timers.reset())

  it('gives a page more time than a decision: purchases have priority', async () => {
    expect(await answerAfter(9_000)).to.equal('the page')
  })

  it('gives a page at most ten seconds, and the time of an answer', async () => {
    expect(await answerAfter(11_000)).to.match(/cannot decide/)
  })

  /** The answer, or the failure, when reading the page takes so long. */
  async function answerAfter(durationMs: number): Promise<unknown> {
    const handlers = { clock: systemClock, durationMsMax: 2_000, onBug: () => {}, pages: new PageGate() }
    const handle = pageHandler<{ pageSize: number }, string>(handlers, async () => {
      await new Promise((resolve) => setTimeout(resolve, durationMs))
      return 'the page'
    })
    const metadata = new Metadata()
    setCallContext(metadata, { requestId: 'r-1', endsAtMs: Number.POSITIVE_INFINITY })
    const call = { metadata, cancelled: false, request: { pageSize: 0 }, once: () => {} }
    const answered = new Promise<unknown>((resolve) => {
      // Handlers use nothing else of a call.
      handle(call as unknown as ServerUnaryCall<{ pageSize: number }, string>, (error, response) =>
        resolve(response ?? error?.details),
      )
    })
    for (let turns = 0; turns < 10; turns++) await Promise.resolve()
    mock.timers.tick(durationMs)
    return await answered
  }
})
