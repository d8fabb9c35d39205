import type { Duplex } from 'node:stream'
import {
  logVerbosity,
  Server,
  type ServerCredentials,
  type ServerInterceptor,
  type ServerOptions,
  setLogVerbosity,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { type AccountServiceServer, AccountServiceService } from '../gen/benefits/v1/account.js'
import { type ActivityServiceServer, ActivityServiceService } from '../gen/benefits/v1/activity.js'
import {
  type AuthorizationServiceServer,
  AuthorizationServiceService,
} from '../gen/benefits/v1/authorization.js'
import { type CardRailServiceServer, CardRailServiceService } from '../gen/benefits/v1/card_rail.js'
import { type CategoryServiceServer, CategoryServiceService } from '../gen/benefits/v1/category.js'
import {
  type MerchantRuleServiceServer,
  MerchantRuleServiceService,
} from '../gen/benefits/v1/merchant_rule.js'
import { ServerReflectionService as ReflectionV1 } from '../gen/grpc/reflection/v1/reflection.js'
import { ServerReflectionService as ReflectionV1alpha } from '../gen/grpc/reflection/v1alpha/reflection.js'
import type { ConnectionGuard } from './connections/connection-guard.js'
import { GuardedPort } from './connections/guarded-port.js'
import { openInnerPort } from './connections/inner-port.js'
import { type HealthStatus, SERVICES } from './health/health-status.js'
import { loadDescriptors } from './reflection/descriptors.js'
import { reflectionService } from './reflection/reflection-service.js'
import { withReadErrors } from './request-decoder.js'
import { STREAM_AGE_MS_MAX } from './stream-lifetime.js'

// Without this, grpc-js logs to standard error, including the text of a header with an illegal byte, which
// may be a token.
setLogVerbosity(logVerbosity.NONE)

/** Largest request, in bytes. The largest valid one has under 700. */
const REQUEST_BYTES_MAX = 16 * 1024

const serverOptions: ServerOptions = {
  'grpc.max_receive_message_length': REQUEST_BYTES_MAX,
  'grpc.max_send_message_length': 4 * 1024 * 1024,
  // Keepalive pings, and a graceful end of each connection after about five minutes, so that clients behind
  // an L4 balancer spread out again.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_connection_age_ms': 300_000,
  // A stream opened just before the end keeps its full age, and then the time for its last decisions.
  'grpc.max_connection_age_grace_ms': STREAM_AGE_MS_MAX + 90_000,
  'grpc.max_connection_idle_ms': 900_000,
  'grpc.enable_channelz': 0,
}

const REFLECTION_SERVICES = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
]
const HEALTH_SERVICE = 'grpc.health.v1.Health'

export type GrpcServerOptions = {
  readonly host: string
  readonly port: number
  /** TLS or plaintext. */
  readonly credentials: ServerCredentials
  /** Admits connections, and closes some to make room. */
  readonly guard: ConnectionGuard
  /** The answer of health checks. */
  readonly health: HealthStatus
  /** In order: the first one sees a call first, and its end last. */
  readonly interceptors: readonly ServerInterceptor[]
  readonly authorization: AuthorizationServiceServer
  readonly cardRail: CardRailServiceServer
  readonly account: AccountServiceServer
  readonly activity: ActivityServiceServer
  readonly category: CategoryServiceServer
  readonly merchantRule: MerchantRuleServiceServer
}

/** The gRPC server: the six services, health and reflection on one port. */
export class GrpcServer {
  readonly #options: GrpcServerOptions
  readonly #server: Server
  readonly #port: GuardedPort
  #connect: (() => Duplex) | undefined

  constructor(options: GrpcServerOptions) {
    this.#options = options
    this.#server = new Server({ ...serverOptions, interceptors: [...options.interceptors] })
    const descriptors = loadDescriptors()
    this.#server.addService(withReadErrors(AuthorizationServiceService, descriptors), options.authorization)
    this.#server.addService(withReadErrors(CardRailServiceService, descriptors), options.cardRail)
    this.#server.addService(withReadErrors(AccountServiceService, descriptors), options.account)
    this.#server.addService(withReadErrors(ActivityServiceService, descriptors), options.activity)
    this.#server.addService(withReadErrors(CategoryServiceService, descriptors), options.category)
    this.#server.addService(withReadErrors(MerchantRuleServiceService, descriptors), options.merchantRule)
    options.health.addTo(this.#server, descriptors)

    const services = [...SERVICES, HEALTH_SERVICE, ...REFLECTION_SERVICES]
    const reflection: UntypedServiceImplementation = reflectionService({ descriptors, services })
    this.#server.addService(withReadErrors(ReflectionV1, descriptors), reflection)
    this.#server.addService(withReadErrors(ReflectionV1alpha, descriptors), reflection)
    this.#port = new GuardedPort({ ...options, server: this.#server })
  }

  /**
   * Starts to listen and returns the port. Rejects with the system's error when the port is not available.
   */
  async listen(): Promise<number> {
    return await this.#port.listen(this.#options)
  }

  /**
   * Opens a connection from this process, which passes no port. Its calls meet the same interceptors and
   * handlers as those of the port.
   *
   * @param callsMax most calls of the connection at a time.
   */
  connect(callsMax: number): Duplex {
    this.#connect ??= openInnerPort(this.#server, callsMax)
    return this.#connect()
  }

  /**
   * Accepts no more calls and waits for open ones. Calls that are still open after the timeout are cut off.
   */
  async drain(timeoutMs: number): Promise<void> {
    this.#port.close()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#server.forceShutdown()
        resolve()
      }, timeoutMs)
      this.#server.tryShutdown(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}
