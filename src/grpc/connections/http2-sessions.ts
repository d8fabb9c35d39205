import { constants, type ServerHttp2Session, type ServerOptions } from 'node:http2'
import type { Duplex, Writable } from 'node:stream'
import type { Server, ServerCredentials } from '@grpc/grpc-js'
import { type BeginCall, CallQueue } from './call-queue.js'

/*
 * All code that depends on internals of grpc-js and Node.js, with the reasons. Review it with each new
 * version of either.
 */

/**
 * HTTP/2 limits of one connection. When a client breaks one, nghttp2 or Node.js ends its stream or its
 * connection, as the protocol requires. The first six are the defaults of Node.js 20, written out.
 */
const http2Limits: ServerOptions & Readonly<Record<'streamResetBurst' | 'streamResetRate', number>> = {
  /** Most entries of one SETTINGS frame. */
  maxSettings: 32,
  /** Most unanswered pings of the service. Keepalive sends one at a time. */
  maxOutstandingPings: 10,
  /** Invalid frames, empty DATA included, after which the connection ends. */
  maxSessionInvalidFrames: 1_000,
  /** Rejected streams after which the connection ends. */
  maxSessionRejectedStreams: 100,
  /** Most headers of one call. */
  maxHeaderListPairs: 128,
  /** Time until a TLS client that does not speak HTTP/2 is disconnected, in milliseconds. */
  unknownProtocolTimeout: 10_000,
  /**
   * Calls that the client may reset in a burst, and per second after it. Node.js 20 does not have these
   * options: there, nghttp2's own 1,000 and 33 apply. A caller with short deadlines resets 128 calls at a
   * time while the database is slow.
   */
  streamResetBurst: 1_000,
  streamResetRate: 256,
}

/** Most calls of a caller's connection at a time. Further calls wait at the caller. */
export const CALLS_MAX = 128
/**
 * Largest header block that HTTP/2 reads, in bytes. It is above the metadata limit, which gets an answer of
 * its own.
 */
const HEADER_LIST_BYTES_MAX = 64 * 1024

export type Http2SessionsOptions = {
  readonly server: Server
  readonly credentials: ServerCredentials
  /** Most calls of a connection at a time. */
  readonly callsMax: number
  /**
   * Called when a connection begins to speak HTTP/2. Returns a function that tells how many calls it may
   * begin in one turn of the event loop.
   */
  readonly onSession: (session: ServerHttp2Session) => () => number
}

/** The HTTP/2 server of Node.js, as far as this file uses it. */
type Http2Server = {
  listeners(event: 'stream'): unknown[]
  removeAllListeners(event: 'stream'): void
  on(event: 'session', listener: (session: ServerHttp2Session) => void): void
}

/** Private fields of a grpc-js 1.14 server: its HTTP/2 servers, and the options that it creates them with. */
type Internals = {
  readonly commonServerOptions: ServerOptions
  readonly http2Servers: ReadonlyMap<Http2Server, unknown>
}

/**
 * Makes a gRPC server speak HTTP/2, within limits, on connections that are handed to it.
 *
 * grpc-js passes no HTTP/2 options on, exposes no session, and begins each call at once. So this function
 * uses the private fields that hold its options and its HTTP/2 server, and puts a {@link CallQueue} between
 * each session and grpc-js.
 *
 * @throws Error when grpc-js has no such fields.
 */
export function speakHttp2({
  server,
  credentials,
  callsMax,
  onSession,
}: Http2SessionsOptions): (connection: Duplex) => void {
  // No public API gives access to these fields. Their presence is checked below.
  const { commonServerOptions, http2Servers } = server as unknown as Partial<Internals>
  if (!commonServerOptions || !http2Servers) {
    throw new Error('this version of grpc-js keeps its HTTP/2 servers elsewhere')
  }
  const settings = { maxConcurrentStreams: callsMax, maxHeaderListSize: HEADER_LIST_BYTES_MAX }
  Object.assign(commonServerOptions, http2Limits, { settings })

  const others = new Set(http2Servers.keys())
  const injector = server.createConnectionInjector(credentials)
  const [http2Server] = [...http2Servers.keys()].filter((each) => !others.has(each))
  const [begin] = http2Server?.listeners('stream') ?? []
  if (!http2Server || !isBeginCall(begin)) throw new Error('this version of grpc-js begins calls elsewhere')
  http2Server.removeAllListeners('stream')
  http2Server.on('session', (session) => {
    const reading = readingOf(session.socket)
    const calls = new CallQueue({
      begin,
      perTurn: onSession(session),
      callsMax,
      // As HTTP/2 recommends (RFC 9113, section 10.5). Nothing more is read from the connection.
      onTooMany: () => session.destroy(new Error('rapid resets'), constants.NGHTTP2_ENHANCE_YOUR_CALM),
      reading,
    })
    session.on('stream', (stream, headers) => calls.add(stream, headers))
    // A connection that was paused before it came here does not read by itself, except for TLS.
    reading.start()
  })
  return (connection) => injector.injectConnection(connection)
}

function isBeginCall(listener: unknown): listener is BeginCall {
  return typeof listener === 'function'
}

type Handle = { readStart?(): void; readStop?(): void }

/** Stops and resumes reading. No public method of a socket does so once HTTP/2 reads from it. */
function readingOf(socket: object): { readonly stop: () => void; readonly start: () => void } {
  const { _handle: handle } = socket as { readonly _handle?: Handle | null }
  return { stop: () => handle?.readStop?.(), start: () => handle?.readStart?.() }
}

/**
 * Resumes reading.
 *
 * After a client has broken HTTP/2, Node.js sends GOAWAY, stops reading without an event, and never notices
 * that the client has left. Such a connection would stay open for eighty seconds, until a ping has timed out.
 * On a connection that is being read, this has no effect.
 */
export function readOn(socket: object): void {
  readingOf(socket).start()
}

/**
 * Answers the keepalive pings of a connection in memory at once, without sending them.
 *
 * grpc-js pings every connection. One in memory has nothing to find out, and its answers wait for the event
 * loop: on a starved machine they came after the time limit, and all calls of the connection failed.
 */
export function answerPings(session: Pick<ServerHttp2Session, 'ping'>): void {
  session.ping = (...args: readonly unknown[]) => {
    const answer = args.at(-1)
    setImmediate(() => typeof answer === 'function' && answer(null, 0, Buffer.alloc(8)))
    return true
  }
}

/**
 * Makes a stream of answers write all waiting answers at once.
 *
 * grpc-js alone writes the next answer only when the last one is sent. Answers that were decided together
 * would leave one by one. The requests that follow them would arrive one by one, too few at a time for a
 * group. Node.js calls `_writev`, if a stream has one, with everything that waits in its buffer.
 */
export function writeTogether(answers: Writable): void {
  answers._writev = (waiting, done) => {
    for (const [place, { chunk, encoding }] of waiting.entries()) {
      answers._write(chunk, encoding, place === waiting.length - 1 ? done : () => {})
    }
  }
}
