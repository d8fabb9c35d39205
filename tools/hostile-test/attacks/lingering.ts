import { setTimeout as delay } from 'node:timers/promises'
import type { Header } from '../../../bench/h2/hpack.js'
import type { Attack, AttackContext } from '../attack.js'
import {
  AUTHORIZE,
  AUTHORIZE_STREAM,
  bearer,
  callHeaders,
  framed,
  HEALTH_CHECK,
  HEALTH_WATCH,
  purchase,
  REFLECTION,
} from '../calls.js'
import { dataFrame, headersFrame, RawConnection } from '../raw-connection.js'

const POLL_MS = 200
/** Calls of one connection: as many as the service lets be under way. */
const CALLS_PER_CONNECTION = 128
/** Most connections that are being made at a time. */
const CONNECTING_MAX = 20

type Lingering = {
  /** Connections to be had, and kept. */
  readonly connections: number
  /** Room for the answers of each stream, in bytes. */
  readonly streamWindow?: number
  /** Whether the connection greets as HTTP/2 wants it. */
  readonly greets?: boolean
  /** What is sent when it stands. */
  readonly begin: (context: AttackContext, connection: RawConnection) => void
  /** What is sent now and then, to seem alive. */
  readonly goOn?: (connection: RawConnection) => void
}

/** Connections that are kept for the whole time. Those that the service ends are made again. */
function linger(options: Lingering): Attack {
  return async (context) => {
    await context.inParallel(CONNECTING_MAX, async () => {
      const places = Array.from(
        { length: Math.ceil(options.connections / CONNECTING_MAX) },
        () => new Place(context, options),
      )
      while (!context.isOver) {
        for (const place of places) await place.keep()
        await delay(POLL_MS)
      }
      for (const place of places) place.leave()
    })
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

  /** Connects, if it is not connected; else goes on. */
  async keep(): Promise<void> {
    if (this.#context.isOver) return
    if (this.#connection?.isOpen) {
      this.#options.goOn?.(this.#connection)
      return
    }
    if (!(await this.#context.next())) return
    this.#connection = await this.#connect()
    this.#context.tally.ended(this.#connection ? 'CONNECTED' : 'NOT LET IN')
    if (this.#connection) this.#options.begin(this.#context, this.#connection)
  }

  leave(): void {
    if (this.#connection) {
      this.#context.tally.noted(this.#connection.isOpen ? 'HELD TO THE END' : 'ENDED BY THE SERVICE')
    }
    this.#connection?.close()
  }

  async #connect(): Promise<RawConnection | undefined> {
    const { streamWindow, greets = true } = this.#options
    const from = {
      ...this.#context.job.target,
      ...(streamWindow !== undefined && { streamWindow }),
    }
    return greets ? await RawConnection.open(from) : await RawConnection.silent(from)
  }
}

/** Begins so many calls and sends so much of each. */
function beginCalls(
  connection: RawConnection,
  {
    headers,
    data,
    count = CALLS_PER_CONNECTION,
  }: { headers: readonly Header[]; data: Buffer; count?: number },
): void {
  for (let call = 0; call < count; call++) {
    const streamId = connection.newStreamId()
    connection.write(headersFrame(streamId, headers), dataFrame(streamId, data))
  }
}

const symbol = 'benefits.v1.AuthorizationService'
/** What reflection is asked that has the longest answer. */
const question = framed(Buffer.concat([Buffer.of(0x22, symbol.length), Buffer.from(symbol)]))
/** As many such questions as fit into a frame. */
const questions = Buffer.concat(Array.from({ length: 400 }, () => question))
/** A page of as many entries as there may be, of an account that has them. */
const longAccount = 'hostile0000000'
const longPage = framed(
  Buffer.concat([
    Buffer.of(0x0a, longAccount.length),
    Buffer.from(longAccount),
    Buffer.from([0x10, 0xe8, 0x07]),
  ]),
)
const LIST_TRANSACTIONS = '/benefits.v1.AccountService/ListTransactions'

export const lingering = {
  /** Thousands of connections on which nothing is said. */
  idle: linger({ connections: 5_000, greets: false, begin: () => {} }),
  /** The same with a greeting, and nothing after it. */
  greeted: linger({ connections: 3_000, begin: () => {} }),
  /** Calls of strangers that never end. */
  strangerHalves: linger({
    connections: 500,
    begin: (_, connection) =>
      beginCalls(connection, {
        headers: callHeaders(HEALTH_CHECK),
        data: framed(Buffer.alloc(9)).subarray(0, 7),
      }),
  }),
  /** Calls with a valid token whose message never comes whole. */
  knownHalves: linger({
    connections: 60,
    begin: ({ job }, connection) =>
      beginCalls(connection, {
        headers: callHeaders(AUTHORIZE, [bearer(job)]),
        data: framed(purchase('half')).subarray(0, 12),
      }),
  }),
  /** Streams of purchases that stay open and say nothing, or hardly anything. */
  endlessStreams: linger({
    connections: 60,
    begin: ({ job }, connection) =>
      beginCalls(connection, {
        headers: callHeaders(AUTHORIZE_STREAM, [bearer(job)]),
        data: Buffer.alloc(0),
      }),
    goOn: (connection) => connection.write(dataFrame(1, framed(purchase('endless')))),
  }),
  /** Strangers who watch the health for ever. */
  watchers: linger({
    connections: 200,
    begin: (_, connection) =>
      beginCalls(connection, { headers: callHeaders(HEALTH_WATCH), data: framed(Buffer.alloc(0)) }),
  }),
  /** Strangers who ask reflection for more than they ever read. */
  reflectionReaders: linger({
    connections: 100,
    streamWindow: 0,
    begin: (_, connection) =>
      beginCalls(connection, { headers: callHeaders(REFLECTION), data: questions, count: 16 }),
  }),
  /** Callers with a valid token who ask for long pages and take none of them. */
  pageReaders: linger({
    connections: 8,
    streamWindow: 0,
    begin: ({ job }, connection) => {
      for (let call = 0; call < CALLS_PER_CONNECTION; call++) {
        void connection.call(callHeaders(LIST_TRANSACTIONS, [bearer(job)]), longPage)
      }
    },
  }),
} as const satisfies Readonly<Record<string, Attack>>
