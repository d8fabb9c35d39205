import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino'
import { logText } from './log-text.js'

/** Logs are events with fields: `logger.info({ port }, 'listening')`. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'>

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** `auto` is text at a terminal, and JSON for whatever else reads standard output. */
export const logFormats = ['auto', 'json', 'text'] as const
export type LogFormat = (typeof logFormats)[number]

export type LoggerOptions = {
  readonly level: LogLevel
  readonly format: LogFormat
}

/** Makes the logger: one event a line on standard output, in the order it happened; JSON, or text to be read by people. */
export function createLogger({ level, format }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      messageKey: 'event',
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
      // A second guard: nothing logs these on purpose. Errors are the only fields with fields; a wildcard in their place would make every
      // line cost twice as much.
      redact: {
        paths: ['authorization', 'uri', 'secret', 'err.authorization', 'err.uri', 'err.secret'],
        censor: '[redacted]',
      },
    },
    openOutput(format),
  )
}

/** What a line says of an error: nothing of the state that some libraries hang onto theirs. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name: type, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    type,
    message,
    code,
    stack,
    cause: cause instanceof Error ? `${cause.name}: ${cause.message}` : cause,
  }
}

function openOutput(format: LogFormat): DestinationStream {
  const output = destination({ dest: 1, sync: true })
  const isText = format === 'text' || (format === 'auto' && process.stdout.isTTY)
  return isText ? { write: (line) => void output.write(logText(line)) } : output
}

/** A duration as logs show it: to a hundredth of a millisecond. */
export function roundMs(durationMs: number): number {
  return Math.round(durationMs * 100) / 100
}
