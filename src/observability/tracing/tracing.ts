import type { AccountStore } from '../../application/account-store.js'
import type { Budget } from '../../application/budget.js'
import type { Executor } from '../../application/engine/engine.js'
import type { Ledger } from '../../application/ledger.js'
import type { Logger } from '../logging/logger.js'
import type { TracingSettings } from './settings.js'

/** Follows calls through the service, and tells a collector how long each part of them took. */
export interface Tracing {
  /** A call has arrived. */
  callStarted(call: StartedCall): CallTrace
  /** Around the port: a span for each round trip, if a call that is followed waits for it. */
  accounts(store: AccountStore): AccountStore
  /** Around the port, likewise. What is appended was waited for by nobody, but belongs to calls all the same. */
  ledger(ledger: Ledger): Ledger
  /** Around the engine: knows which requests are those of calls that are followed. */
  engine(engine: Executor): Executor
  /** Sends what waits to be sent, as far as that can be done in the given time, in milliseconds. */
  close(timeoutMs: number): Promise<void>
}

export type StartedCall = {
  /** For example "benefits.v1.AuthorizationService/Authorize". */
  readonly method: string
  readonly requestId: string
  /** All values of a header that came with it. */
  readonly header: (name: string) => readonly string[]
}

/** One call, or one purchase of a stream, while it is followed. */
export interface CallTrace {
  /** What log lines name it by. */
  readonly ids: TraceIds
  /** What the engine is asked with this budget is asked by this call. */
  follow(budget: Budget): void
  /** A purchase has come on this stream: it has a trace of its own, which links to that of the stream. */
  item(): CallTrace
  /** It has ended with this status code's name. */
  ended(code: string): void
}

/** The fields that OpenTelemetry gives to logs which are not its own. */
export type TraceIds = { readonly trace_id: string; readonly span_id: string }

const UNSTARTABLE =
  'OTEL_EXPORTER_OTLP_HEADERS or another variable of OpenTelemetry has a value that cannot be used'

/** Loads OpenTelemetry, if it is configured. Whatever is wrong with that is logged, and stops nothing. */
export async function openTracing(settings: TracingSettings, logger: Logger): Promise<Tracing | undefined> {
  for (const problem of settings.problems) logger.warn({ problem }, 'tracing is not configured right')
  if (!settings.on) return undefined
  try {
    // Loaded only here: whoever does not trace has neither the memory nor the time to spend on it.
    const { startSdk } = await import('./sdk.js')
    return startSdk(settings, logger)
  } catch (error) {
    // Only its name: grpc-js quotes the value of a header that it cannot send, and that may be a credential.
    const cause = error instanceof Error ? error.name : typeof error
    logger.error({ cause, problem: UNSTARTABLE }, 'tracing could not be started: nothing is traced')
    return undefined
  }
}
