import type { Logger } from '../logging/logger.js'
import type { TracingSettings } from './settings.js'
import type { Tracing } from './tracing.js'

const UNSTARTABLE = 'OTEL_EXPORTER_OTLP_HEADERS or another variable of OpenTelemetry has an invalid value'

/** Loads OpenTelemetry if it is configured. A problem with it is logged and prevents nothing. */
export async function openTracing(settings: TracingSettings, logger: Logger): Promise<Tracing | undefined> {
  for (const problem of settings.problems) logger.warn({ problem }, 'tracing is misconfigured')
  if (!settings.on) return undefined
  try {
    // Loaded here only: without tracing, the process spends neither memory nor time on it.
    const { startSdk } = await import('./sdk.js')
    return startSdk(settings, logger)
  } catch (error) {
    // Logs only the name: grpc-js quotes the value of a header that it cannot send, which may be a
    // credential.
    const cause = error instanceof Error ? error.name : typeof error
    logger.error({ cause, problem: UNSTARTABLE }, 'tracing could not start and is off')
    return undefined
  }
}
