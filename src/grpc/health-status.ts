import type { Server } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'

/** The services whose health is told, besides that of all of them (the empty name). */
export const SERVICES = [
  'benefits.v1.AuthorizationService',
  'benefits.v1.AccountService',
  'benefits.v1.CategoryService',
  'benefits.v1.MerchantRuleService',
]

/** grpc.health.v1: all services are well or none is. NOT_SERVING until told otherwise. */
export class HealthStatus {
  readonly #health = new HealthImplementation()
  #serving: boolean | undefined

  constructor() {
    this.set(false)
  }

  addTo(server: Server): void {
    this.#health.addToServer(server)
  }

  /** What health checks are told from now on; those that watch are told at once. */
  set(serving: boolean): void {
    if (serving === this.#serving) return
    this.#serving = serving
    for (const service of ['', ...SERVICES]) {
      this.#health.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING')
    }
  }
}
