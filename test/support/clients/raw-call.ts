import { once } from 'node:events'
import { connect } from 'node:http2'
import { type AuthorizeRequest, authorizeMethod } from './client.js'
import { signToken } from './token.js'

/**
 * Sends a purchase as bare HTTP/2, with any `grpc-timeout`, and returns the number of the status that the
 * server sent. A gRPC client would not do, because it gives up by itself once a deadline has passed. The
 * message follows its headers when `beforeMessage` has ended.
 */
export async function statusOfRawCall(
  address: string,
  request: AuthorizeRequest,
  grpcTimeout: string,
  beforeMessage?: () => Promise<void>,
): Promise<number> {
  const session = connect(`http://${address}`)
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': authorizeMethod.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': grpcTimeout,
      authorization: `Bearer ${signToken()}`,
    })
    const headers = once(stream, 'response')
    // An error may arrive in the headers; then there are no trailers.
    const trailers = once(stream, 'trailers')
    const closed = once(stream, 'close')
    stream.resume()
    await beforeMessage?.()
    stream.end(framed(authorizeMethod.requestSerialize(request)))
    const ends = await Promise.race([trailers, closed.then(() => headers)])
    return Number(ends[0]['grpc-status'])
  } finally {
    session.close()
  }
}

/** A message framed for gRPC: not compressed, with its length in four bytes. */
export function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}
