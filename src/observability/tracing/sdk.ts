import { randomUUID } from 'node:crypto'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { globalErrorHandler, setGlobalErrorHandler } from '@opentelemetry/core'
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
import { explainComplaint, explainLoss } from './complaints.js'
import type { OtlpProtocol, TracingSettings } from './settings.js'
import type { Tracing } from './tracing.js'

/**
 * The detectors of resource attributes. The SDK's defaults are left out: they describe a machine of no
 * interest and a command line that may reveal too much.
 */
const detectors = [envDetector]

/** Starts OpenTelemetry's SDK. Its complaints go to our log, and its tracer is not registered globally. */
export function startSdk(settings: TracingSettings, logger: Logger): Tracing {
  reportTo(logger)
  // The SDK reads the sampler, the span limits, the queue and the collector's settings from the environment.
  const provider = new BasicTracerProvider({
    resource: describeProcess(),
    spanProcessors: [new BatchSpanProcessor(createExporter(settings.protocol))],
  })
  logger.info({ protocol: settings.protocol }, 'tracing')
  return new OpenTelemetryTracing({
    tracer: provider.getTracer('benefits-authorizer'),
    // Only here, the SDK reports lost spans by a rejection.
    shutdown: () => provider.shutdown().catch(globalErrorHandler),
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

function describeProcess(): Resource {
  const own = resourceFromAttributes({
    'service.name': 'benefits-authorizer',
    'service.instance.id': randomUUID(),
    'process.pid': process.pid,
  })
  return defaultResource().merge(own).merge(detectResources({ detectors }))
}

function reportTo(logger: Logger): void {
  const monotonicMs = () => performance.now()
  const complaints = new RepeatedFailureLog({ logger, monotonicMs, explain: explainComplaint })
  const losses = new RepeatedFailureLog({ logger, monotonicMs, explain: explainLoss })
  const complain = (message: string) => complaints.failed('tracing: a warning of OpenTelemetry', message)
  diag.setLogger(
    { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  setGlobalErrorHandler((error) => losses.failed('spans could not be sent to the trace collector', error))
}

function ignore(): void {}
