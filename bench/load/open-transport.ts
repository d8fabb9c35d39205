import { AuthorizeStreamResponse } from '../../src/gen/benefits/v1/authorization.js'
import { type CallEnd, NO_ANSWER, statusName } from '../h2/call-end.js'
import { type GrpcConnection, requestHeaders } from '../h2/grpc-connection.js'
import type { GrpcStream, StreamListener } from '../h2/grpc-stream.js'
import type { Call } from './call.js'
import { CALL_TIMEOUT_MS, type LoadJob, type RequestKind } from './job.js'
import type { Transport } from './transport.js'
import { openConnections, UnaryTransport } from './unary-transport.js'

/** The method of each kind of request. */
const methods = {
  PURCHASE: '/benefits.v1.AuthorizationService/Authorize',
  HOLD: '/benefits.v1.AuthorizationService/Authorize',
  CAPTURE: '/benefits.v1.CardRailService/Capture',
} as const satisfies Record<RequestKind, string>

/** Connects as a job wants it; when one connection fails, none is left. */
export async function openTransport(job: LoadJob): Promise<Transport> {
  const connections = await openConnections(job)
  if (job.mode === 'stream') return new StreamTransport(job, connections)
  const timeoutMs = job.callTimeoutMs ?? CALL_TIMEOUT_MS
  const path = methods[job.workload.kind ?? 'PURCHASE']
  return new UnaryTransport(job, connections, headersOf(job, { path, timeoutMs }))
}

/** A message on one of a few calls of AuthorizeStream for each. */
class StreamTransport implements Transport {
  readonly #connections: readonly GrpcConnection[]
  readonly #channels: readonly Channel[]
  #turn = 0

  constructor(job: LoadJob, connections: readonly GrpcConnection[]) {
    this.#connections = connections
    const headers = headersOf(job, { path: '/benefits.v1.AuthorizationService/AuthorizeStream' })
    this.#channels = connections.map((connection) => new Channel(connection, headers))
  }

  send(call: Call): void {
    this.#channels[this.#turn++ % this.#channels.length]?.send(call)
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

/** One call of AuthorizeStream. Its answers come in any order, so they are told apart by their ids. */
class Channel implements StreamListener {
  readonly #connection: GrpcConnection
  readonly #stream: GrpcStream
  readonly #calls = new Map<string, Call>()
  #end: CallEnd | undefined

  constructor(connection: GrpcConnection, headers: Buffer) {
    this.#connection = connection
    this.#stream = connection.call(headers, this)
  }

  send(call: Call): void {
    if (this.#end) {
      call.end(this.#end)
      return
    }
    this.#calls.set(call.purchase.id, call)
    this.#connection.send({ stream: this.#stream, message: call.request(), last: false })
  }

  message(message: Buffer): void {
    const { transactionId, outcome } = AuthorizeStreamResponse.decode(message)
    const call = this.#calls.get(transactionId)
    if (!call) throw new Error('an answer on the stream is for a request that nobody sent, or a second one')
    this.#calls.delete(transactionId)
    if (outcome?.$case === 'response') call.answered(outcome.value)
    else call.end({ status: outcome?.value.code ?? 0, message: outcome?.value.message ?? '' })
  }

  /** The stream is to last for the whole run: calls that it leaves open have no answer. */
  end({ status, message }: CallEnd): void {
    const end = { status: NO_ANSWER, message: `the stream ended with ${statusName(status)}: ${message}` }
    this.#end = end
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of calls) call.end(end)
  }
}

function headersOf(
  { target, token }: LoadJob,
  { path, timeoutMs }: { readonly path: string; readonly timeoutMs?: number },
): Buffer {
  const timeout = timeoutMs === undefined ? [] : [['grpc-timeout', `${timeoutMs}m`] as const]
  return requestHeaders({
    authority: `${target.host}:${target.port}`,
    path,
    more: [['authorization', `Bearer ${token}`], ...timeout],
  })
}
