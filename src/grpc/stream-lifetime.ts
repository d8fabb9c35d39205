import type { CallContext } from './call-context.js'
import { CallError } from './call-error.js'

/** Longest age of a stream, in milliseconds. It is shorter than the grace period of a connection. */
export const STREAM_AGE_MS_MAX = 240_000

export type StreamLifetime = {
  /** Time that the stream may stay open, in milliseconds. */
  readonly durationMs: number
  /** The error that then ends the stream. */
  readonly end: CallError
}

/**
 * Returns how long a stream may stay open: until its token expires or it reaches its longest age. Computed
 * when the stream opens, so later jumps of the wall clock do not affect it.
 */
export function lifetimeOf({ principal }: Pick<CallContext, 'principal'>, ageMsMax: number): StreamLifetime {
  const validMs = (principal?.expiresAtMs ?? Number.POSITIVE_INFINITY) - Date.now()
  if (validMs < ageMsMax) return { durationMs: validMs, end: new CallError('UNAUTHENTICATED') }
  return { durationMs: ageMsMax, end: new CallError('STREAM_ENDED') }
}

/** Yields the requests, and throws the error when the time is over, even if no request arrives. */
export async function* requestsInTime<Request>(
  requests: AsyncIterable<Request>,
  { durationMs, end }: StreamLifetime,
): AsyncGenerator<Request> {
  const iterator = requests[Symbol.asyncIterator]()
  let isOver = false
  // Promise.race with one long-lived promise would make that promise keep a reaction for every request.
  let giveUp: (error: CallError) => void = () => {}
  const timer = setTimeout(() => {
    isOver = true
    giveUp(end)
  }, durationMs)
  // The consumer may stop while no request arrives; the timer must not then keep the process alive.
  timer.unref()
  try {
    while (!isOver) {
      const next = await new Promise<IteratorResult<Request>>((resolve, reject) => {
        giveUp = reject
        iterator.next().then(resolve, reject)
      })
      if (next.done) return
      yield next.value
    }
    throw end
  } finally {
    clearTimeout(timer)
    // Not awaited: it settles only after the pending request, which may never arrive.
    void iterator.return?.().then(undefined, () => {})
  }
}
