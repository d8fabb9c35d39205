import { type Attributes, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { below } from './context.js'

export type RoundTrip<T> = {
  readonly name: string
  /** The spans of the calls that the trip serves: one or more. */
  readonly members: readonly [Span, ...Span[]]
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
  async follow<T>({ name, members, attributes, work }: RoundTrip<T>): Promise<T> {
    const spans = this.#start(name, members, { ...attributes, 'benefits.followed': members.length })
    try {
      return await work()
    } catch (error) {
      for (const span of spans) fail(span, error)
      throw error
    } finally {
      for (const span of spans) span.end()
    }
  }

  #start(
    name: string,
    [first, ...others]: RoundTrip<unknown>['members'],
    attributes: Attributes,
  ): readonly Span[] {
    const links = others.map((other) => ({ context: other.spanContext() }))
    const trip = this.#tracer.startSpan(name, { attributes, links }, below(first))
    const toTrip = [{ context: trip.spanContext() }]
    const shown = others.map((other) =>
      this.#tracer.startSpan(name, { attributes, links: toTrip }, below(other)),
    )
    return [trip, ...shown]
  }
}

/**
 * Marks the span as failed, with only the error's name. Its message may be the driver's, which never leaves
 * the process.
 */
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
}
