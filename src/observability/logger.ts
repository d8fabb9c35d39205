import { destination, type Logger as PinoLogger, pino } from 'pino'

/** Logs are events with fields: `logger.info({ port }, 'listening')`. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'>

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/**
 * Makes the logger: one JSON object a line on standard output, in the order it happened. What every line is to have goes
 * into `base`.
 */
export function createLogger(level: LogLevel, base: Readonly<Record<string, number>> = {}): Logger {
  return pino(
    {
      level,
      base,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      messageKey: 'event',
      formatters: { level: (label) => ({ level: label }) },
      // A second guard: nothing logs these on purpose.
      redact: {
        paths: ['authorization', '*.authorization', 'uri', '*.uri', 'secret', '*.secret'],
        censor: '[redacted]',
      },
    },
    destination({ dest: 1, sync: true }),
  )
}
