import { expect } from 'chai'
import { readTracingSettings } from '../../../../src/observability/tracing/settings.js'

const settings = (env: Readonly<Record<string, string>>) => readTracingSettings((name) => env[name])
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

describe('tracing settings', () => {
  for (const [what, env, on] of [
    ['nothing is set', {}, false],
    ['an endpoint is', ENDPOINT, true],
    ['an endpoint for traces is', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://c/v1/traces' }, true],
    ['an exporter is', { OTEL_TRACES_EXPORTER: 'otlp' }, true],
    ['the exporter is none', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, false],
    ['the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }, false],
    ['only a name and a sampler are', { OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' }, false],
  ] as const) {
    it(`are ${on ? 'on' : 'off'} when ${what}, with no complaint`, () => {
      const { on: isOn, problems } = settings(env)
      expect({ isOn, problems }).to.deep.equal({ isOn: on, problems: [] })
    })
  }

  for (const [name, value, on] of [
    ['OTEL_SDK_DISABLED', 'yes', true],
    ['OTEL_TRACES_EXPORTER', 'zipkin', false],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'carrier pigeon', true],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', false],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://[bad', false],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'ftp://user:hunter2@collector', false],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '-1', true],
    ['OTEL_BSP_EXPORT_TIMEOUT', '-1000', true],
  ] as const) {
    it(`complain of ${name}=${value} by its name alone, and are ${on ? 'on' : 'off'}`, () => {
      const { on: isOn, problems } = settings({ ...ENDPOINT, [name]: value })
      expect(isOn).to.equal(on)
      expect(problems).to.have.length(1)
      expect(problems[0]).to.include(name).and.not.include(value)
    })
  }

  it('ignore an invalid value', () => {
    expect(settings({ OTEL_EXPORTER_OTLP_PROTOCOL: 'x' }).protocol).to.equal('http/protobuf')
  })

  it('prefer the variables for traces', () => {
    const { protocol } = settings({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
    })
    expect(protocol).to.equal('grpc')
  })
})
