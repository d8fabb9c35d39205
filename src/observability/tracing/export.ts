import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { Logger } from '../logging/logger.js'

/** Time in which lost spans are logged once, in milliseconds. */
const QUIET_MS = 60_000

export type ExportWatchOptions = { readonly logger: Logger; readonly monotonicMs: () => number }

/**
 * An exporter that logs spans lost to an unavailable collector: at once, then once a minute, and when the
 * collector recovers.
 */
export class ExportWatch implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #options: ExportWatchOptions
  #lost = 0
  #loggedMs: number | undefined

  constructor(exporter: SpanExporter, options: ExportWatchOptions) {
    this.#exporter = exporter
    this.#options = options
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.#taken()
      else this.#rejected(spans.length, result.error)
      done(result)
    })
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.()
  }

  async shutdown(): Promise<void> {
    await this.#exporter.shutdown()
  }

  #taken(): void {
    if (this.#loggedMs === undefined) return
    this.#options.logger.info({ lost: this.#lost }, 'the trace collector accepts spans again')
    this.#loggedMs = undefined
    this.#lost = 0
  }

  #rejected(spans: number, error: unknown): void {
    this.#lost += spans
    const nowMs = this.#options.monotonicMs()
    if (this.#loggedMs !== undefined && nowMs - this.#loggedMs < QUIET_MS) return
    this.#loggedMs = nowMs
    this.#options.logger.warn(
      { lost: this.#lost, cause: causeOf(error) },
      'spans could not be sent to the trace collector',
    )
    this.#lost = 0
  }
}

/** Names the cause in a word or a number. The whole error would include the collector's answer. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && error.code !== undefined ? String(error.code) : error.name
}
