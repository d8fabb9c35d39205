import { randomUUID } from 'node:crypto'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { setGlobalErrorHandler } from '@opentelemetry/core'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { Logger } from '../logging/logger.js'
import { RepeatedFailureLog } from '../logging/repeated-failure-log.js'
import { OpenTelemetryTracing } from './calls.js'
import { explainComplaint } from './complaints.js'
import { ExportWatch } from './export.js'
import type { OtlpProtocol, TracingSettings } from './settings.js'
import type { Tracing } from './tracing.js'

/**
 * The detectors of resource attributes. The SDK's defaults are left out: they describe a machine of no
 * interest and a command line that may reveal too much.
 */
const detectors = [envDetector]

/** Starts OpenTelemetry's SDK. Its complaints go to our log, and its tracer is not registered globally. */
export function startSdk(settings: TracingSettings, logger: Logger): Tracing {
  complainTo(logger)
  // The provider reads the sampler and the span limits from the environment; the exporter reads the endpoint
  // and its options.
  const watch = new ExportWatch(createExporter(settings.protocol), {
    logger,
    monotonicMs: () => performance.now(),
  })
  const provider = new BasicTracerProvider({
    resource: describeProcess(settings, logger),
    spanProcessors: [new BatchSpanProcessor(watch, { ...settings.batches })],
  })
  logger.info({ protocol: settings.protocol }, 'tracing')
  return new OpenTelemetryTracing({
    tracer: provider.getTracer('benefits-authorizer'),
    shutdown: () => provider.shutdown(),
  })
}

function createExporter(protocol: OtlpProtocol): SpanExporter {
  switch (protocol) {
    case 'grpc':
      return new GrpcExporter()
    case 'http/json':
      return new JsonExporter()
    case 'http/protobuf':
      return new ProtobufExporter()
  }
}

function describeProcess({ hasResourceAttributes }: TracingSettings, logger: Logger): Resource {
  const configured = detectResources({ detectors })
  const names = Object.keys(configured.attributes).filter((name) => name !== 'service.name')
  if (hasResourceAttributes && names.length === 0 && configured.attributes['service.name'] === undefined) {
    logger.warn(
      { problem: 'OTEL_RESOURCE_ATTRIBUTES must be like key=value,key=value: the value is ignored' },
      'tracing is misconfigured',
    )
  }
  const own = resourceFromAttributes({
    'service.name': 'benefits-authorizer',
    'service.instance.id': randomUUID(),
    'process.pid': process.pid,
  })
  return defaultResource().merge(own).merge(configured)
}

function complainTo(logger: Logger): void {
  const complaints = new RepeatedFailureLog({
    logger,
    monotonicMs: () => performance.now(),
    explain: explainComplaint,
  })
  const complain = (message: string) => complaints.failed('tracing: a warning of OpenTelemetry', message)
  diag.setLogger(
    { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  // Drops export errors: the watch has already logged them, without the collector's answer.
  setGlobalErrorHandler(ignore)
}

function ignore(): void {}
