import type { status } from '@grpc/grpc-js'
import type { Budget } from '../../../../src/application/budget.js'
import {
  type AuthorizeRequest,
  type AuthorizeResponse,
  type AuthorizeStreamResponse,
  Decision,
  Fallback,
  Reason,
  Retry,
} from '../../../../src/gen/benefits/v1/authorization.js'
import { authorizeStreamHandler } from '../../../../src/grpc/authorization/authorize-stream.js'
import { PageGate } from '../../../../src/grpc/pages/page-gate.js'
import type { UnreadableMessage } from '../../../../src/grpc/request-decoder.js'
import { FakeStream, type FakeStreamOptions } from '../../../support/clients/fake-stream.js'
import { statusErrorOf } from '../../../support/clients/rpc-error.js'
import { HandClock } from '../../application/hand-clock.js'
import { soon } from '../../application/soon.js'

/** Requests that a stream has under way at most. */
export const WINDOW = 8

type Stream = FakeStream<AuthorizeRequest | UnreadableMessage, AuthorizeStreamResponse>

type Pending = {
  readonly budget: Budget
  readonly resolve: (response: AuthorizeResponse) => void
  readonly reject: (error: unknown) => void
}

export const request = (transactionId: string): AuthorizeRequest => ({
  transactionId,
  accountId: 'ana',
  amount: 5n,
  mcc: '5411',
  merchant: '',
  fallback: Fallback.UNSPECIFIED,
  network: undefined,
  verification: false,
  hold: undefined,
})

export const requests = (count: number) => Array.from({ length: count }, (_, place) => request(`t${place}`))

export const response = (transactionId: string): AuthorizeResponse => ({
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
  approvalCode: '7K3Q9Z',
  held: false,
  heldUntil: undefined,
})

type Opening = FakeStreamOptions & { readonly ageMsMax?: number; readonly durationMsMax?: number }

/** Ends streams as the service does when it stops. Each test begins with a service that runs. */
class Draining {
  #controller = new AbortController()

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(): void {
    this.#controller.abort()
  }

  begin(): void {
    this.#controller = new AbortController()
  }
}

/** Gives a suite streams whose requests its tests decide by hand, and shows what the handler does. */
export function handDecidedStreams() {
  const clock = new HandClock()
  const draining = new Draining()
  const pending = new Map<string, Pending>()
  const taken: string[] = []
  const bugs: { error: unknown; requestId: string }[] = []
  const reported: { code: string; tookMs: number }[] = []
  const failed: status[] = []
  const opened: Stream[] = []

  beforeEach(() => {
    clock.reset()
    draining.begin()
    pending.clear()
    for (const list of [taken, bugs, reported, failed]) list.length = 0
  })

  // Neither the age of a stream nor the time of a request may delay the end of the run.
  afterEach(() => {
    for (const stream of opened.splice(0)) stream.cancel()
    for (const id of pending.keys()) decide(id)
  })

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
    // The handler gets unreadable requests, too.
    handler(stream.call as Parameters<typeof handler>[0])
    opened.push(stream)
    return stream
  }

  function decide(...ids: readonly string[]): void {
    for (const id of ids) pendingOf(id).resolve(response(id))
  }

  function pendingOf(id: string): Pending {
    const found = pending.get(id)
    if (!found) throw new Error(`${id} is not being decided`)
    return found
  }

  const untilTaken = (count: number) => soon(`${count} are being decided`, () => taken.length === count)

  return {
    clock,
    draining,
    pending,
    taken,
    bugs,
    reported,
    failed,
    open,
    decide,
    pendingOf,
    untilTaken,
  }
}

export const untilAnswered = ({ answers }: Stream, count: number) =>
  soon(`${count} are answered`, () => answers.length === count)
export const untilEnded = async (stream: Stream) => {
  await soon('the stream has ended', () => stream.status !== undefined)
  return stream.status === 'OK' ? 'OK' : stream.status?.info?.reason
}

/** Long enough for everything that happens without an awaited event. */
export const aWhile = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

export const placesOf = ({ answers }: Stream) =>
  answers.map(({ index, transactionId, outcome }) => [Number(index), transactionId, outcome?.$case])

export const errorsOf = ({ answers }: Stream) =>
  answers.map(({ outcome }) => (outcome?.$case === 'error' ? wireError(outcome.value) : undefined))

/** The message as a client reads it, with the field names of the proto. */
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
