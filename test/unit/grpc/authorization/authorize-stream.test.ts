import { getEventListeners } from 'node:events'
import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Budget } from '../../../../src/application/budget.js'
import { UndecidedError } from '../../../../src/application/errors.js'
import {
  type AuthorizeRequest,
  type AuthorizeResponse,
  type AuthorizeStreamResponse,
  Decision,
  Fallback,
  Reason,
  Retry,
} from '../../../../src/gen/benefits/v1/authorization.js'
import { authorizeStreamHandler, windowFor } from '../../../../src/grpc/authorization/authorize-stream.js'
import { CallError, type CallErrorKind } from '../../../../src/grpc/call-error.js'
import { PageGate } from '../../../../src/grpc/pages/page-gate.js'
import { UnreadableMessage } from '../../../../src/grpc/request-decoder.js'
import { FakeStream, type FakeStreamOptions } from '../../../support/clients/fake-stream.js'
import { statusErrorOf } from '../../../support/clients/rpc-error.js'
import { HandClock } from '../../application/hand-clock.js'
import { soon } from '../../application/soon.js'

const WINDOW = 8

type Stream = FakeStream<AuthorizeRequest | UnreadableMessage, AuthorizeStreamResponse>

type Pending = {
  readonly budget: Budget
  readonly resolve: (response: AuthorizeResponse) => void
  readonly reject: (error: unknown) => void
}

const request = (transactionId: string): AuthorizeRequest => ({
  transactionId,
  accountId: 'ana',
  amount: 5n,
  mcc: '5411',
  merchant: '',
  fallback: Fallback.UNSPECIFIED,
  network: undefined,
})

const requests = (count: number) => Array.from({ length: count }, (_, place) => request(`t${place}`))

const response = (transactionId: string): AuthorizeResponse => ({
  transactionId,
  code: '00',
  decision: Decision.APPROVED,
  reason: Reason.APPROVED,
  iso8583Code: '00',
  category: 'FOOD',
  effectiveMcc: '5411',
  merchantRule: '',
  balance: 7n,
  replayed: false,
  decidedAt: new Date(0),
  retry: Retry.NEVER,
  approvedAmount: 5n,
})

describe('authorize stream', () => {
  let clock: HandClock
  let draining: AbortController
  let pending: Map<string, Pending>
  let taken: string[]
  let bugs: { error: unknown; requestId: string }[]
  let reported: { code: string; tookMs: number }[]
  let failed: status[]

  beforeEach(() => {
    clock = new HandClock()
    draining = new AbortController()
    pending = new Map()
    taken = []
    bugs = []
    reported = []
    failed = []
  })

  type Opening = FakeStreamOptions & { readonly ageMsMax?: number; readonly durationMsMax?: number }

  /** Opens a stream whose requests are decided by hand. */
  function open({ ageMsMax = 60_000, durationMsMax = 2_000, ...options }: Opening = {}): Stream {
    const handler = authorizeStreamHandler({
      handlers: {
        clock,
        durationMsMax,
        pages: new PageGate(),
        onBug: (error, { requestId }) => bugs.push({ error, requestId }),
      },
      limits: {
        window: WINDOW,
        ageMsMax,
        draining: draining.signal,
        onAnswer: (code, tookMs) => reported.push({ code, tookMs }),
      },
      authorizeOne: ({ transactionId }, budget) =>
        new Promise((resolve, reject) => {
          taken.push(transactionId)
          pending.set(transactionId, { budget, resolve, reject })
        }),
      onItemError: (code) => failed.push(code),
    })
    const stream: Stream = new FakeStream(options)
    // The handler is given what could not be read, too.
    handler(stream.call as Parameters<typeof handler>[0])
    opened.push(stream)
    return stream
  }

  const opened: Stream[] = []
  // Nothing may hold up the end of the run: neither the age of a stream nor the time of a request.
  afterEach(() => {
    for (const stream of opened.splice(0)) stream.cancel()
    for (const id of pending.keys()) decide(id)
  })

  function decide(...ids: readonly string[]): void {
    for (const id of ids) pendingOf(id).resolve(response(id))
  }

  function pendingOf(id: string): Pending {
    const found = pending.get(id)
    if (!found) throw new Error(`${id} is not being decided`)
    return found
  }

  const untilTaken = (count: number) => soon(`${count} are being decided`, () => taken.length === count)
  const untilAnswered = ({ answers }: Stream, count: number) =>
    soon(`${count} are answered`, () => answers.length === count)
  const untilEnded = async (stream: Stream) => {
    await soon('the stream has ended', () => stream.status !== undefined)
    return stream.status === 'OK' ? 'OK' : stream.status?.info?.reason
  }
  /** Long enough for anything that is going to happen without being waited for. */
  const aWhile = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  }

  const placesOf = ({ answers }: Stream) =>
    answers.map(({ index, transactionId, outcome }) => [Number(index), transactionId, outcome?.$case])

  const errorsOf = ({ answers }: Stream) =>
    answers.map(({ outcome }) => (outcome?.$case === 'error' ? wireError(outcome.value) : undefined))

  it('sends its headers before anything comes: some clients wait for them', () => {
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

    it('requests of the same id apart, by their places', async () => {
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
    it('that it was decided, and how long after it was read', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      clock.advance(7)
      decide('t0')
      await untilAnswered(stream, 1)
      expect(reported).to.deep.equal([{ code: 'OK', tookMs: 7 }])
    })

    it('the status that it failed with', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      pendingOf('t0').reject(new UndecidedError('OVERLOADED', 'too many'))
      await untilAnswered(stream, 1)
      expect(reported).to.deep.equal([{ code: 'RESOURCE_EXHAUSTED', tookMs: 0 }])
    })

    it('CANCELLED, whatever it failed with, once the caller has left', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      stream.cancel()
      pendingOf('t0').reject(new UndecidedError('NO_TIME_LEFT', 'the caller left'))
      await soon('it is told of', () => reported.length > 0)
      expect(reported).to.deep.equal([{ code: 'CANCELLED', tookMs: 0 }])
    })
  })

  describe('reads', () => {
    it('no more than its window while nothing is decided', async () => {
      const stream = open()
      stream.send(...requests(100))
      await untilTaken(WINDOW)
      await aWhile()
      expect(taken.length).to.equal(WINDOW)
    })

    it('one more for each answer', async () => {
      const stream = open()
      stream.send(...requests(100))
      await untilTaken(WINDOW)
      decide('t3')
      await untilTaken(WINDOW + 1)
      await aWhile()
      expect(taken.length).to.equal(WINDOW + 1)
    })

    it('all of a long stream, window by window', async () => {
      const stream = open()
      stream.send(...requests(100))
      for (let place = 0; place < 100; place++) {
        await soon(`t${place} is being decided`, () => pending.has(`t${place}`))
        decide(`t${place}`)
      }
      await untilAnswered(stream, 100)
    })

    it('no more than its window while the caller takes no answer', async () => {
      const stream = open()
      stream.block()
      stream.send(...requests(100))
      await untilTaken(WINDOW)
      decide(...pending.keys())
      await aWhile()
      expect({ taken: taken.length, answers: stream.answers.length }).to.deep.equal({
        taken: WINDOW,
        answers: 0,
      })
    })

    it('on, all that was held back, when the caller takes its answers together', async () => {
      const stream = open()
      stream.block()
      stream.send(...requests(2 * WINDOW))
      await untilTaken(WINDOW)
      decide(...pending.keys())
      // The first one goes alone, the others wait for it, and go together.
      await soon('one is offered', () => stream.offered === 1)
      stream.unblock()
      stream.block()
      await soon('the others are offered', () => stream.offered === WINDOW)
      stream.unblock()
      await untilTaken(2 * WINDOW)
      await untilAnswered(stream, WINDOW)
    })

    it('on when the caller takes its answers', async () => {
      const stream = open()
      stream.block()
      stream.send(...requests(2 * WINDOW))
      await untilTaken(WINDOW)
      decide(...pending.keys())
      stream.unblock()
      await untilTaken(2 * WINDOW)
    })
  })

  describe('gives each request', () => {
    it('the time for one decision, from when it is read', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      clock.advance(500)
      stream.send(request('t1'))
      await untilTaken(2)
      clock.advance(100)
      expect(['t0', 't1'].map((id) => pendingOf(id).budget.remainingMs())).to.deep.equal([1_400, 1_900])
    })

    it('no more than is left of the deadline of the stream', async () => {
      const stream = open({ endsAtMs: 1_000 })
      clock.advance(900)
      stream.send(request('t0'))
      await untilTaken(1)
      expect(pendingOf('t0').budget.remainingMs()).to.equal(100)
    })

    it('no time at all once the caller has left', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      stream.cancel()
      expect(pendingOf('t0').budget.remainingMs()).to.equal(0)
    })
  })

  describe('ends', () => {
    it('with OK at half-close when there was nothing', async () => {
      const stream = open()
      stream.halfClose()
      expect(await untilEnded(stream)).to.equal('OK')
    })

    it('with OK after half-close, once all is answered', async () => {
      const stream = open()
      stream.send(...requests(2))
      stream.halfClose()
      await untilTaken(2)
      decide('t1')
      await aWhile()
      expect(stream.status).to.equal(undefined)
      decide('t0')
      expect(await untilEnded(stream)).to.equal('OK')
      expect(stream.answers.length).to.equal(2)
    })

    it('with OK after half-close even when the service is stopped meanwhile', async () => {
      const stream = open()
      stream.send(request('t0'))
      stream.halfClose()
      await untilTaken(1)
      await aWhile()
      draining.abort()
      decide('t0')
      expect(await untilEnded(stream)).to.equal('OK')
    })

    it('with UNAVAILABLE and RetryInfo when the service is stopped, after its answers', async () => {
      const stream = open()
      stream.send(...requests(2))
      await untilTaken(2)
      draining.abort()
      await aWhile()
      expect(stream.status).to.equal(undefined)
      decide('t0', 't1')
      expect(await untilEnded(stream)).to.equal('STREAM_ENDED')
      expect(stream.status).to.deep.include({ code: 'UNAVAILABLE', retryAfterMs: 200 })
      expect(stream.answers.length).to.equal(2)
    })

    it('without reading messages that arrive after the service was stopped', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      draining.abort()
      stream.send(request('t1'))
      await aWhile()
      expect({ taken, unread: stream.unread }).to.deep.equal({ taken: ['t0'], unread: 1 })
    })

    it('without reading messages that the window held back when the service was stopped', async () => {
      const stream = open()
      stream.send(...requests(2 * WINDOW))
      await untilTaken(WINDOW)
      draining.abort()
      decide(...pending.keys())
      expect(await untilEnded(stream)).to.equal('STREAM_ENDED')
      expect({ taken: taken.length, answers: stream.answers.length }).to.deep.equal({
        taken: WINDOW,
        answers: WINDOW,
      })
    })

    it('at once when the service is stopping already', async () => {
      draining.abort()
      const stream = open()
      stream.send(request('t0'))
      expect(await untilEnded(stream)).to.equal('STREAM_ENDED')
      expect(taken).to.deep.equal([])
    })

    it('with UNAVAILABLE and RetryInfo when it has had its time, after its answers', async () => {
      const stream = open({ ageMsMax: 20 })
      stream.send(request('t0'))
      await untilTaken(1)
      await soon('it reads no more', () => stream.isPaused())
      expect(stream.status).to.equal(undefined)
      decide('t0')
      expect(await untilEnded(stream)).to.equal('STREAM_ENDED')
      expect(stream.status).to.deep.include({ code: 'UNAVAILABLE', retryAfterMs: 200 })
    })

    it('with UNAUTHENTICATED when the token has expired, after its answers', async () => {
      const stream = open({ principal: { expiresAtMs: Date.now() + 500 } })
      stream.send(request('t0'))
      await untilTaken(1)
      await soon('it reads no more', () => stream.isPaused())
      expect(stream.status).to.equal(undefined)
      decide('t0')
      expect(await untilEnded(stream)).to.equal('UNAUTHENTICATED')
      expect(stream.answers.length).to.equal(1)
    })
  })

  describe('lets go of everything', () => {
    const listeners = () => getEventListeners(draining.signal, 'abort').length

    it('when the caller leaves', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      expect(listeners()).to.equal(1)
      stream.cancel()
      expect(listeners()).to.equal(0)
    })

    it('so that many may be open at a time', async () => {
      const warnings: Error[] = []
      const note = (warning: Error) => warnings.push(warning)
      process.on('warning', note)
      for (let count = 0; count < 20; count++) open()
      await aWhile()
      process.off('warning', note)
      expect(warnings).to.deep.equal([])
    })

    it('when it has ended', async () => {
      const stream = open()
      stream.halfClose()
      await untilEnded(stream)
      expect(listeners()).to.equal(0)
    })

    it('and answers nothing more when the caller has left', async () => {
      const stream = open()
      stream.send(...requests(2))
      await untilTaken(2)
      stream.cancel()
      decide('t0')
      pendingOf('t1').reject(new TypeError('a bug'))
      await aWhile()
      expect({ answers: stream.answers, bugs, failed, status: stream.status }).to.deep.equal({
        answers: [],
        bugs: [],
        failed: [],
        status: undefined,
      })
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

/** The message as a client reads it, with the names of the wire. */
function wireError({
  code,
  message,
  details,
}: Extract<AuthorizeStreamResponse['outcome'], { $case: 'error' }>['value']) {
  return statusErrorOf({
    code,
    message,
    details: details.map(({ typeUrl: type_url, value }) => ({ type_url, value })),
  })
}
