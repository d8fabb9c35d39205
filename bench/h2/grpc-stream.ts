import type { CallEnd } from './call-end.js'
import { MessageReader } from './grpc-messages.js'

/** The callbacks of a stream. */
export type StreamListener = {
  /** A message, as a view that is overwritten after the call. */
  message(message: Buffer): void
  /** Comes exactly once, and last. */
  end(end: CallEnd): void
}

/** One call on a connection. */
export class GrpcStream {
  /** Encoded headers of the request. */
  readonly headers: Buffer
  readonly listener: StreamListener
  readonly reader = new MessageReader()
  /** 0 until the headers are written. */
  id = 0
  /** Bytes that the server takes at the moment. */
  sendWindow = 0
  /** Bytes received since the last window update. */
  consumed = 0
  hasResponseHeaders = false
  hasEnded = false

  constructor(headers: Buffer, listener: StreamListener) {
    this.headers = headers
    this.listener = listener
  }

  end(end: CallEnd): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.listener.end(end)
  }
}
