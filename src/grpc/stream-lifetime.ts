import type { CallContext } from './call-context.js'
import { CallError } from './call-error.js'

/** Longest time that a stream is open, in milliseconds. Shorter than what a connection is given to end its calls. */
export const STREAM_AGE_MS_MAX = 240_000

export type StreamLifetime = {
  /** How long it may be open from now on, in milliseconds. */
  readonly durationMs: number
  /** What it is ended with then. */
  readonly end: CallError
}

/** A stream ends with its token, or with its time. Reckoned when it is opened: a later jump of the wall clock changes nothing. */
export function lifetimeOf({ principal }: Pick<CallContext, 'principal'>, ageMsMax: number): StreamLifetime {
  const validMs = (principal?.expiresAtMs ?? Number.POSITIVE_INFINITY) - Date.now()
  if (validMs < ageMsMax) return { durationMs: validMs, end: new CallError('UNAUTHENTICATED') }
  return { durationMs: ageMsMax, end: new CallError('STREAM_ENDED') }
}

/** The same requests, but fails once their time is over: at once, also while none comes. */
export async function* requestsInTime<Request>(
  requests: AsyncIterable<Request>,
  { durationMs, end }: StreamLifetime,
): AsyncGenerator<Request> {
  const iterator = requests[Symbol.asyncIterator]()
  let isOver = false
  // A race with one promise would make it remember every request.
  let giveUp: (error: CallError) => void = () => {}
  const timer = setTimeout(() => {
    isOver = true
    giveUp(end)
  }, durationMs)
  // A caller of this generator may leave it while no request comes: what is left then must not keep a process alive.
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
    // Not waited for: it comes only after the request that is not coming.
    void iterator.return?.().then(undefined, () => {})
  }
}
