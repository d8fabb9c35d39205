import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api/api-error.js'
import { call } from '../api/client.js'
import type { Activity } from '../api/messages.js'

/** Time between two looks at the service, in milliseconds. */
const PERIOD_MS = 5_000
const ZONE = 'America/Sao_Paulo'

/** What the frame knows of the service. */
export type Health = {
  readonly state: 'ready' | 'not-ready' | 'unreachable'
  readonly version: string
  /** Time zone of the days and months of limits. */
  readonly timeZone: string
}

/** Looks at the service now and then, as long as the page is shown and a token is there. */
export function useHealth(isSignedIn: boolean): Health {
  const [health, setHealth] = useState<Health>({ state: 'ready', version: '', timeZone: ZONE })
  useEffect(() => {
    if (!isSignedIn) return
    let timer: ReturnType<typeof setTimeout>
    let isOver = false
    let mayRead = true
    const look = async () => {
      if (!document.hidden) {
        await ask(mayRead).then(
          ({ serving = false, version = '', limitsTimeZone: timeZone = ZONE }) =>
            !isOver && setHealth({ state: serving ? 'ready' : 'not-ready', version, timeZone }),
          (error: unknown) => {
            if (isOver) return
            if (error instanceof ApiError && error.code === 'permission_denied') mayRead = false
            else setHealth((last) => ({ ...last, state: stateOf(error) }))
          },
        )
      }
      if (!isOver) timer = setTimeout(() => void look(), PERIOD_MS)
    }
    void look()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [isSignedIn])
  return health
}

/** Asks for all there is, or only for the health, which every token may read. */
async function ask(mayRead: boolean): Promise<Pick<Activity, 'serving' | 'version' | 'limitsTimeZone'>> {
  if (mayRead) return await call('ActivityService/GetActivity', {})
  const { status } = await call('Health/Check', {})
  return { serving: status === 'SERVING' }
}

/** An answer that is an error still is an answer: the token may not allow this method. */
function stateOf(error: unknown): Health['state'] {
  if (!(error instanceof ApiError)) return 'ready'
  if (error.code === 'unreachable') return 'unreachable'
  return error.code === 'unavailable' ? 'not-ready' : 'ready'
}
