import type { AccountStore } from '../../application/account-store.js'
import type { Budget } from '../../application/budget.js'
import type { Executor } from '../../application/engine/engine.js'
import type { Ledger } from '../../application/ledger.js'

/** Tracing of calls through the service: a collector learns how long each part of them took. */
export interface Tracing {
  /** Starts the trace of a call that has arrived. */
  callStarted(call: StartedCall): CallTrace
  /** Wraps the port: a span for each round trip that a followed call waits for. */
  accounts(store: AccountStore): AccountStore
  /** Wraps the port likewise. */
  ledger(ledger: Ledger): Ledger
  /** Wraps the engine, so that the requests of followed calls are known. */
  engine(engine: Executor): Executor
  /** Sends the remaining spans, as far as the given time allows, in milliseconds. */
  close(timeoutMs: number): Promise<void>
}

export type StartedCall = {
  /** For example "benefits.v1.AuthorizationService/Authorize". */
  readonly method: string
  readonly requestId: string
  /** Returns all values of a request header. */
  readonly header: (name: string) => readonly string[]
}

/** The trace of one call, or of one purchase on a stream. */
export interface CallTrace {
  /** The ids that log lines show. */
  readonly ids: TraceIds
  /** Attributes the engine's work under this budget to this call. */
  follow(budget: Budget): void
  /** Starts the trace of a purchase on this stream. It is a trace of its own, linked to the stream's. */
  item(what: string): CallTrace
  /** Ends the trace with this status code. */
  ended(code: string): void
}

/** OpenTelemetry's field names for trace ids in other programs' logs. */
export type TraceIds = { readonly trace_id: string; readonly span_id: string }
