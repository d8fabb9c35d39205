import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

/** Begins a call, as grpc-js does for a new HTTP/2 stream. */
export type BeginCall = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

export type CallQueueOptions = {
  readonly begin: BeginCall
  /** Most calls that the connection may begin in one turn of the event loop, now. */
  readonly perTurn: () => number
  /** Most calls that the connection may have at a time. */
  readonly callsMax: number
  /** Called when more calls wait: the client must have opened and reset calls at once. */
  readonly onTooMany: () => void
  /** Stops and resumes reading from the connection. */
  readonly reading: { readonly stop: () => void; readonly start: () => void }
}

/**
 * Begins the calls of one connection, a limited number in each turn of the event loop.
 *
 * Further calls wait, and meanwhile nothing is read from the connection. A call that the client resets before
 * its turn never begins. So a connection that opens and resets calls as fast as it can, or whose calls are
 * all rejected, leaves turns to the others.
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
    // Until grpc-js gets the stream, it has no other error listener.
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
