import { Server, ServerCredentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import { createLogger } from '../../src/observability/logging/logger.js'
import { openTracing } from '../../src/observability/tracing/open-tracing.js'
import { readTracingSettings } from '../../src/observability/tracing/settings.js'
import { TraceCollector } from '../support/traces/trace-collector.js'

const logger = createLogger({ level: 'silent', format: 'json' })

/** Sends one span as these variables say, and returns the id of its trace as it goes over the wire. */
async function sendOneSpan(env: Readonly<Record<string, string>>): Promise<Buffer> {
  Object.assign(process.env, env)
  try {
    const tracing = await openTracing(
      readTracingSettings((name) => process.env[name]),
      logger,
    )
    const call = tracing?.callStarted({ method: 'test.Service/Call', requestId: 'r', header: () => [] })
    call?.ended('OK')
    await tracing?.close(5_000)
    return Buffer.from(call?.ids.trace_id ?? '', 'hex')
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
  }
}

describe('the collector', () => {
  it('receives protobuf over HTTP by default', async () => {
    const collector = await TraceCollector.start()
    const traceId = await sendOneSpan({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint })
    await collector.stop()
    expect(collector.paths).to.deep.equal(['/v1/traces'])
    expect(collector.bodies[0]?.includes(traceId)).to.equal(true)
  })

  it('receives no gRPC with an invalid header, whose value is not logged', async () => {
    const lines: unknown[] = []
    const write = (fields: object, event: string) => lines.push({ ...fields, event })
    Object.assign(process.env, { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=%0Athe-key' })
    try {
      const env: Readonly<Record<string, string>> = {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      }
      const settings = readTracingSettings((name) => env[name])
      expect(await openTracing(settings, { warn: write, error: write, info: write } as never)).to.equal(
        undefined,
      )
    } finally {
      delete process.env['OTEL_EXPORTER_OTLP_HEADERS']
    }
    expect(lines).to.deep.equal([
      {
        cause: 'Error',
        problem: 'OTEL_EXPORTER_OTLP_HEADERS or another variable of OpenTelemetry has an invalid value',
        event: 'tracing could not start and is off',
      },
    ])
  })

  it('receives gRPC', async () => {
    const taken: Buffer[] = []
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
    const bytes = (body: Buffer) => body
    const method = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    }
    const server = new Server()
    server.addService(
      { export: method },
      {
        export: (call: { readonly request: Buffer }, done: (error: null, response: Buffer) => void) => {
          taken.push(call.request)
          done(null, Buffer.alloc(0))
        },
      },
    )
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error)
        else resolve(bound)
      })
    })
    const traceId = await sendOneSpan({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    })
    server.forceShutdown()
    expect(taken.map((body) => body.includes(traceId))).to.deep.equal([true])
  })
})
