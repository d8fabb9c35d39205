import { status } from '@grpc/grpc-js'
import { type AnsweredEntry, answerOf, committedBy, spentBy } from '../domain/entry.js'
import type { AskedDecision } from '../grpc/authorization/authorization-service.js'
import type { CallContext } from '../grpc/call-context.js'
import type { EndedCall, ObservedCall } from '../grpc/interceptors/observation.js'
import type { Caller, CallIds } from '../observability/logging/call-fields.js'
import type { DecisionLog } from '../observability/logging/decision-log.js'
import type { LogSampler } from '../observability/logging/log-sampler.js'
import { type Logger, roundMs } from '../observability/logging/logger.js'
import type { CallLabels } from '../observability/metrics/call-metrics.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import type { RecentDecisions } from './recent-decisions.js'

/** The logs and metrics of calls and decisions. */
export type CallRecords = {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly decisions: DecisionLog
  readonly overload: LogSampler
  readonly recent: RecentDecisions
  /** Limits the lines about failed calls. */
  readonly failures: LogSampler
}

export function recordCall(call: EndedCall, { logger, metrics, overload, failures }: CallRecords): void {
  const code = status[call.code] ?? 'UNKNOWN'
  metrics.callHandled(labelsOf(call), code, call.durationMs / 1000)
  call.context.trace?.ended(code)
  const rejected = call.code === status.RESOURCE_EXHAUSTED
  if (rejected) overload.count()
  const level = call.code === status.OK || rejected ? 'debug' : failures.count()
  if (!logger.isLevelEnabled(level)) return
  const { rejection: reason } = call.context
  logger[level](
    {
      method: call.path,
      code,
      ...(reason && { reason }),
      durationMs: roundMs(call.durationMs),
      ...callerOf(call.context),
    },
    reason ? 'token rejected' : 'call',
  )
}

/** Logs a failed request of a stream, as a unary call would be logged. */
export function recordFailure(failed: status, call: CallContext, records: CallRecords): void {
  const { logger, overload, failures } = records
  const rejected = failed === status.RESOURCE_EXHAUSTED
  if (rejected) overload.count()
  const level = rejected ? 'debug' : failures.count()
  if (!logger.isLevelEnabled(level)) return
  const code = status[failed] ?? 'UNKNOWN'
  logger[level]({ code, ...callerOf(call) }, 'a request of a stream failed')
}

/** Records a decision on a call. */
export function recordDecision(
  entry: AnsweredEntry,
  replayed: boolean,
  asked: AskedDecision,
  records: CallRecords,
): void {
  if (!replayed) records.recent.add(entry)
  recordLine(entry, replayed, asked, records)
}

/** Records a decision on a line of a file. A file would push all other decisions off the recent ones. */
export function recordLine(
  entry: AnsweredEntry,
  replayed: boolean,
  { call, durationMs }: AskedDecision,
  { metrics, decisions }: CallRecords,
): void {
  const { kind, reason, movement } = entry
  const { code } = answerOf(entry)
  const category = movement?.wallet
  const centavos = movedBy(entry)
  metrics.decision({ kind, code, reason, category: category ?? '', replayed }, centavos)
  decisions.decided({ kind, code, reason, category, replayed, durationMs }, () => callerOf(call))
}

/**
 * Returns the amount that an entry held, spent or gave back, in centavos. The only conversion of an amount to
 * a number: metrics are numbers, exact up to 90 trillion reais, and decide nothing.
 */
function movedBy({ kind, movement }: AnsweredEntry): number {
  if (!movement) return 0
  return Math.abs(Number(kind === 'CAPTURE' ? spentBy(movement) : committedBy(movement)))
}

/** Picks the fields of every line about a call: its ids and the subject of its token. */
function callerOf(call: CallContext): Caller {
  return { ...idsOf(call), subject: call.principal?.subject }
}

export function idsOf({ requestId, trace }: CallContext): CallIds {
  return { requestId, ...trace?.ids }
}

export function labelsOf({ path, type }: ObservedCall): CallLabels {
  const [, service = '', method = ''] = path.split('/')
  return { service, method, type }
}
