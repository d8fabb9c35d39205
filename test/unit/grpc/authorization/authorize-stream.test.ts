import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { UndecidedError } from '../../../../src/application/errors.js'
import { windowFor } from '../../../../src/grpc/answered-stream.js'
import { CallError, type CallErrorKind } from '../../../../src/grpc/call-error.js'
import { UnreadableMessage } from '../../../../src/grpc/request-decoder.js'
import { soon } from '../../application/soon.js'
import {
  aWhile,
  errorsOf,
  handDecidedStreams,
  placesOf,
  request,
  requests,
  response,
  untilAnswered,
} from './hand-decided-streams.js'

describe('authorize stream', () => {
  const { clock, bugs, reported, failed, open, decide, pendingOf, untilTaken } = handDecidedStreams()

  it('sends its headers before any answer, because some clients wait for them', () => {
    expect(open().headers.length).to.equal(1)
  })

  describe('answers', () => {
    it('each request with its place and its id, as it is decided', async () => {
      const stream = open()
      stream.send(...requests(3))
      await untilTaken(3)
      decide('t2', 't0', 't1')
      await untilAnswered(stream, 3)
      expect(placesOf(stream)).to.deep.equal([
        [2, 't2', 'response'],
        [0, 't0', 'response'],
        [1, 't1', 'response'],
      ])
    })

    it('with the decision', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      decide('t0')
      await untilAnswered(stream, 1)
      expect(stream.answers[0]?.outcome).to.deep.equal({ $case: 'response', value: response('t0') })
    })

    it('requests with the same id separately, by their places', async () => {
      const stream = open()
      stream.send(request('same'))
      await untilTaken(1)
      decide('same')
      stream.send(request('same'))
      await untilTaken(2)
      decide('same')
      await untilAnswered(stream, 2)
      expect(placesOf(stream).map(([place]) => place)).to.deep.equal([0, 1])
    })

    const failures: readonly (readonly [unknown, string, CallErrorKind, number | undefined])[] = [
      [new CallError('INVALID_REQUEST'), 'INVALID_ARGUMENT', 'INVALID_REQUEST', undefined],
      [new CallError('TRANSACTION_ID_REUSED'), 'ALREADY_EXISTS', 'TRANSACTION_ID_REUSED', undefined],
      [new UndecidedError('OVERLOADED', 'full'), 'RESOURCE_EXHAUSTED', 'OVERLOADED', 200],
      [new UndecidedError('UNAVAILABLE', 'away'), 'UNAVAILABLE', 'UNAVAILABLE', 200],
      [new UndecidedError('NO_TIME_LEFT', 'late'), 'DEADLINE_EXCEEDED', 'NO_TIME_LEFT', undefined],
      [new TypeError('a bug'), 'INTERNAL', 'INTERNAL', undefined],
    ]
    for (const [error, code, reason, retryAfterMs] of failures) {
      it(`a failed request in its place, and continues: ${reason}`, async () => {
        const stream = open()
        stream.send(...requests(2))
        await untilTaken(2)
        pendingOf('t0').reject(error)
        await untilAnswered(stream, 1)
        decide('t1')
        await untilAnswered(stream, 2)
        expect(placesOf(stream)).to.deep.equal([
          [0, 't0', 'error'],
          [1, 't1', 'response'],
        ])
        expect(errorsOf(stream)[0]).to.deep.include({ code, retryAfterMs })
        expect(errorsOf(stream)[0]?.info).to.deep.equal({ reason, domain: 'benefits.v1' })
      })
    }

    it('an unreadable request by its index, without an id, and continues', async () => {
      const stream = open()
      stream.send(
        request('t0'),
        new UnreadableMessage({ field: 'request', description: 'is truncated' }),
        request('t2'),
      )
      await untilTaken(2)
      decide('t0', 't2')
      await untilAnswered(stream, 3)
      expect(placesOf(stream)).to.have.deep.members([
        [0, 't0', 'response'],
        [1, '', 'error'],
        [2, 't2', 'response'],
      ])
      const [error] = errorsOf(stream).filter((one) => one !== undefined)
      expect(error).to.deep.include({ code: 'INVALID_ARGUMENT', badFields: ['request'] })
      expect(failed).to.deep.equal([status.INVALID_ARGUMENT])
    })

    it('a bug with a neutral text, and reports it to the operator', async () => {
      const stream = open()
      const bug = new TypeError('a bug')
      stream.send(request('t0'))
      await untilTaken(1)
      pendingOf('t0').reject(bug)
      await untilAnswered(stream, 1)
      expect(errorsOf(stream)[0]?.message).to.equal('internal error')
      expect(bugs).to.deep.equal([{ error: bug, requestId: 'r-1' }])
      expect(failed).to.deep.equal([status.INTERNAL])
    })

    it('UNAVAILABLE to an undecided request shortly after its time, and only once', async () => {
      const stream = open({ durationMsMax: 1 })
      stream.send(request('t0'))
      await untilAnswered(stream, 1)
      expect(errorsOf(stream)[0]?.code).to.equal('UNAVAILABLE')
      decide('t0')
      await aWhile()
      expect(stream.answers.length).to.equal(1)
    })
  })

  describe('reports each request', () => {
    it('as decided, with the time since it was read', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      clock.advance(7)
      decide('t0')
      await untilAnswered(stream, 1)
      expect(reported).to.deep.equal([{ code: 'OK', tookMs: 7 }])
    })

    it('with the status of its failure', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      pendingOf('t0').reject(new UndecidedError('OVERLOADED', 'too many'))
      await untilAnswered(stream, 1)
      expect(reported).to.deep.equal([{ code: 'RESOURCE_EXHAUSTED', tookMs: 0 }])
    })

    it('as CANCELLED, for any failure, once the caller has left', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      stream.cancel()
      pendingOf('t0').reject(new UndecidedError('NO_TIME_LEFT', 'the caller left'))
      await soon('it is told of', () => reported.length > 0)
      expect(reported).to.deep.equal([{ code: 'CANCELLED', tookMs: 0 }])
    })
  })
})

describe('the window of a stream', () => {
  for (const [queueMax, window] of [
    [1, 1],
    [7, 1],
    [100, 25],
    [1_024, 128],
    [1_000_000, 128],
  ] as const) {
    it(`is ${window} with room for ${queueMax} waiting requests`, () => {
      expect(windowFor(queueMax)).to.equal(window)
    })
  }
})
