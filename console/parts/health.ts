import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api/api-error.js'
import { call } from '../api/client.js'

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

/** What does not change while the process runs. A token without the scope leaves it unknown. */
async function knownOnce(): Promise<Partial<Health>> {
  try {
    const { version = '', limitsTimeZone: timeZone = ZONE } = await call('ActivityService/GetActivity', {})
    return { version, timeZone }
  } catch {
    return {}
  }
}

/** An answer that is an error still is an answer. */
function stateOf(error: unknown): Health['state'] {
  if (!(error instanceof ApiError)) return 'ready'
  if (error.code === 'unreachable') return 'unreachable'
  return error.code === 'unavailable' ? 'not-ready' : 'ready'
}
