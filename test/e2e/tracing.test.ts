import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { purchase, TestClient } from '../support/clients/client.js'
import { HealthClient } from '../support/clients/health-client.js'
import { PurchaseStream } from '../support/clients/purchase-stream.js'
import { fundedAccount } from '../support/database/accounts.js'
import { eventually } from '../support/eventually.js'
import { serviceEnvironment, useService } from '../support/processes/service-fixture.js'
import { useServices } from '../support/processes/service-process.js'
import { type CollectedSpan, TraceCollector } from '../support/traces/trace-collector.js'

const AUTHORIZE = 'benefits.v1.AuthorizationService/Authorize'

/** A caller's own span, in the form of the header. */
function callersSpan() {
  const traceId = randomBytes(16).toString('hex')
  const spanId = randomBytes(8).toString('hex')
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'switch=7' } }
}

function named(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const found = spans.find((span) => span.name === name)
  if (!found) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(', ')}`)
  return found
}

describe('a service with tracing', () => {
  let collector: TraceCollector
  const env: Record<string, string> = {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    LOG_LEVEL: 'debug',
  }
  before(async () => {
    collector = await TraceCollector.start()
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.endpoint
  })
  const fixture = useService(env)
  after(() => collector.stop())

  /** Sends a purchase as part of a caller's trace, and waits for its spans. */
  async function tracedPurchase(over: Parameters<typeof purchase>[0], count: number) {
    const caller = callersSpan()
    const outcome = await fixture().client.authorize(purchase(over), { headers: caller.headers })
    return { caller, outcome, spans: await collector.untilTrace(caller.traceId, count) }
  }

  it('shows a purchase below its caller’s span, with what was read and committed', async () => {
    const account_id = await fundedAccount(fixture().core, { CASH: 5_000n })
    const { caller, spans } = await tracedPurchase({ account_id }, 3)
    const server = named(spans, AUTHORIZE)
    expect(server).to.include({
      traceId: caller.traceId,
      parentSpanId: caller.spanId,
      traceState: 'switch=7',
    })
    for (const name of ['engine.read', 'engine.commit']) {
      expect(named(spans, name).parentSpanId, name).to.equal(server.spanId)
    }
  })

  it('records the decision by the conventions, without account or purchase', async () => {
    const account_id = await fundedAccount(fixture().core, { CASH: 5_000n })
    const { spans } = await tracedPurchase({ account_id, transaction_id: 'bought-once' }, 3)
    const { 'benefits.request_id': requestId, ...attributes } = named(spans, AUTHORIZE).attributes
    expect(attributes).to.deep.equal({
      'rpc.system.name': 'grpc',
      'rpc.method': AUTHORIZE,
      'rpc.status_code': 'OK',
      'benefits.verdict': 'RECORD',
      'benefits.kind': 'AUTHORIZATION',
      'benefits.code': '00',
      'benefits.reason': 'APPROVED',
      'benefits.category': 'CASH',
    })
    expect(requestId).to.match(/^[0-9a-f-]{36}$/)
    const all = JSON.stringify(spans)
    for (const secret of [account_id, 'bought-once', 'PADARIA']) expect(all).not.to.include(secret)
  })

  it('identifies itself in each span', async () => {
    const { spans } = await tracedPurchase({}, 2)
    expect(spans[0]?.resource).to.include({
      'service.name': 'benefits-authorizer',
      'deployment.environment.name': 'test',
    })
  })

  it('logs trace and span ids with the decision and the call', async () => {
    const { caller, spans } = await tracedPurchase({}, 2)
    const ids = { trace_id: caller.traceId, span_id: named(spans, AUTHORIZE).spanId }
    const { service } = fixture()
    await service.untilEvent('call', { trace_id: caller.traceId })
    const lines = service.events.filter(({ trace_id }) => trace_id === caller.traceId)
    expect(lines.map(({ event, trace_id, span_id }) => ({ event, trace_id, span_id }))).to.deep.equal([
      { event: 'decision', ...ids },
      { event: 'call', ...ids },
    ])
  })

  it('shows rejected calls, too', async () => {
    const malformed = await tracedPurchase({ amount: 0 }, 1)
    expect(malformed.spans[0]?.attributes).to.include({ 'rpc.status_code': 'INVALID_ARGUMENT' })

    const caller = callersSpan()
    await fixture().client.fail(purchase({}), { headers: caller.headers, authorization: 'Bearer x' })
    const [unknown] = await collector.untilTrace(caller.traceId, 1)
    expect(unknown?.attributes).to.include({ 'rpc.status_code': 'UNAUTHENTICATED' })
    await fixture().service.untilEvent('token rejected', { trace_id: caller.traceId })
  })

  it('decides as usual when the traceparent is malformed', async () => {
    const headers = { traceparent: '00-nonsense-01', tracestate: ',=,' }
    const { response } = await fixture().client.authorize(purchase({}), { headers, requestId: 'odd-trace' })
    expect(response?.reason).to.equal('REASON_ACCOUNT_NOT_FOUND')
    const span = await eventually('its span has come', () =>
      collector.spans.find(({ attributes }) => attributes['benefits.request_id'] === 'odd-trace'),
    )
    expect(span.parentSpanId ?? '').to.equal('')
  })

  it("records no span when the caller's trace is not sampled", async () => {
    const silent = callersSpan()
    const traceparent = `00-${silent.traceId}-${silent.spanId}-00`
    await fixture().client.decide(purchase({}), { headers: { traceparent } })
    // Messages arrive in order: once the next one is there, this one would be.
    await tracedPurchase({}, 2)
    expect(collector.spans.filter(({ traceId }) => traceId === silent.traceId)).to.deep.equal([])
  })

  it('records no span for probes', async () => {
    const health = new HealthClient(fixture().service.grpcAddress)
    await health.check('')
    health.close()
    await tracedPurchase({}, 2)
    expect(collector.spans.filter(({ name }) => name.startsWith('grpc.'))).to.deep.equal([])
  })

  it('gives each purchase of a stream its own trace, linked to that of the stream', async () => {
    const caller = callersSpan()
    const account_id = await fundedAccount(fixture().core, { CASH: 5_000n })
    const stream = new PurchaseStream(fixture().service.grpcAddress, { headers: caller.headers })
    stream.send(purchase({ account_id }), purchase({ account_id, amount: 0 }))
    await stream.untilAnswered(2)
    stream.halfClose()
    await stream.ended

    const [whole] = await collector.untilTrace(caller.traceId, 1)
    const items = await eventually('both have come', () => {
      const found = collector.spans.filter(({ links }) =>
        links.some(({ spanId }) => spanId === whole?.spanId),
      )
      return found.length === 2 && found
    })
    expect(items.map(({ attributes }) => attributes['rpc.status_code'])).to.have.members([
      'OK',
      'INVALID_ARGUMENT',
    ])
    const decided = items.find(({ attributes }) => attributes['benefits.code'] === '00')
    const below = await collector.untilTrace(String(decided?.traceId), 3)
    expect(named(below, 'engine.commit').parentSpanId).to.equal(decided?.spanId)
    const failed = await fixture().service.untilEvent('a request of a stream failed')
    expect(failed).to.include({ code: 'INVALID_ARGUMENT', subject: 'switch' }).and.have.property('trace_id')
  })
})

describe('two services with tracing', () => {
  const start = useServices()

  it('send their remaining spans when they are stopped', async () => {
    const collector = await TraceCollector.start()
    const env = {
      ...(await serviceEnvironment()),
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.endpoint}/v1/traces`,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '600000',
      OTEL_SERVICE_NAME: 'twins',
    }
    const services = await Promise.all([start(env), start(env)])
    for (const service of services) {
      await service.untilEvent('serving')
      const client = new TestClient(service.grpcAddress)
      await client.decide(purchase({}))
      client.close()
    }
    expect(collector.bodies).to.have.length(0)
    await Promise.all(services.map((service) => service.stop()))
    await collector.stop()

    const calls = collector.spans.filter(({ name }) => name === AUTHORIZE)
    expect(new Set(calls.map(({ resource }) => resource['service.instance.id']))).to.have.property('size', 2)
    expect(new Set(calls.map(({ resource }) => resource['service.name']))).to.deep.equal(new Set(['twins']))
  })
})

describe('a service whose collector', () => {
  const start = useServices()
  /** Without our own limit, the service would take as long to stop. */
  const longTimeouts = { OTEL_EXPORTER_OTLP_TIMEOUT: '600000', OTEL_BSP_EXPORT_TIMEOUT: '600000' }

  it('hangs decides as usual, in bounded memory, and exits', async () => {
    const collector = await TraceCollector.start({ hangs: true })
    const service = await start({
      ...(await serviceEnvironment()),
      ...longTimeouts,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '1',
      OTEL_BSP_MAX_QUEUE_SIZE: '2',
    })
    await service.untilEvent('serving')
    const client = new TestClient(service.grpcAddress)
    await client.decide(purchase({}))
    await eventually('the collector has something and does not answer', () => collector.bodies.length > 0)
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.decide(purchase({}))))
    expect(answers.map(({ reason }) => reason)).to.deep.equal(answers.map(() => 'REASON_ACCOUNT_NOT_FOUND'))
    client.close()
    await service.stop()
    await collector.stop()
    // A batch in flight, and the waiting spans, each as long as the queue at most.
    expect(collector.spans.length).to.be.within(1, 4)
  })

  it('is unavailable, with every possible invalid value, names each, decides as usual, and exits', async () => {
    const service = await start({
      ...(await serviceEnvironment()),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'smoke signals',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=the-key-of-the-collector',
      OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '300',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'zip',
      OTEL_BSP_MAX_QUEUE_SIZE: 'many',
      OTEL_BSP_SCHEDULE_DELAY: '5',
      OTEL_TRACES_SAMPLER: 'sometimes',
      OTEL_SPAN_LINK_COUNT_LIMIT: 'few',
    })
    await service.untilEvent('serving')
    const complaints = service.events.map(({ problem }) => String(problem ?? '')).join('\n')
    for (const name of [
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'OTEL_EXPORTER_OTLP_TIMEOUT',
      'OTEL_EXPORTER_OTLP_COMPRESSION',
      'OTEL_BSP_MAX_QUEUE_SIZE',
      'OTEL_TRACES_SAMPLER',
      'OTEL_SPAN_LINK_COUNT_LIMIT',
    ]) {
      expect(complaints).to.include(name)
    }
    const client = new TestClient(service.grpcAddress)
    await client.decide(purchase({}))
    expect(await service.untilEvent('spans could not be sent to the trace collector')).to.have.property(
      'cause',
    )
    client.close()
    await service.stop()
  })
})
