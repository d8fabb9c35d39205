import type { Authorize } from '../application/authorize.js'
import { cardRail } from '../application/card-rail.js'
import { reverse } from '../application/reverse.js'
import type { Config } from '../config.js'
import { accountHandlers } from '../grpc/account/account-service.js'
import { creditHandlers } from '../grpc/account/credit-handlers.js'
import { purchaseHandler } from '../grpc/account/purchase-handler.js'
import { statementHandlers } from '../grpc/account/statement-handlers.js'
import { activityService } from '../grpc/activity/activity-service.js'
import { windowFor } from '../grpc/answered-stream.js'
import { authorizationService } from '../grpc/authorization/authorization-service.js'
import type { CallContext } from '../grpc/call-context.js'
import { cardRailService } from '../grpc/card-rail/card-rail-service.js'
import { categoryService } from '../grpc/category/category-service.js'
import type { ConnectionGuard } from '../grpc/connections/connection-guard.js'
import type { HealthStatus } from '../grpc/health/health-status.js'
import { authentication } from '../grpc/interceptors/authentication.js'
import { observation } from '../grpc/interceptors/observation.js'
import { wellFormed } from '../grpc/interceptors/well-formed.js'
import { merchantRuleService } from '../grpc/merchant-rule/merchant-rule-service.js'
import { PageGate } from '../grpc/pages/page-gate.js'
import { GrpcServer } from '../grpc/server.js'
import { STREAM_AGE_MS_MAX } from '../grpc/stream-lifetime.js'
import type { RejectionReason } from '../grpc/tokens/token-rejection.js'
import type { Tracing } from '../observability/tracing/tracing.js'
import { activityCounts } from './activity-counts.js'
import { buildVersion } from './build-version.js'
import {
  type CallRecords,
  idsOf,
  labelsOf,
  recordCall,
  recordDecision,
  recordFailure,
  recordLine,
} from './call-records.js'
import { type Core, systemClock } from './core.js'
import type { Credentials } from './credentials.js'

export type GrpcPortOptions = {
  readonly config: Config
  /** Absent when nothing is traced. */
  readonly tracing: Tracing | undefined
  readonly credentials: Credentials
  readonly core: Core
  readonly authorize: Authorize
  readonly records: CallRecords
  readonly guard: ConnectionGuard
  /** Whether the process can decide. */
  readonly health: HealthStatus
  /** Ends the open streams. */
  readonly draining: AbortSignal
}

/** Creates the gRPC port with all its services. */
export function createGrpcPort(options: GrpcPortOptions): GrpcServer {
  const { config, credentials, core, authorize, records, guard, health, draining } = options
  const { logger, metrics } = records
  const handlers = {
    clock: systemClock,
    durationMsMax: config.decisionTimeoutMs,
    admit: core.ensureBooks,
    pages: new PageGate(core.backgroundTurns, config.decisionTimeoutMs),
    onBug: (error: unknown, call: CallContext) =>
      logger.error({ err: error, ...idsOf(call) }, 'internal error'),
    onRejection: (reason: RejectionReason) => metrics.tokenRejected(reason),
  }
  const streams = { window: windowFor(config.queueMax), ageMsMax: STREAM_AGE_MS_MAX, draining }
  return new GrpcServer({
    host: config.host,
    port: config.grpcPort,
    credentials: credentials.server,
    guard,
    health,
    interceptors: createInterceptors(options),
    authorization: authorizationService({
      authorize,
      simulate: (...asked) => core.simulator.simulate(...asked),
      reverse: (...asked) => reverse(core.engine, ...asked),
      handlers,
      streams: {
        ...streams,
        onAnswer: (code, durationMs) => metrics.streamedPurchase(code, durationMs / 1000),
      },
      onDecision: (entry, replayed, asked) => recordDecision(entry, replayed, asked, records),
      onItemError: (code, call) => recordFailure(code, call, records),
    }),
    cardRail: cardRailService({
      cardRail: cardRail(core),
      reverse: (...asked) => reverse(core.engine, ...asked),
      handlers,
      streams,
      onDecision: (entry, replayed, asked) => recordDecision(entry, replayed, asked, records),
      onLine: (entry, replayed, asked) => recordLine(entry, replayed, asked, records),
      onLineError: (code, call) => recordFailure(code, call, records),
    }),
    account: {
      ...accountHandlers({
        engine: core.engine,
        accounts: core.accounts,
        list: core.accountList,
        catalog: core.catalog,
        handlers,
      }),
      ...creditHandlers({ engine: core.engine, catalog: core.catalog, handlers }),
      ...statementHandlers(core.statement, handlers),
      ...purchaseHandler(core.purchases, handlers),
    },
    activity: activityService({
      version: buildVersion(),
      limitsTimeZone: config.limitsTimeZone,
      startTime: new Date(performance.timeOrigin),
      serving: () => health.serving,
      counts: () => activityCounts(metrics),
      recent: () => records.recent.list(),
      handlers,
    }),
    category: categoryService({ store: core.categories, handlers }),
    merchantRule: merchantRuleService({
      store: core.merchantRules,
      catalog: core.catalog,
      handlers,
      turns: core.backgroundTurns,
    }),
  })
}

/** Creates the interceptors of every call, outermost first. */
function createInterceptors({ config, credentials, records, tracing, guard }: GrpcPortOptions) {
  const { metrics } = records
  return [
    observation({
      monotonicMs: systemClock.monotonicMs,
      onStart: (call) => metrics.callStarted(labelsOf(call)),
      onMessage: (call, direction) => metrics.streamMessage(labelsOf(call), direction),
      onEnd: (call) => recordCall(call, records),
      trace: tracing && ((call) => tracing.callStarted(call)),
    }),
    wellFormed,
    authentication({
      verifier: credentials.verifier,
      requireScope: config.jwtRequireScope,
      onRejection: (reason) => metrics.tokenRejected(reason),
      onAuthenticated: (peer) => guard.markAuthenticated(peer),
    }),
  ]
}
