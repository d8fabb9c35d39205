import { ServerCredentials, type ServiceDefinition, status } from '@grpc/grpc-js'
import type { CommandFailedEvent, CommandSucceededEvent, MongoClient } from 'mongodb'
import type { Authorize } from '../../src/application/authorize.js'
import type { Config } from '../../src/config.js'
import { codesOf } from '../../src/domain/reason.js'
import { type AccountServiceServer, AccountServiceService } from '../../src/gen/benefits/v1/account.js'
import { type ActivityServiceServer, ActivityServiceService } from '../../src/gen/benefits/v1/activity.js'
import { type CategoryServiceServer, CategoryServiceService } from '../../src/gen/benefits/v1/category.js'
import {
  type MerchantRuleServiceServer,
  MerchantRuleServiceService,
} from '../../src/gen/benefits/v1/merchant_rule.js'
import { authorizationService } from '../../src/grpc/authorization/authorization-service.js'
import { windowFor } from '../../src/grpc/authorization/authorize-stream.js'
import type { CallContext } from '../../src/grpc/call-context.js'
import { ConnectionGuard } from '../../src/grpc/connections/connection-guard.js'
import { unaryHandler } from '../../src/grpc/handlers.js'
import type { HealthStatus } from '../../src/grpc/health/health-status.js'
import { authentication } from '../../src/grpc/interceptors/authentication.js'
import { type ObservedCall, observation } from '../../src/grpc/interceptors/observation.js'
import { wellFormed } from '../../src/grpc/interceptors/well-formed.js'
import { PageGate } from '../../src/grpc/pages/page-gate.js'
import { GrpcServer } from '../../src/grpc/server.js'
import { STREAM_AGE_MS_MAX } from '../../src/grpc/stream-lifetime.js'
import { TokenVerifier } from '../../src/grpc/tokens/token-verifier.js'
import { secretKeys } from '../../src/keys/token-key.js'
import { DecisionLog } from '../../src/observability/logging/decision-log.js'
import type { Logger } from '../../src/observability/logging/logger.js'
import type { CallLabels } from '../../src/observability/metrics/call-metrics.js'
import { createMetrics, type Metrics } from '../../src/observability/metrics/metrics.js'
import { systemClock } from '../../src/service/core.js'
import { metricLabels } from '../../src/service/metric-labels.js'

export type FrontOptions = {
  readonly config: Config
  readonly jwtSecret: string
  readonly logger: Logger
  readonly client: MongoClient
  readonly authorize: Authorize
  readonly health: HealthStatus
}

/**
 * The service's own gRPC port before another way to authorize: the same server, interceptors, handlers, metrics and log, so that
 * only what is behind it differs. Everything but Authorize is a bug to call.
 */
export function createFront({
  config,
  jwtSecret,
  logger,
  client,
  authorize,
  health,
}: FrontOptions): GrpcServer {
  const metrics = createMetrics({ labels: metricLabels, version: 'rival' })
  measureCommands(client, metrics)
  const decisions = new DecisionLog({ logger, approvalsMax: config.logApprovalsPerSecond })
  const handlers = {
    clock: systemClock,
    durationMsMax: config.decisionTimeoutMs,
    pages: new PageGate(),
    onBug: (error: unknown, { requestId }: CallContext) =>
      logger.error({ err: error, requestId }, 'internal error'),
  }
  const verifier = new TokenVerifier({
    keys: secretKeys([jwtSecret], config.jwtAlgorithms),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
    nowMs: Date.now,
  })
  const guard = new ConnectionGuard({
    connectionsMax: config.grpcConnectionsMax,
    monotonicMs: systemClock.monotonicMs,
    onClosing: (closing) => metrics.connectionClosed(closing),
  })
  return new GrpcServer({
    host: config.host,
    port: config.grpcPort,
    credentials: ServerCredentials.createInsecure(),
    guard,
    health,
    interceptors: [
      observation({
        monotonicMs: systemClock.monotonicMs,
        onStart: (call) => metrics.callStarted(labelsOf(call)),
        onMessage: (call, direction) => metrics.streamMessage(labelsOf(call), direction),
        onEnd: ({ code, durationMs, context, ...call }) => {
          const name = status[code] ?? 'UNKNOWN'
          metrics.callHandled(labelsOf(call), name, durationMs / 1000)
          const { requestId, principal, rejection: reason } = context
          const subject = principal?.subject
          const fields = { method: call.path, code: name, reason, durationMs, requestId, subject }
          logger[code === status.OK ? 'debug' : 'info'](fields, 'call')
        },
      }),
      wellFormed,
      authentication({
        verifier,
        requireScope: config.jwtRequireScope,
        onRejection: (reason) => metrics.tokenRejected(reason),
        onAuthenticated: (peer) => guard.markAuthenticated(peer),
      }),
    ],
    authorization: authorizationService({
      authorize,
      simulate: notServed,
      reverse: notServed,
      handlers,
      streams: {
        window: windowFor(config.queueMax),
        ageMsMax: STREAM_AGE_MS_MAX,
        draining: new AbortController().signal,
      },
      onDecision: ({ kind, reason, movement }, replayed, { call, durationMs }) => {
        const { code } = codesOf(reason)
        const category = movement?.wallet
        const centavos = Math.abs(Number(movement?.delta ?? 0n))
        metrics.decision({ kind, code, reason, category: category ?? '', replayed }, centavos)
        const { requestId, principal } = call
        decisions.decided({ kind, code, reason, category, replayed, durationMs }, () => ({
          requestId,
          subject: principal?.subject,
        }))
      },
      onItemError: (code, { requestId }) =>
        logger.info({ code: status[code], requestId }, 'a purchase of a stream failed'),
    }),
    account: withoutMethods<AccountServiceServer>(AccountServiceService, handlers),
    activity: withoutMethods<ActivityServiceServer>(ActivityServiceService, handlers),
    category: withoutMethods<CategoryServiceServer>(CategoryServiceService, handlers),
    merchantRule: withoutMethods<MerchantRuleServiceServer>(MerchantRuleServiceService, handlers),
  })
}

async function notServed(): Promise<never> {
  throw new Error('the benchmark has Authorize only')
}

function withoutMethods<Service>(
  service: ServiceDefinition,
  handlers: Parameters<typeof unaryHandler>[0],
): Service {
  const methods = Object.keys(service).map((name) => [name, unaryHandler(handlers, notServed)])
  // Every method of the service is there, by its name; that they all reject is the point.
  return Object.fromEntries(methods) as Service
}

function labelsOf({ path, type }: ObservedCall): CallLabels {
  const [, service = '', method = ''] = path.split('/')
  return { service, method, type }
}

function measureCommands(client: MongoClient, metrics: Metrics): void {
  client.on('commandSucceeded', ({ commandName, duration }: CommandSucceededEvent) =>
    metrics.mongoCommand(commandName, 'ok', duration / 1000),
  )
  client.on('commandFailed', ({ commandName, duration }: CommandFailedEvent) =>
    metrics.mongoCommand(commandName, 'error', duration / 1000),
  )
}
