import type { ServerReadableStream } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Executor } from '../../../src/application/engine/engine.js'
import { challengeCategories } from '../../../src/domain/category.js'
import type { BatchCreditRequest, BatchCreditResponse } from '../../../src/gen/benefits/v1/account.js'
import { creditHandlers } from '../../../src/grpc/account/credit-handlers.js'
import { CallError } from '../../../src/grpc/call-error.js'
import { PageGate } from '../../../src/grpc/pages/page-gate.js'
import { lifetimeOf, requestsInTime } from '../../../src/grpc/stream-lifetime.js'
import { systemClock } from '../../../src/service/core.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { FakeStream } from '../../support/clients/fake-stream.js'
import { type RpcError, rpcErrorOf } from '../../support/clients/rpc-error.js'
import { soon } from '../application/soon.js'
import { creditEntryOf } from '../domain/builders.js'

const end = new CallError('STREAM_ENDED')

describe('the lifetime of a stream', () => {
  const of = (validMs: number) =>
    lifetimeOf({ principal: { subject: 'ana', expiresAtMs: Date.now() + validMs } }, 60_000)

  it('is its maximum age when the token is valid for longer, or there is none', () => {
    const forEver = lifetimeOf({}, 60_000)
    expect([of(61_000), forEver].map(({ durationMs, end: { kind } }) => [durationMs, kind])).to.deep.equal([
      [60_000, 'STREAM_ENDED'],
      [60_000, 'STREAM_ENDED'],
    ])
  })

  it('is that of its token when that expires earlier', () => {
    const { durationMs, end: error } = of(50_000)
    expect(durationMs).to.be.within(40_000, 50_000)
    expect(error.kind).to.equal('UNAUTHENTICATED')
  })
})

describe('requests of a stream', () => {
  const collect = async (requests: AsyncIterable<number>) => {
    const seen: number[] = []
    try {
      for await (const request of requests) seen.push(request)
      return { seen, error: undefined }
    } catch (error) {
      return { seen, error }
    }
  }

  it('pass through while there is time', async () => {
    async function* three() {
      yield* [1, 2, 3]
    }
    const outcome = await collect(requestsInTime(three(), { durationMs: 60_000, end }))
    expect(outcome).to.deep.equal({ seen: [1, 2, 3], error: undefined })
  })

  it('pass their failure on', async () => {
    const broken = new Error('broken')
    async function* failing() {
      yield 1
      throw broken
    }
    const outcome = await collect(requestsInTime(failing(), { durationMs: 60_000, end }))
    expect(outcome).to.deep.equal({ seen: [1], error: broken })
  })

  it('end when the time is over, even while none arrives', async () => {
    async function* stuck() {
      yield 1
      await new Promise(() => {})
    }
    const outcome = await collect(requestsInTime(stuck(), { durationMs: 20, end }))
    expect(outcome).to.deep.equal({ seen: [1], error: end })
  })

  it('end when the time is over, even while they arrive without pause', async () => {
    async function* endless() {
      for (let at = 0; ; at++) {
        await new Promise(setImmediate)
        yield at
      }
    }
    const { error } = await collect(requestsInTime(endless(), { durationMs: 20, end }))
    expect(error).to.equal(end)
  })

  it('are released when the reader stops', async () => {
    let letGo = false
    async function* endless() {
      try {
        for (;;) yield 1
      } finally {
        letGo = true
      }
    }
    for await (const _ of requestsInTime(endless(), { durationMs: 60_000, end })) break
    await soon('they are let go of', () => letGo)
  })
})

describe('a stream of credits', () => {
  it('ends with UNAUTHENTICATED when its token has expired, after crediting the items read', async () => {
    let decided = 0
    const engine = {
      execute: async () => {
        decided += 1
        return { type: 'RECORD', entry: creditEntryOf({}) }
      },
    }
    const { batchCredit } = creditHandlers({
      // Handlers use nothing else of an engine.
      engine: engine as unknown as Executor,
      catalog: () => catalogOf(challengeCategories),
      handlers: { clock: systemClock, durationMsMax: 60_000, onBug: () => {}, pages: new PageGate() },
    })
    const stream = new FakeStream<BatchCreditRequest, never>({ principal: { expiresAtMs: Date.now() + 500 } })
    const outcome = new Promise<RpcError | undefined>((resolve) => {
      // Handlers use nothing else of a stream.
      const call = stream.call as unknown as ServerReadableStream<BatchCreditRequest, BatchCreditResponse>
      batchCredit(call, (error) => resolve(error === null ? undefined : rpcErrorOf(error as never)))
    })
    stream.send({ transactionId: 't', accountId: 'a', category: 'FOOD', amount: 1n, paysOwed: false })
    expect((await outcome)?.code).to.equal('UNAUTHENTICATED')
    expect(decided).to.equal(1)
  })
})
