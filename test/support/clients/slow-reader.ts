import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { type AuthorizeRequest, authorizeMethod } from './client.js'
import { authorizeStreamMethod, type StreamAnswer } from './purchase-stream.js'
import { framed } from './raw-call.js'
import { signToken } from './token.js'

/** Flow-control window for a stream, in bytes: a few answers. */
const WINDOW_BYTES = 1_024
const HEAD_BYTES = 5

/**
 * A stream of purchases as bare HTTP/2, by a caller that reads no answer until `read`. A gRPC client would
 * read them by itself.
 */
export class SlowReader {
  readonly #session: ClientHttp2Session
  readonly #stream: ClientHttp2Stream

  constructor(address: string) {
    this.#session = connect(`http://${address}`, { settings: { initialWindowSize: WINDOW_BYTES } })
    this.#stream = this.#session.request({
      ':method': 'POST',
      ':path': authorizeStreamMethod.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: `Bearer ${signToken()}`,
    })
  }

  /** Sends them all, as far as the service reads them, and half-closes. */
  send(requests: readonly AuthorizeRequest[]): void {
    for (const request of requests) this.#stream.write(framed(authorizeMethod.requestSerialize(request)))
    this.#stream.end()
  }

  /** Starts to read, to the end. */
  async readAll(): Promise<readonly StreamAnswer[]> {
    const chunks: Buffer[] = []
    for await (const chunk of this.#stream) chunks.push(chunk)
    return [...messagesIn(Buffer.concat(chunks))].map(authorizeStreamMethod.responseDeserialize)
  }

  close(): void {
    this.#session.destroy()
  }
}

function* messagesIn(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + HEAD_BYTES + bytes.readUInt32BE(at + 1)
    yield bytes.subarray(at + HEAD_BYTES, end)
    at = end
  }
}
