import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js'
import { CallError, serviceErrorOf } from '../call-error.js'
import { onlyRealEnd } from './stream-end.js'

/** Largest metadata, in bytes as HTTP/2 counts them: a token of 8 KiB and room for more. */
const METADATA_BYTES_MAX = 16 * 1024
/** Bytes that HTTP/2 counts for a header besides its name and value (RFC 9113, section 6.5.2). */
const HEADER_BYTES = 32

/**
 * Rejects calls that grpc-js would let through, or would work on for far too long.
 *
 * - Metadata of more than 16 KiB: a server of grpc-js has no limit of its own.
 * - A second message where only one is allowed. 16 KiB hold 3,200 empty messages, and grpc-js rejects each of
 *   them by itself.
 * - A stream of requests that is cut off: see {@link onlyRealEnd}.
 */
export const wellFormed: ServerInterceptor = (method, call) => {
  let hasMessage = false
  const builder = new ServerListenerBuilder()
    .withOnReceiveMetadata((metadata, next) => {
      if (bytesOf(metadata) <= METADATA_BYTES_MAX) next(metadata)
      else call.sendStatus(serviceErrorOf(new CallError('METADATA_TOO_LARGE')))
    })
    .withOnReceiveMessage((message, next) => {
      // grpc-js reads no further message after one that is not passed on.
      if (hasMessage && !method.requestStream) {
        call.sendStatus(serviceErrorOf(new CallError('MORE_THAN_ONE_MESSAGE')))
      } else next(message)
      hasMessage = true
    })
  if (method.requestStream) builder.withOnReceiveHalfClose(onlyRealEnd(call))
  const listener = builder.build()
  return new ServerInterceptingCall(call, { start: (next) => next(listener) })
}

function bytesOf(metadata: Metadata): number {
  let bytes = 0
  for (const [name, values] of Object.entries(metadata.toJSON())) {
    for (const value of values) bytes += name.length + value.length + HEADER_BYTES
  }
  return bytes
}
