import { createServer } from 'node:net'
import type { Server, ServerCredentials } from '@grpc/grpc-js'
import { type ListenAddress, listenOn } from '../../listen-on.js'
import type { ConnectionGuard } from './connection-guard.js'
import { speakHttp2 } from './http2-sessions.js'
import { TurnQueue } from './turn-queue.js'

export type GuardedPortOptions = {
  readonly server: Server
  readonly credentials: ServerCredentials
  readonly guard: ConnectionGuard
}

/**
 * The port of a gRPC server, on which a guard decides who is let in. grpc-js listens by itself, too, but then nobody can count its
 * connections or close one.
 */
export class GuardedPort {
  /** Nothing is read from a connection before its turn. Then HTTP/2 reads. */
  readonly #listener = createServer({ pauseOnConnect: true })

  constructor({ server, credentials, guard }: GuardedPortOptions) {
    const speak = speakHttp2({ server, credentials, onSession: (session) => guard.opened(session) })
    const newcomers = new TurnQueue(speak)
    this.#listener.on('connection', (connection) => {
      if (guard.admit(connection)) newcomers.add(connection)
    })
  }

  /** Starts to listen and returns the port. Fails with the system's error when it cannot be had. */
  async listen(address: ListenAddress): Promise<number> {
    return await listenOn(this.#listener, address)
  }

  /** Lets nobody in any more. Those who are connected stay. */
  close(): void {
    this.#listener.close()
  }
}
