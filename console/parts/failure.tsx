import { ApiError } from '../api/api-error.js'
import { text } from '../text/text.js'
import { Button, Copyable } from './basics.js'

/** An error: its reason, its meaning, the service's own words, and the request id to copy. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  if (error === undefined) return null
  const { errors, frame } = text()
  const api = error instanceof ApiError ? error : undefined
  return (
    <div class="failure" role="alert">
      <p class="failure-title">{meaningOf(api)}</p>
      {api && (
        <p class="failure-detail">
          <code>{api.reason ?? api.code}</code>
          {api.code !== 'unreachable' && <> {api.message}</>}
        </p>
      )}
      {api && api.fields.length > 0 && (
        <ul class="failure-detail">
          {api.fields.map(({ field, description }) => (
            <li key={field}>
              {errors.field} <code>{field}</code>: {description}
            </li>
          ))}
        </ul>
      )}
      {api && (
        <p class="failure-detail">
          {errors.requestId} <Copyable value={api.requestId} />
        </p>
      )}
      {onRetry && <Button onClick={onRetry}>{frame.retry}</Button>}
    </div>
  )
}

/** Whether the error has this reason. */
export function hasReason(error: unknown, reason: string): boolean {
  return error instanceof ApiError && error.reason === reason
}

function meaningOf(error: ApiError | undefined): string {
  const { reasons, meaning, unknownReason } = text().errors
  if (!error) return unknownReason
  return (error.reason && reasons[error.reason]) || meaning[error.code] || unknownReason
}
