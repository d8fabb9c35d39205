import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from '../eventually.js'
import { watchForLeaks } from '../leaks.js'

/** A span as it comes over the wire, with its attributes as one object. */
export type CollectedSpan = {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly traceState: string | undefined
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  /** Attributes of the process that sent it. */
  readonly resource: Readonly<Record<string, unknown>>
}

type Value = {
  readonly stringValue?: string
  readonly intValue?: number | string
  readonly boolValue?: boolean
}
type KeyValues = readonly { readonly key: string; readonly value: Value }[]
type WireSpan = Omit<CollectedSpan, 'attributes' | 'links' | 'resource'> & {
  readonly attributes?: KeyValues
  readonly links?: CollectedSpan['links']
}
type Export = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeyValues }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}

/** A collector that accepts OTLP over HTTP, or accepts it and never answers. */
export class TraceCollector {
  readonly #server: Server
  readonly #hangs: boolean
  readonly #bodies: Buffer[] = []
  readonly #paths: (string | undefined)[] = []

  private constructor(hangs: boolean) {
    this.#hangs = hangs
    this.#server = createServer((request, response) => void this.#take(request, response))
    watchForLeaks('the collector', () => Buffer.concat(this.#bodies).toString())
  }

  static async start({ hangs = false } = {}): Promise<TraceCollector> {
    const collector = new TraceCollector(hangs)
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve))
    return collector
  }

  /** The value for OTEL_EXPORTER_OTLP_ENDPOINT. */
  get endpoint(): string {
    // It listens on a port, not on a pipe.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The received bodies, unchanged. */
  get bodies(): readonly Buffer[] {
    return this.#bodies
  }

  /** The requested paths. */
  get paths(): readonly (string | undefined)[] {
    return this.#paths
  }

  /** The received bodies, as JSON. */
  get spans(): readonly CollectedSpan[] {
    return this.#bodies.flatMap((body) => spansOf(JSON.parse(body.toString())))
  }

  /** Waits for so many spans of one trace, ordered by start as far as the exporter keeps the order. */
  async untilTrace(traceId: string, count: number): Promise<readonly CollectedSpan[]> {
    return await eventually(`${count} spans of the trace have come`, () => {
      const found = this.spans.filter((span) => span.traceId === traceId)
      return found.length >= count && found
    })
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    this.#paths.push(request.url)
    this.#bodies.push(Buffer.concat(chunks))
    if (this.#hangs) return
    response.setHeader('content-type', request.headers['content-type'] ?? '')
    response.end(request.headers['content-type'] === 'application/json' ? '{}' : '')
  }
}

function spansOf({ resourceSpans }: Export): readonly CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: objectOf(span.attributes ?? []),
        links: span.links ?? [],
        resource: objectOf(resource.attributes),
      })),
    ),
  )
}

function objectOf(pairs: KeyValues): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.boolValue]),
  )
}
