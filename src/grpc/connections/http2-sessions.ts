import { constants, type ServerHttp2Session, type ServerOptions } from 'node:http2'
import type { Socket } from 'node:net'
import type { Server, ServerCredentials } from '@grpc/grpc-js'
import { type BeginCall, CallQueue } from './call-queue.js'

/*
 * Everything of ours that touches the internals of grpc-js and of Node.js, and why. Look at it again with each new version of either.
 */

/**
 * HTTP/2's own limits on one connection. A client that breaks one has its stream or its connection ended by nghttp2 or Node.js, as the
 * protocol wants. The first six are the defaults of Node.js 20, written out.
 */
const http2Limits: ServerOptions & Readonly<Record<'streamResetBurst' | 'streamResetRate', number>> = {
  /** Entries of one SETTINGS frame. */
  maxSettings: 32,
  /** Pings of ours that have no answer yet: keepalive has one. */
  maxOutstandingPings: 10,
  /** Invalid frames of a connection, empty DATA among them, before it ends. */
  maxSessionInvalidFrames: 1_000,
  /** Streams of a connection that were rejected, before it ends. */
  maxSessionRejectedStreams: 100,
  /** Headers of one call. */
  maxHeaderListPairs: 128,
  /** Milliseconds until a TLS client that does not speak HTTP/2 is disconnected. */
  unknownProtocolTimeout: 10_000,
  /**
   * Calls of a connection that the client may give up at once, and in each second after that. Node.js 20 has no such option: there nghttp2's
   * own 1,000 and 33 apply. A caller with short deadlines gives up 128 calls at a time while the database is slow.
   */
  streamResetBurst: 1_000,
  streamResetRate: 256,
}

/** Calls that a connection may have at a time. More wait at the caller. */
const CALLS_MAX = 128
/** Largest set of headers that HTTP/2 reads, in bytes. Above the limit of the metadata, which has an answer of its own. */
const HEADER_LIST_BYTES_MAX = 64 * 1024

export type Http2SessionsOptions = {
  readonly server: Server
  readonly credentials: ServerCredentials
  /** Called with each connection that begins to speak HTTP/2; says how many calls it may begin in one turn of the event loop, at present. */
  readonly onSession: (session: ServerHttp2Session) => () => number
}

/** The HTTP/2 server of Node.js, as far as it is looked at. */
type Http2Server = {
  listeners(event: 'stream'): unknown[]
  removeAllListeners(event: 'stream'): void
  on(event: 'session', listener: (session: ServerHttp2Session) => void): void
}

/** What grpc-js 1.14 keeps its HTTP/2 servers in, and makes them with. */
type Internals = {
  readonly commonServerOptions: ServerOptions
  readonly http2Servers: ReadonlyMap<Http2Server, unknown>
}

/**
 * Lets a gRPC server speak HTTP/2, within limits, on connections that it is given. grpc-js passes no options of HTTP/2 on, hands out no
 * session, and begins each call at once: so its options and its HTTP/2 server are taken from its private fields, and a {@link CallQueue} is
 * put between each session and what grpc-js does with a new stream.
 *
 * @throws Error when grpc-js has no such fields.
 */
export function speakHttp2({
  server,
  credentials,
  onSession,
}: Http2SessionsOptions): (connection: Socket) => void {
  // Private fields have no other way in. That they are there is looked at.
  const { commonServerOptions, http2Servers } = server as unknown as Partial<Internals>
  if (!commonServerOptions || !http2Servers) {
    throw new Error('this version of grpc-js keeps its HTTP/2 servers elsewhere')
  }
  const settings = { maxConcurrentStreams: CALLS_MAX, maxHeaderListSize: HEADER_LIST_BYTES_MAX }
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
      callsMax: CALLS_MAX,
      // As HTTP/2 wants it (RFC 9113, section 10.5). What has come with them is not read any more.
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

/** Stops and resumes reading: nothing public of a socket does it once HTTP/2 reads in its place. */
function readingOf(socket: object): { readonly stop: () => void; readonly start: () => void } {
  const { _handle: handle } = socket as { readonly _handle?: Handle | null }
  return { stop: () => handle?.readStop?.(), start: () => handle?.readStart?.() }
}

/**
 * Begins to read again. After a client has broken HTTP/2 Node.js sends GOAWAY, stops reading, tells nobody, and never notices that the client
 * has left: such a connection would stay for eighty seconds, until a ping has had no answer. Where it reads, nothing happens.
 */
export function readOn(socket: object): void {
  readingOf(socket).start()
}
