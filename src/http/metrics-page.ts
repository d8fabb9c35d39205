import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'

const gzip = promisify(gzipCallback)

/** Time between the beginnings of two pages, in milliseconds. */
const PERIOD_MS = 1_000

/** Everything in the Prometheus text format. */
export type Exposition = { readonly contentType: string; readonly text: string }

/** One page, as it is and compressed. */
export type MetricsPage = Exposition & { readonly gzipped: Buffer }

/**
 * Makes the page of metrics at most once a second. Scrapers that ask meanwhile wait, and share the next one, so that a page is never older
 * than the question.
 */
export class MetricsPages {
  readonly #expose: () => Promise<Exposition>
  #next: Promise<MetricsPage> | undefined
  #madeAtMs = Number.NEGATIVE_INFINITY

  constructor(expose: () => Promise<Exposition>) {
    this.#expose = expose
  }

  /** The next page. */
  page(): Promise<MetricsPage> {
    this.#next ??= this.#make()
    return this.#next
  }

  async #make(): Promise<MetricsPage> {
    const waitMs = this.#madeAtMs + PERIOD_MS - performance.now()
    await delay(Math.max(0, waitMs), undefined, { ref: false })
    // This page has begun to count: a scraper that asks from now on gets the next one.
    this.#next = undefined
    this.#madeAtMs = performance.now()
    const { contentType, text } = await this.#expose()
    return { contentType, text, gzipped: await gzip(text) }
  }
}
