import type { Config } from '../config.js'
import type { ConnectionGuard } from '../grpc/connections/connection-guard.js'
import type { KeyFileReadings } from '../observability/metrics/key-file-metrics.js'
import type { Readings } from '../observability/metrics/metrics.js'
import type { PoolWatch } from '../storage/pool-watch.js'
import type { Core } from './core.js'

/** The parts of the service that the metrics read. */
export type ReadingsOptions = {
  readonly config: Config
  readonly core: Core
  readonly pool: PoolWatch
  readonly guard: ConnectionGuard
  readonly keyFiles: KeyFileReadings
  readonly serving: () => boolean
  readonly isDatabaseUnfit: () => boolean
}

/** Returns the values that are read from the service when Prometheus asks. */
export function createReadings(options: ReadingsOptions): Readings {
  const { config, core, pool, guard, keyFiles, serving, isDatabaseUnfit } = options
  const { engine, poster, catalogCache } = core
  return {
    engine: () => ({
      waitingRequests: {
        PURCHASE: engine.waitingIn('PURCHASE'),
        BOOKING: engine.waitingIn('BOOKING'),
        BACK_OFFICE: engine.waitingIn('BACK_OFFICE'),
        EXPIRY: engine.waitingIn('EXPIRY'),
      },
      waitingRequestsMax: core.waitingMax(),
      unpostedEntries: poster.unposted,
      backlogEntries: poster.backlog,
      oldestUnpostedMs: poster.oldestUnpostedMs,
      oldestOverdueHoldMs: core.holdSweeper.oldestOverdueMs,
    }),
    cardRail: () => {
      const { openHolds, owing, unmatchedReversals } = core.cardRailTotals.latest
      return {
        openHolds: openHolds.count,
        // Metrics are numbers, exact up to 90 trillion reais, and decide nothing.
        heldCentavos: Number(openHolds.amount),
        owingAccounts: owing.count,
        owedCentavos: Number(owing.amount),
        unmatchedReversals,
        ageMs: core.cardRailTotals.ageMs,
      }
    },
    pool: () => pool,
    connections: () => ({
      open: guard.open,
      openMax: config.grpcConnectionsMax,
      unauthenticated: guard.unauthenticated,
    }),
    catalog: () => {
      const { version, ageMs } = catalogCache.health
      return { version: Number(version), ageMs, categories: catalogCache.categories }
    },
    serving,
    isDatabaseUnfit,
    keyFiles,
  }
}
