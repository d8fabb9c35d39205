import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'

const gzip = promisify(gzipCallback)

/** Shortest time between two pages, in milliseconds. */
const PERIOD_MS = 1_000

/** All metrics in the Prometheus text format. */
export type Exposition = { readonly contentType: string; readonly text: string }

/** One page, plain and compressed. */
export type MetricsPage = Exposition & { readonly gzipped: Buffer }

/**
 * Renders the metrics page at most once a second. Requests that arrive meanwhile wait for the next page and
 * share it, so no page is older than its request.
 */
export class MetricsPages {
  readonly #expose: () => Promise<Exposition>
  #next: Promise<MetricsPage> | undefined
  #madeAtMs = Number.NEGATIVE_INFINITY

  constructor(expose: () => Promise<Exposition>) {
    this.#expose = expose
  }

  /** Returns the next page. */
  page(): Promise<MetricsPage> {
    this.#next ??= this.#make()
    return this.#next
  }

  async #make(): Promise<MetricsPage> {
    const waitMs = this.#madeAtMs + PERIOD_MS - performance.now()
    await delay(Math.max(0, waitMs), undefined, { ref: false })
    // The values are read now: requests from here on get the next page.
    this.#next = undefined
    this.#madeAtMs = performance.now()
    const { contentType, text } = await this.#expose()
    return { contentType, text, gzipped: await gzip(text) }
  }
}
