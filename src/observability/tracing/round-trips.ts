import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'

export type RoundTrip<T> = {
  readonly name: string
  /** The spans of the calls that the trip serves. Without any, the trip has no span either. */
  readonly members: readonly Span[]
  readonly attributes: Attributes
  readonly work: () => Promise<T>
}

/**
 * Spans for round trips. One trip may serve many calls, and each of their traces shows it.
 *
 * - The first call gets the span of the trip itself, with links to the spans of the other calls. A lone call
 *   thus has a plain child.
 * - Each other call gets a span of its own for the same time, with a link to the trip.
 */
export class RoundTrips {
  readonly #tracer: Tracer

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  /** Does the work within its spans. Fails as the work fails. */
  follow<T>(trip: RoundTrip<T>): Promise<T> {
    const [first, ...others] = trip.members
    return first ? within(this.#start(trip, first, others), trip.work) : trip.work()
  }

  #start({ name, attributes }: RoundTrip<unknown>, first: Span, others: readonly Span[]): readonly Span[] {
    const links = others.map((other) => ({ context: other.spanContext() }))
    const trip = this.#tracer.startSpan(name, { attributes, links }, below(first))
    const toTrip = [{ context: trip.spanContext() }]
    const shown = others.map((other) =>
      this.#tracer.startSpan(name, { attributes, links: toTrip }, below(other)),
    )
    return [trip, ...shown]
  }
}

async function within<T>(spans: readonly Span[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    for (const span of spans) fail(span, error)
    throw error
  } finally {
    for (const span of spans) span.end()
  }
}

/** Builds a context whose spans are children of this one. */
function below(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span)
}

/**
 * Marks the span as failed, with only the error's name. Its message may be the driver's, which never leaves
 * the process.
 */
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
}
