import type { Logger } from '../observability/logging/logger.js'

/** Ends the process on an error that nobody caught: what state it left behind nobody knows. */
export function endOnBug(logger: Logger): void {
  const crash = (error: unknown) => {
    logger.fatal({ err: error }, 'a bug: the process ends, nothing that was answered is lost')
    process.exit(1)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}
