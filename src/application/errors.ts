/**
 * Why the service could not decide a request. The caller may safely repeat it with the same id.
 *
 * - UNAVAILABLE: the store does not answer, or the service is starting or draining.
 * - OVERLOADED: too many requests are waiting.
 * - NO_TIME_LEFT: the caller's deadline has passed, or leaves too little time for a commit.
 */
export type Indecision = 'UNAVAILABLE' | 'OVERLOADED' | 'NO_TIME_LEFT'

/** An error of the service: it could not decide. The message is for the log, not for the caller. */
export class IndecisionError extends Error {
  override readonly name = 'IndecisionError'
  readonly indecision: Indecision

  constructor(indecision: Indecision, message: string, options?: ErrorOptions) {
    super(message, options)
    this.indecision = indecision
  }
}

/**
 * Whether the store failed in a way that may pass. The store may or may not have written the requested
 * changes.
 */
export function isUnavailable(error: unknown): error is IndecisionError {
  return error instanceof IndecisionError && error.indecision === 'UNAVAILABLE'
}
