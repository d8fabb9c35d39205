/**
 * Nothing could be decided, and repeating the request with the same id is safe.
 *
 * - UNAVAILABLE: the store does not answer, or the service is starting or draining.
 * - OVERLOADED: too many requests are waiting.
 * - NO_TIME_LEFT: the caller's deadline has passed, or leaves too little time for a commit.
 */
export type Indecision = 'UNAVAILABLE' | 'OVERLOADED' | 'NO_TIME_LEFT'

/** Says that, and why, nothing could be decided. The message is for the log, not for the caller. */
export class IndecisionError extends Error {
  override readonly name = 'IndecisionError'
  readonly indecision: Indecision

  constructor(indecision: Indecision, message: string, options?: ErrorOptions) {
    super(message, options)
    this.indecision = indecision
  }
}

/** Whether the store failed in a way that may pass: what it was asked to write may or may not have been written. */
export function isUnavailable(error: unknown): error is IndecisionError {
  return error instanceof IndecisionError && error.indecision === 'UNAVAILABLE'
}
