import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

/** Begins a call: what grpc-js does with a new stream of HTTP/2. */
export type BeginCall = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

export type CallQueueOptions = {
  readonly begin: BeginCall
  /** Calls that the connection may begin in one turn of the event loop, at present. */
  readonly perTurn: () => number
  /** Calls that the connection may have at a time. */
  readonly callsMax: number
  /** Called when more than that wait: the client must have opened calls and given them up in one breath. */
  readonly onTooMany: () => void
  /** Stops and resumes reading from the connection. */
  readonly reading: { readonly stop: () => void; readonly start: () => void }
}

/**
 * Begins the calls of one connection, so many in each turn of the event loop. More of them wait, and nothing is read from the connection
 * meanwhile. A call that the client has given up by its turn is not begun. So a connection on which calls are opened and given up as fast as
 * can be, or refused one after the other, leaves the turns to the others.
 */
export class CallQueue {
  readonly #options: CallQueueOptions
  #waiting: { readonly stream: ServerHttp2Stream; readonly headers: IncomingHttpHeaders }[] = []
  #begunInTurn = 0
  #isTurnDue = false

  constructor(options: CallQueueOptions) {
    this.#options = options
  }

  add(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const { begin, perTurn, callsMax, onTooMany, reading } = this.#options
    this.#endTurnLater()
    if (this.#waiting.length === 0 && this.#begunInTurn < perTurn()) {
      this.#begunInTurn += 1
      begin(stream, headers)
      return
    }
    // Until grpc-js has it, nobody else listens.
    stream.on('error', () => {})
    if (this.#waiting.length === 0) reading.stop()
    if (this.#waiting.length < callsMax) this.#waiting.push({ stream, headers })
    else onTooMany()
  }

  #endTurnLater(): void {
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    setImmediate(() => this.#nextTurn())
  }

  #nextTurn(): void {
    const { begin, perTurn, reading } = this.#options
    this.#isTurnDue = false
    this.#begunInTurn = 0
    const waited = this.#waiting.length > 0
    this.#waiting = this.#waiting.filter(({ stream }) => !stream.destroyed && !stream.aborted)
    for (const { stream, headers } of this.#waiting.splice(0, perTurn())) {
      this.#begunInTurn += 1
      begin(stream, headers)
    }
    if (this.#waiting.length > 0) this.#endTurnLater()
    else if (waited) reading.start()
  }
}
