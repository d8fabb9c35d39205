import { type Attributes, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { below } from './context.js'

export type RoundTrip<T> = {
  readonly name: string
  /** The spans of the calls that it is made for: one or more. */
  readonly members: readonly [Span, ...Span[]]
  readonly attributes: Attributes
  readonly work: () => Promise<T>
}

/**
 * Spans for round trips. One trip serves many calls, and each of them is to show it: the first has the span of the trip itself, with links
 * to the spans of the others; each other has one of its own at the same time, with a link to that. So a lone call has a plain child.
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

/** Only the name of the error: its message may be the driver's, which never leaves the process. */
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
}
