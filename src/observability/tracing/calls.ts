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
  /** Sends what waits to be sent. May take as long as the collector does, and fail with it. */
  readonly shutdown: () => Promise<void>
}

/** Spans of OpenTelemetry for calls, by its conventions for RPC. Nothing here depends on a current span: everything is handed on. */
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
    // What it fails with was logged when it was exported.
    await Promise.race([this.#options.shutdown().catch(() => {}), timeIsOver])
    clearTimeout(timer)
  }

  #follow(span: Span, call: FollowedCall): CallTrace {
    const spans = this.#spans
    return {
      ids: idsOf(span),
      follow: (budget) => {
        if (span.isRecording()) spans.set(budget, span)
      },
      item: () => this.#itemOf(span, call),
      ended: (code) => end(span, code),
    }
  }

  /** Not a child: a stream lives for minutes, and a trace of thousands of purchases can neither be sampled nor read. */
  #itemOf(stream: Span, call: FollowedCall): CallTrace {
    const { method, aboveItems } = call
    const options = {
      kind: SpanKind.INTERNAL,
      attributes: methodAttributes(method),
      links: [{ context: stream.spanContext() }],
    }
    return this.#follow(this.#options.tracer.startSpan(`${method} purchase`, options, aboveItems), call)
  }
}

type FollowedCall = {
  readonly method: string
  /** Where the purchases of a stream belong. */
  readonly aboveItems: Context
}

/** Whether the caller has said that it does not want to be followed: then that goes for the purchases of its stream, too. */
function isUnwanted(parent: Context): boolean {
  const caller = trace.getSpanContext(parent)
  return caller !== undefined && (caller.traceFlags & TraceFlags.SAMPLED) === 0
}

const propagator = new W3CTraceContextPropagator()

/** A header that comes twice is no one's word: it counts as none. Of `tracestate` there may be several, which are one list. */
const headers: TextMapGetter<StartedCall['header']> = {
  keys: () => [],
  get: (header, name) => {
    const values = header(name)
    if (name === 'tracestate') return values.length === 0 ? undefined : values.join(',')
    return values.length === 1 ? values[0] : undefined
  },
}

function methodAttributes(method: string): Attributes {
  return { 'rpc.system.name': 'grpc', 'rpc.method': method }
}

/** Status codes that are the server's fault, by the conventions. Any other is the caller's business. */
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
