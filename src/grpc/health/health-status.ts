import type { Server, ServiceDefinition, ServiceError } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import { serviceErrorOf } from '../call-error.js'
import type { Descriptors } from '../reflection/descriptors.js'
import { UnreadableMessage, withReadErrors } from '../request-decoder.js'

/** Services whose health is reported, besides that of the whole server (the empty name). */
export const SERVICES = [
  'benefits.v1.AuthorizationService',
  'benefits.v1.CardRailService',
  'benefits.v1.AccountService',
  'benefits.v1.ActivityService',
  'benefits.v1.CategoryService',
  'benefits.v1.MerchantRuleService',
]

/** The answer of grpc.health.v1, the same for all services. NOT_SERVING at first. */
export class HealthStatus {
  readonly #health = new HealthImplementation()
  #serving: boolean | undefined

  constructor() {
    this.set(false)
  }

  get serving(): boolean {
    return this.#serving ?? false
  }

  addTo(server: Server, descriptors: Descriptors): void {
    this.#health.addToServer({
      addService: (definition: ServiceDefinition, handlers: Record<string, Handler>) =>
        server.addService(withReadErrors(definition, descriptors), rejectingUnreadable(handlers)),
    })
  }

  /** Sets the answer of health checks, and notifies watchers at once. */
  set(serving: boolean): void {
    if (serving === this.#serving) return
    this.#serving = serving
    for (const service of ['', ...SERVICES]) {
      this.#health.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING')
    }
  }
}

/** A handler of one call. It has a callback when the answer is a single message. */
type Handler = (call: HealthCall, callback?: (error: ServiceError) => void) => void
type HealthCall = { readonly request: unknown; emit(event: 'error', error: ServiceError): unknown }

/** Wraps handlers so that they reject unreadable requests, which they do not expect. */
function rejectingUnreadable(handlers: Readonly<Record<string, Handler>>): Record<string, Handler> {
  const rejecting = Object.entries(handlers).map(([name, handle]): [string, Handler] => [
    name,
    (call, callback) => {
      if (!(call.request instanceof UnreadableMessage)) return handle(call, callback)
      const error = serviceErrorOf(call.request.error)
      if (callback) callback(error)
      else call.emit('error', error)
    },
  ])
  return Object.fromEntries(rejecting)
}
