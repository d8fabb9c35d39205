import type { Duplex } from 'node:stream'
import { type Server, ServerCredentials } from '@grpc/grpc-js'
import { CALLS_PER_TURN } from './connection-guard.js'
import { answerPings, speakHttp2 } from './http2-sessions.js'
import { memoryConnection } from './memory-connection.js'

/**
 * Makes a gRPC server take connections from its own process. They are pairs of streams in memory, so no other
 * process can use them, and nothing needs a port or a file.
 *
 * Returns a function that opens one. The connection guard does not count it: the HTTP API bounds its own
 * connections. Its calls begin a few in each turn, as those of any connection.
 */
export function openInnerPort(server: Server, callsMax: number): () => Duplex {
  const speak = speakHttp2({
    server,
    credentials: ServerCredentials.createInsecure(),
    callsMax,
    onSession: (session) => {
      answerPings(session)
      return () => CALLS_PER_TURN
    },
  })
  return () => {
    const [ours, theirs] = memoryConnection()
    speak(theirs)
    return ours
  }
}
