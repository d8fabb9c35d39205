import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js'
import { CallError, type CallErrorKind, serviceErrorOf } from '../call-error.js'
import type { Peer } from '../connection-guard.js'

/** Largest set of headers, in bytes as HTTP/2 counts them: a token of 8 KiB and some room. */
const METADATA_BYTES_MAX = 16 * 1024
/** What HTTP/2 counts for a header besides its name and value (RFC 9113, section 6.5.2). */
const HEADER_BYTES = 32
/** What a message accounts for, in bytes: nearly every valid one has less. */
const MESSAGE_BYTES = 1024

export type WellFormedOptions = {
  /** Told of each message how many bytes it accounts for; of a call's first one, its headers are among them. */
  readonly onMessage: (peer: Peer, bytes: number) => void
  /** Told of each call that was given up before its message came. */
  readonly onAbandoned: (peer: Peer) => void
}

/**
 * Ends calls that grpc-js would let through, or would work on for far too long, and tells of those that are calls.
 *
 * - Headers of more than 16 KiB: a server of grpc-js has no limit of its own.
 * - A second message where there may be only one. A message of 16 KiB has room for 3,200 empty ones, and grpc-js refuses each of them by
 *   itself.
 */
export function wellFormed({ onMessage, onAbandoned }: WellFormedOptions): ServerInterceptor {
  return (method, call) => {
    const peer = call.getConnectionInfo()
    let headerBytes = 0
    let hasMessage = false
    let hasEnded = false
    const end = (kind: CallErrorKind) => {
      hasEnded = true
      call.sendStatus(serviceErrorOf(new CallError(kind)))
    }
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        headerBytes = bytesOf(metadata)
        if (headerBytes > METADATA_BYTES_MAX) end('METADATA_TOO_LARGE')
        else next(metadata)
      })
      .withOnReceiveMessage((message, next) => {
        onMessage(peer, MESSAGE_BYTES + headerBytes)
        headerBytes = 0
        // What is not passed on is the last that is read.
        if (hasMessage && !method.requestStream) end('MORE_THAN_ONE_MESSAGE')
        else next(message)
        hasMessage = true
      })
      // Comes after every end, too.
      .withOnCancel(() => {
        if (!hasMessage && !hasEnded) onAbandoned(peer)
      })
      .build()
    return new ServerInterceptingCall(call, {
      start: (next) => next(listener),
      sendStatus: (sent, next) => {
        hasEnded = true
        next(sent)
      },
    })
  }
}

function bytesOf(metadata: Metadata): number {
  let bytes = 0
  for (const [name, values] of Object.entries(metadata.toJSON())) {
    for (const value of values) bytes += name.length + value.length + HEADER_BYTES
  }
  return bytes
}
