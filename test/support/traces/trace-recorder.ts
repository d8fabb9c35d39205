import { SpanStatusCode } from '@opentelemetry/api'
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { OpenTelemetryTracing } from '../../../src/observability/tracing/calls.js'
import type { CallTrace } from '../../../src/observability/tracing/tracing.js'

/** Tracing by the real SDK, which keeps its spans in memory. */
export class TraceRecorder {
  readonly #exporter = new InMemorySpanExporter()
  readonly tracing: OpenTelemetryTracing

  constructor() {
    const provider = new BasicTracerProvider({
      sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
      spanProcessors: [new SimpleSpanProcessor(this.#exporter)],
    })
    this.tracing = new OpenTelemetryTracing({
      tracer: provider.getTracer('test'),
      shutdown: () => provider.shutdown(),
    })
  }

  /** Finished spans, in the order of their ends. */
  get ended(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans()
  }

  /** Finished spans with one name. */
  named(name: string): readonly ReadableSpan[] {
    return this.ended.filter((span) => span.name === name)
  }

  /** Begins a call with these headers. */
  call(headers: Readonly<Record<string, readonly string[]>> = {}): CallTrace {
    return this.tracing.callStarted({
      method: 'test.Service/Call',
      requestId: 'r-1',
      header: (name) => headers[name] ?? [],
    })
  }
}

/** The parent of a span and its links, as span ids. */
export function relations(span: ReadableSpan) {
  return {
    parent: span.parentSpanContext?.spanId,
    links: span.links.map(({ context }) => context.spanId),
  }
}

export function isFailed({ status }: ReadableSpan): boolean {
  return status.code === SpanStatusCode.ERROR
}
