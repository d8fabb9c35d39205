import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api/api-error.js'
import { call } from '../api/client.js'

/** Time between two checks of the service, in milliseconds. */
const PERIOD_MS = 5_000
const ZONE = 'America/Sao_Paulo'

/** The state of the service that the frame shows. */
export type Health = {
  readonly state: 'ready' | 'not-ready' | 'unreachable'
  readonly version: string
  /** Time zone of the days and months of limits. */
  readonly timeZone: string
}

/** Checks the service regularly, as long as the page is visible and has a token. */
export function useHealth(isSignedIn: boolean): Health {
  const [health, setHealth] = useState<Health>({ state: 'ready', version: '', timeZone: ZONE })
  useEffect(() => {
    if (!isSignedIn) return
    let timer: ReturnType<typeof setTimeout>
    let isOver = false
    const set = (known: Partial<Health>) => {
      if (!isOver) setHealth((last) => ({ ...last, ...known }))
    }
    const look = async () => {
      if (!document.hidden) set({ state: await currentState() })
      if (!isOver) timer = setTimeout(() => void look(), PERIOD_MS)
    }
    void look()
    void knownOnce().then(set)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [isSignedIn])
  return health
}

async function currentState(): Promise<Health['state']> {
  try {
    const { status } = await call('Health/Check', {})
    return status === 'SERVING' ? 'ready' : 'not-ready'
  } catch (error) {
    return stateOf(error)
  }
}

/**
 * The properties that do not change while the process runs. A token without the scope leaves them unknown.
 */
async function knownOnce(): Promise<Partial<Health>> {
  try {
    const { version = '', limitsTimeZone: timeZone = ZONE } = await call('ActivityService/GetActivity', {})
    return { version, timeZone }
  } catch {
    return {}
  }
}

/** An error answer is an answer. */
function stateOf(error: unknown): Health['state'] {
  if (!(error instanceof ApiError)) return 'ready'
  if (error.code === 'unreachable') return 'unreachable'
  return error.code === 'unavailable' ? 'not-ready' : 'ready'
}
