import type { ServerHttp2Session, ServerOptions } from 'node:http2'
import type { Socket } from 'node:net'
import type { Server, ServerCredentials } from '@grpc/grpc-js'

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

/** Largest set of headers that HTTP/2 reads, in bytes. Above the limit of the metadata, which has an answer of its own. */
const HEADER_LIST_BYTES_MAX = 64 * 1024

export type Http2SessionsOptions = {
  readonly server: Server
  readonly credentials: ServerCredentials
  /** Calls that a new connection may have at a time. */
  readonly callsMax: number
  /** Called with each connection that speaks HTTP/2. */
  readonly onSession: (session: ServerHttp2Session) => void
}

/** What grpc-js 1.14 keeps its HTTP/2 servers in, and makes them with. */
type Internals = {
  readonly commonServerOptions: ServerOptions
  readonly http2Servers: ReadonlyMap<
    { on(event: 'session', listener: (session: ServerHttp2Session) => void): void },
    unknown
  >
}

/**
 * Lets a gRPC server speak HTTP/2, within limits, on connections that it is given. grpc-js passes no options of HTTP/2 on, and hands out no
 * session: both are taken from its private fields.
 *
 * @throws Error when grpc-js has no such fields.
 */
export function speakHttp2(options: Http2SessionsOptions): (connection: Socket) => void {
  const { server, credentials, callsMax, onSession } = options
  // Private fields have no other way in. That they are there is looked at.
  const { commonServerOptions, http2Servers } = server as unknown as Partial<Internals>
  if (!commonServerOptions || !http2Servers)
    throw new Error('this version of grpc-js keeps its HTTP/2 servers elsewhere')
  const settings = { maxConcurrentStreams: callsMax, maxHeaderListSize: HEADER_LIST_BYTES_MAX }
  Object.assign(commonServerOptions, http2Limits, { settings })

  const known = new Set(http2Servers.keys())
  const injector = server.createConnectionInjector(credentials)
  for (const http2Server of http2Servers.keys()) {
    if (!known.has(http2Server)) http2Server.on('session', onSession)
  }
  return (connection) => injector.injectConnection(connection)
}

/**
 * Begins to read again. After a client has broken HTTP/2 Node.js sends GOAWAY, stops reading, tells nobody, and never notices that the client
 * has left: such a connection would stay for eighty seconds, until a ping has had no answer. Where it reads, nothing happens.
 */
export function readOn(socket: object): void {
  // Nothing public of a socket does it once HTTP/2 reads in its place.
  const { _handle: handle } = socket as { readonly _handle?: { readStart?(): void } | null }
  handle?.readStart?.()
}
