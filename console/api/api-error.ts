import type { FieldProblem } from './error-details.js'

type ApiErrorOptions = {
  /** The status in Connect's spelling, such as `not_found`; `unreachable` when no answer came. */
  readonly code: string
  /** The reason of the service's ErrorInfo, such as ACCOUNT_NOT_FOUND. */
  readonly reason?: string | undefined
  readonly message: string
  readonly requestId: string
  readonly fields?: readonly FieldProblem[]
}

/** An error of the service, or a service that gives no answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly reason: string | undefined
  readonly requestId: string
  readonly fields: readonly FieldProblem[]

  constructor({ code, reason, message, requestId, fields = [] }: ApiErrorOptions) {
    super(message)
    this.code = code
    this.reason = reason
    this.requestId = requestId
    this.fields = fields
  }
}
