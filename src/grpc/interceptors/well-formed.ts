import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js'
import { CallError, serviceErrorOf } from '../call-error.js'

/** Largest set of headers, in bytes as HTTP/2 counts them: a token of 8 KiB and some room. */
const METADATA_BYTES_MAX = 16 * 1024
/** What HTTP/2 counts for a header besides its name and value (RFC 9113, section 6.5.2). */
const HEADER_BYTES = 32

/**
 * Ends calls that grpc-js would let through, or would work on for far too long.
 *
 * - Headers of more than 16 KiB: a server of grpc-js has no limit of its own.
 * - A second message where there may be only one. A message of 16 KiB has room for 3,200 empty ones, and grpc-js refuses each of them by
 *   itself.
 */
export const wellFormed: ServerInterceptor = (method, call) => {
  let hasMessage = false
  const listener = new ServerListenerBuilder()
    .withOnReceiveMetadata((metadata, next) => {
      if (bytesOf(metadata) <= METADATA_BYTES_MAX) next(metadata)
      else call.sendStatus(serviceErrorOf(new CallError('METADATA_TOO_LARGE')))
    })
    .withOnReceiveMessage((message, next) => {
      // A message that is not passed on is the last that is read.
      if (hasMessage && !method.requestStream) {
        call.sendStatus(serviceErrorOf(new CallError('MORE_THAN_ONE_MESSAGE')))
      } else next(message)
      hasMessage = true
    })
    .build()
  return new ServerInterceptingCall(call, { start: (next) => next(listener) })
}

function bytesOf(metadata: Metadata): number {
  let bytes = 0
  for (const [name, values] of Object.entries(metadata.toJSON())) {
    for (const value of values) bytes += name.length + value.length + HEADER_BYTES
  }
  return bytes
}
