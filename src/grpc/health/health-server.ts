import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { ListenAddress } from '../../listen-on.js'
import { ConnectionGuard } from '../connections/connection-guard.js'
import { GuardedPort } from '../connections/guarded-port.js'
import { loadDescriptors } from '../reflection/descriptors.js'
import { HealthStatus } from './health-status.js'

/** Most connections at a time. When one more arrives, the one that has been idle longest makes room. */
const CONNECTIONS_MAX = 256

/**
 * A plaintext port with only grpc.health.v1, for probes that do not speak TLS, such as those of Kubernetes.
 *
 * It reports the status of the gRPC port. Every caller is unauthenticated.
 */
export class HealthServer {
  readonly #address: ListenAddress
  readonly #status = new HealthStatus()
  readonly #server = new Server({
    'grpc.max_receive_message_length': 1_024,
    'grpc.max_metadata_size': 8 * 1_024,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.max_connection_age_ms': 300_000,
    'grpc.max_connection_age_grace_ms': 60_000,
    'grpc.max_connection_idle_ms': 300_000,
    'grpc.enable_channelz': 0,
  })
  readonly #port: GuardedPort

  constructor(address: ListenAddress) {
    this.#address = address
    this.#status.addTo(this.#server, loadDescriptors())
    this.#port = new GuardedPort({
      server: this.#server,
      credentials: ServerCredentials.createInsecure(),
      guard: new ConnectionGuard({
        connectionsMax: CONNECTIONS_MAX,
        monotonicMs: () => performance.now(),
        onClosing: () => {},
      }),
    })
  }

  /**
   * Starts to listen and returns the port. The status is NOT_SERVING at first. Rejects with the system's
   * error when the port is not available.
   */
  async listen(): Promise<number> {
    return await this.#port.listen(this.#address)
  }

  setServing(serving: boolean): void {
    this.#status.set(serving)
  }

  close(): void {
    this.#port.close()
    this.#server.forceShutdown()
  }
}
