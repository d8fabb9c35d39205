import { EventEmitter } from 'node:events'
import type { ServerHttp2Stream } from 'node:http2'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { CallQueue } from '../../../../src/grpc/connections/call-queue.js'

/** The properties used here have the same types as those of a stream. */
function streamOf(number: number) {
  const stream = Object.assign(new EventEmitter(), { number, destroyed: false, aborted: false })
  return stream as unknown as ServerHttp2Stream & { number: number; destroyed: boolean; aborted: boolean }
}

describe('call queue', () => {
  let begun: number[]
  let isReading: boolean
  let perTurn: number
  let tooMany: number

  beforeEach(() => {
    begun = []
    isReading = true
    perTurn = 2
    tooMany = 0
  })

  function queueOf(): CallQueue {
    return new CallQueue({
      // The streams here are always our own fakes.
      begin: (stream) => begun.push((stream as unknown as { number: number }).number),
      perTurn: () => perTurn,
      callsMax: 5,
      onTooMany: () => {
        tooMany += 1
      },
      reading: {
        stop: () => {
          isReading = false
        },
        start: () => {
          isReading = true
        },
      },
    })
  }

  function addAll(queue: CallQueue, count: number) {
    const streams = Array.from({ length: count }, (_, number) => streamOf(number))
    for (const stream of streams) queue.add(stream, {})
    return streams
  }

  it('starts calls at once, up to the limit of a turn', () => {
    addAll(queueOf(), 2)
    expect([begun, isReading]).to.deep.equal([[0, 1], true])
  })

  it('starts the others in later turns, in their order, and reads nothing meanwhile', async () => {
    addAll(queueOf(), 5)
    expect([begun, isReading]).to.deep.equal([[0, 1], false])
    await nextTurn()
    expect([begun, isReading]).to.deep.equal([[0, 1, 2, 3], false])
    await nextTurn()
    expect([begun, isReading]).to.deep.equal([[0, 1, 2, 3, 4], true])
  })

  it('lets no call overtake waiting calls', async () => {
    const queue = queueOf()
    addAll(queue, 3)
    perTurn = 10
    queue.add(streamOf(9), {})
    await nextTurn()
    expect(begun).to.deep.equal([0, 1, 2, 9])
  })

  it('counts waiting calls among the calls of a turn', async () => {
    const queue = queueOf()
    addAll(queue, 4)
    await nextTurn()
    queue.add(streamOf(4), {})
    expect(begun).to.deep.equal([0, 1, 2, 3])
    await nextTurn()
    expect(begun).to.deep.equal([0, 1, 2, 3, 4])
  })

  it('does not start a call that was cancelled before its turn', async () => {
    const [, , given, up] = addAll(queueOf(), 5)
    if (given) given.aborted = true
    if (up) up.destroyed = true
    await nextTurn()
    expect([begun, isReading]).to.deep.equal([[0, 1, 4], true])
  })

  it('reports when more calls wait than a client may have at once', () => {
    const queue = queueOf()
    addAll(queue, 7)
    expect(tooMany).to.equal(0)
    queue.add(streamOf(7), {})
    expect(tooMany).to.equal(1)
  })

  it('ignores errors of a waiting call', () => {
    const [, , waiting] = addAll(queueOf(), 3)
    expect(() => waiting?.emit('error', new Error('reset'))).not.to.throw()
  })

  it('starts as many again in the next turn', async () => {
    const queue = queueOf()
    addAll(queue, 2)
    await nextTurn()
    queue.add(streamOf(2), {})
    expect(begun).to.deep.equal([0, 1, 2])
  })
})
