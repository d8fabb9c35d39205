import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { AccountStore } from '../../application/account-store.js'
import type { Budget } from '../../application/budget.js'
import type { Executor } from '../../application/engine/engine.js'
import type { Ledger } from '../../application/ledger.js'
import { FollowedEngine } from './engine.js'
import { FollowedRequests } from './requests.js'
import { RoundTrips } from './round-trips.js'
import { type StoreTracing, TracedAccountStore, TracedLedger } from './stores.js'
import type { CallTrace, StartedCall, TraceIds, Tracing } from './tracing.js'

export type OpenTelemetryTracingOptions = {
  readonly tracer: Tracer
  /** Sends the remaining spans. It never fails, and may take as long as the collector does. */
  readonly shutdown: () => Promise<void>
}

/**
 * Tracing by OpenTelemetry, with its conventions for RPC. Nothing depends on a current span: spans are passed
 * explicitly.
 */
export class OpenTelemetryTracing implements Tracing {
  readonly #options: OpenTelemetryTracingOptions
  readonly #stores: StoreTracing
  readonly #spans = new WeakMap<Budget, Span>()

  constructor(options: OpenTelemetryTracingOptions) {
    this.#options = options
    this.#stores = { requests: new FollowedRequests(), trips: new RoundTrips(options.tracer) }
  }

  callStarted({ method, requestId, header }: StartedCall): CallTrace {
    const parent = propagator.extract(ROOT_CONTEXT, header, headers)
    const attributes = { ...methodAttributes(method), 'benefits.request_id': requestId }
    const span = this.#options.tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent)
    return this.#follow(span, { method, aboveItems: isUnwanted(parent) ? parent : ROOT_CONTEXT })
  }

  accounts(store: AccountStore): AccountStore {
    return new TracedAccountStore(store, this.#stores)
  }

  ledger(ledger: Ledger): Ledger {
    return new TracedLedger(ledger, this.#stores)
  }

  engine(engine: Executor): Executor {
    return new FollowedEngine(engine, {
      requests: this.#stores.requests,
      spanOf: (budget) => this.#spans.get(budget),
    })
  }

  async close(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const timeIsOver = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([this.#options.shutdown(), timeIsOver])
    clearTimeout(timer)
  }

  #follow(span: Span, call: FollowedCall): CallTrace {
    const spans = this.#spans
    return {
      ids: idsOf(span),
      follow: (budget) => {
        if (span.isRecording()) spans.set(budget, span)
      },
      item: (what) => this.#itemOf(span, call, what),
      ended: (code) => end(span, code),
    }
  }

  /**
   * Starts the trace of a request on a stream, linked to the stream's span. It is not a child: a stream
   * lives for minutes, and a trace of thousands of requests can be neither sampled nor read.
   */
  #itemOf(stream: Span, call: FollowedCall, what: string): CallTrace {
    const { method, aboveItems } = call
    const options = {
      kind: SpanKind.INTERNAL,
      attributes: methodAttributes(method),
      links: [{ context: stream.spanContext() }],
    }
    return this.#follow(this.#options.tracer.startSpan(`${method} ${what}`, options, aboveItems), call)
  }
}

type FollowedCall = {
  readonly method: string
  /** The parent of the requests on a stream. */
  readonly aboveItems: Context
}

/** Whether the caller has decided against sampling. That then holds for the requests on its stream, too. */
function isUnwanted(parent: Context): boolean {
  const caller = trace.getSpanContext(parent)
  return caller !== undefined && (caller.traceFlags & TraceFlags.SAMPLED) === 0
}

const propagator = new W3CTraceContextPropagator()

/** Reads trace headers. The propagator takes the first `traceparent`, and joins several `tracestate`. */
const headers: TextMapGetter<StartedCall['header']> = {
  keys: () => [],
  get: (header, name) => [...header(name)],
}

function methodAttributes(method: string): Attributes {
  return { 'rpc.system.name': 'grpc', 'rpc.method': method }
}

/** Status codes that the conventions count as the server's fault. Any other is the caller's. */
const faults = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
])

function end(span: Span, code: string): void {
  span.setAttribute('rpc.status_code', code)
  if (code !== 'OK') span.setAttribute('error.type', code)
  if (faults.has(code)) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

function idsOf(span: Span): TraceIds {
  const { traceId, spanId } = span.spanContext()
  return { trace_id: traceId, span_id: spanId }
}
