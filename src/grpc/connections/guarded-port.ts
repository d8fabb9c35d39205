import { createServer } from 'node:net'
import type { Server, ServerCredentials } from '@grpc/grpc-js'
import { type ListenAddress, listenOn } from '../../listen-on.js'
import type { ConnectionGuard } from './connection-guard.js'
import { CALLS_MAX, speakHttp2 } from './http2-sessions.js'
import { TurnQueue } from './turn-queue.js'

export type GuardedPortOptions = {
  readonly server: Server
  readonly credentials: ServerCredentials
  readonly guard: ConnectionGuard
}

/**
 * The port of a gRPC server whose connections a guard admits. If grpc-js listened itself, nothing could count
 * or close its connections.
 */
export class GuardedPort {
  /** Nothing is read from a connection before its turn: HTTP/2 must get every byte. */
  readonly #listener = createServer({ pauseOnConnect: true })

  constructor({ server, credentials, guard }: GuardedPortOptions) {
    const speak = speakHttp2({
      server,
      credentials,
      callsMax: CALLS_MAX,
      onSession: (session) => guard.opened(session),
    })
    const newcomers = new TurnQueue(speak)
    this.#listener.on('connection', (connection) => {
      if (guard.admit(connection)) newcomers.add(connection)
    })
  }

  /**
   * Starts to listen and returns the port. Rejects with the system's error when the port is not available.
   */
  async listen(address: ListenAddress): Promise<number> {
    return await listenOn(this.#listener, address)
  }

  /** Accepts no more connections. Open ones stay. */
  close(): void {
    this.#listener.close()
  }
}
