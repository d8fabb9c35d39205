import { ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import { expect } from 'chai'
import { ExportWatch } from '../../../../src/observability/tracing/export.js'

const spans = (count: number) => Array.from({ length: count }, () => ({}) as ReadableSpan)

describe('the watch over the export of spans', () => {
  let nowMs: number
  let error: Error | undefined
  let lines: unknown[]
  let watch: ExportWatch

  beforeEach(() => {
    nowMs = 0
    error = undefined
    lines = []
    const exporter: SpanExporter = {
      export: (_, done) =>
        done(error ? { code: ExportResultCode.FAILED, error } : { code: ExportResultCode.SUCCESS }),
      shutdown: async () => {},
    }
    const write = (fields: object, event: string) => lines.push({ ...fields, event })
    watch = new ExportWatch(exporter, {
      logger: { info: write, warn: write } as never,
      monotonicMs: () => nowMs,
    })
  })

  it('logs nothing while spans are accepted, and passes on the result of the exporter', () => {
    const said: unknown[] = []
    watch.export(spans(1), (result) => said.push(result.code))
    error = new Error('away')
    watch.export(spans(1), (result) => said.push(result.error))
    expect(said).to.deep.equal([ExportResultCode.SUCCESS, error])
    expect(lines).to.have.length(1)
  })

  it('logs a loss at once, then once a minute with the total, and when it is over', () => {
    error = Object.assign(new Error('connect ECONNREFUSED, and a secret'), { code: 'ECONNREFUSED' })
    watch.export(spans(3), () => {})
    nowMs = 59_999
    watch.export(spans(4), () => {})
    nowMs = 60_000
    watch.export(spans(5), () => {})
    error = undefined
    watch.export(spans(6), () => {})
    watch.export(spans(6), () => {})
    expect(lines).to.deep.equal([
      { lost: 3, cause: 'ECONNREFUSED', event: 'spans could not be sent to the trace collector' },
      { lost: 9, cause: 'ECONNREFUSED', event: 'spans could not be sent to the trace collector' },
      { lost: 0, event: 'the trace collector accepts spans again' },
    ])
  })
})
