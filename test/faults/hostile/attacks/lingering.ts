import { setTimeout as delay } from 'node:timers/promises'
import type { Header } from '../../../../bench/h2/hpack.js'
import type { Attack, AttackContext, AttackJob } from '../attack.js'
import {
  AUTHORIZE,
  AUTHORIZE_STREAM,
  bearer,
  callHeaders,
  field,
  framed,
  HEALTH_CHECK,
  HEALTH_WATCH,
  LIST_TRANSACTIONS,
  purchase,
  REFLECTION,
} from '../calls.js'
import { HOSTILE_ACCOUNT } from '../random-message.js'
import { dataFrame, headersFrame, RawConnection } from '../raw-connection.js'

const POLL_MS = 200
/** Calls on one connection: the maximum of the service. */
const CALLS_PER_CONNECTION = 128
/** Most connections being opened at once. */
const CONNECTING_MAX = 20

type Lingering = {
  /** Number of connections to hold open. */
  readonly connections: number
  /** Flow-control window for each stream, in bytes. */
  readonly streamWindow?: number
  /** Sends nothing, not even the preface of HTTP/2. */
  readonly isSilent?: true
  /** Sent when the connection is open. */
  readonly begin?: (job: AttackJob, connection: RawConnection) => void
  /** Sent now and then, to keep the connection alive. */
  readonly goOn?: (connection: RawConnection) => void
}

/** The request to reflection with the longest answer. */
const question = framed(field(4, 'benefits.v1.AuthorizationService'))
/** As many such requests as fit into a frame. */
const questions = Buffer.concat(Array.from({ length: 400 }, () => question))
/** The longest page of an account that has a longer history. */
const longPage = framed(Buffer.concat([field(1, HOSTILE_ACCOUNT), Buffer.from([0x10, 0xe8, 0x07])]))
const nothing = Buffer.alloc(0)

/** Long connections, and calls that never end. */
export const lingering = {
  idle: linger('5,000 connections that say nothing', 0.25, { connections: 5_000, isSilent: true }),
  greeted: linger('3,000 connections that only greet', 0.1, { connections: 3_000 }),
  unauthenticatedHalves: linger('half requests, no token', 0.004, {
    connections: 500,
    begin: beginCalls(() => callHeaders(HEALTH_CHECK), framed(Buffer.alloc(9)).subarray(0, 7)),
  }),
  knownHalves: linger('7,680 half requests, valid token', 0.004, {
    connections: 60,
    begin: beginCalls(
      (job) => callHeaders(AUTHORIZE, [bearer(job)]),
      framed(purchase('half')).subarray(0, 12),
    ),
  }),
  endlessStreams: linger('7,680 streams that never end, valid token', 0.004, {
    connections: 60,
    begin: beginCalls((job) => callHeaders(AUTHORIZE_STREAM, [bearer(job)]), nothing),
    goOn: (connection) => connection.write(dataFrame(1, framed(purchase('endless')))),
  }),
  watchers: linger('watchers of the health', 0.004, {
    connections: 200,
    begin: beginCalls(() => callHeaders(HEALTH_WATCH), framed(nothing)),
  }),
  reflectionReaders: linger('reflection that nobody reads', 0.01, {
    connections: 100,
    streamWindow: 0,
    begin: beginCalls(() => callHeaders(REFLECTION), questions, 16),
  }),
  pageReaders: linger('1,024 long pages that nobody reads, valid token', 0.002, {
    connections: 8,
    streamWindow: 0,
    begin: (job, connection) => {
      for (let call = 0; call < CALLS_PER_CONNECTION; call++)
        void connection.call(callHeaders(LIST_TRANSACTIONS, [bearer(job)]), longPage)
    },
  }),
} as const satisfies Readonly<Record<string, Attack>>

/** Keeps connections open for the whole time, and replaces those that the service closes. */
function linger(title: string, pace: number, options: Lingering): Attack {
  return {
    title,
    pace,
    run: (context) =>
      context.inParallel(CONNECTING_MAX, async () => {
        const count = Math.ceil(options.connections / CONNECTING_MAX)
        const places = Array.from({ length: count }, () => new Place(context, options))
        while (!context.isOver) {
          for (const place of places) await place.keep()
          await delay(POLL_MS)
        }
        for (const place of places) place.leave()
      }),
  }
}

/** One connection of many. */
class Place {
  readonly #context: AttackContext
  readonly #options: Lingering
  #connection: RawConnection | undefined

  constructor(context: AttackContext, options: Lingering) {
    this.#context = context
    this.#options = options
  }

  /** Connects if necessary, then continues. */
  async keep(): Promise<void> {
    const { job, isOver } = this.#context
    if (isOver) return
    if (this.#connection?.isOpen) {
      this.#options.goOn?.(this.#connection)
      return
    }
    if (!(await this.#context.next())) return
    const { isSilent, streamWindow, begin } = this.#options
    this.#connection = isSilent
      ? await RawConnection.silent(job.target)
      : await RawConnection.open(job.target, streamWindow)
    this.#context.ended(this.#connection ? 'CONNECTED' : 'NOT LET IN')
    if (this.#connection) begin?.(job, this.#connection)
  }

  leave(): void {
    if (this.#connection)
      this.#context.noted(this.#connection.isOpen ? 'HELD TO THE END' : 'ENDED BY THE SERVICE')
    this.#connection?.close()
  }
}

/** Begins so many calls, and sends so much of each. */
function beginCalls(
  headersFor: (job: AttackJob) => readonly Header[],
  data: Buffer,
  count = CALLS_PER_CONNECTION,
): NonNullable<Lingering['begin']> {
  return (job, connection) => {
    for (let call = 0; call < count; call++) {
      const streamId = connection.newStreamId()
      connection.write(headersFrame(streamId, headersFor(job)), dataFrame(streamId, data))
    }
  }
}
