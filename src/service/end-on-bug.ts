import type { Logger } from '../observability/logging/logger.js'

/** Ends the process on an uncaught error, because its state is unknown from then on. */
export function endOnBug(logger: Logger): void {
  const crash = (error: unknown) => {
    logger.fatal({ err: error }, 'bug: the process ends; no answered request is lost')
    process.exit(1)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}
