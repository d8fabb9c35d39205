import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino'
import { logText } from './log-text.js'

/** The logger. Logs are events with fields: `logger.info({ port }, 'listening')`. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'>

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** The log formats. `auto` is text on a terminal, and JSON otherwise. */
export const logFormats = ['auto', 'json', 'text'] as const
export type LogFormat = (typeof logFormats)[number]

export type LoggerOptions = {
  readonly level: LogLevel
  readonly format: LogFormat
}

/** Creates a logger that writes to standard output, one event a line, in order: JSON, or text for people. */
export function createLogger({ level, format }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      messageKey: 'event',
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
      // A second guard: nothing logs these fields on purpose. Only errors have nested fields, so the paths
      // name `err`. A wildcard instead would double the cost of every line.
      redact: {
        paths: ['authorization', 'uri', 'secret', 'err.authorization', 'err.uri', 'err.secret'],
        censor: '[redacted]',
      },
    },
    openOutput(format),
  )
}

/** Picks the fields of an error that are logged, without the state that some libraries attach to theirs. */
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

/** Rounds a duration for the log, to a hundredth of a millisecond. */
export function roundMs(durationMs: number): number {
  return Math.round(durationMs * 100) / 100
}
