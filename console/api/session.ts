import { ApiError } from './api-error.js'
import { newId } from './ids.js'

/** The endpoint that issues tokens in development, on loopback only. Production answers 404. */
const DEV_TOKEN_PATH = '/dev/token'

/** The token, in memory only: it is gone when the page is closed. */
let token: string | undefined
let isFromDevelopment = false
const listeners = new Set<() => void>()

export function currentToken(): string | undefined {
  return token
}

/** Whether the service runs in development: it gave the console a token. */
export function isDevelopment(): boolean {
  return isFromDevelopment
}

/** Uses a token that a person has entered. */
export function signIn(entered: string): void {
  token = entered
  isFromDevelopment = false
  announce()
}

export function signOut(): void {
  token = undefined
  announce()
}

/** Calls the listener whenever the session changes, until the returned function is called. */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Asks the service for a development token. Returns false when there is none.
 *
 * @throws ApiError when the service does not answer.
 */
export async function askForToken(): Promise<boolean> {
  const requestId = newId()
  const response = await fetch(DEV_TOKEN_PATH, { headers: { 'x-request-id': requestId } }).catch(
    (error: unknown) => {
      throw new ApiError({ code: 'unreachable', message: String(error), requestId })
    },
  )
  if (!response.ok) return false
  const answer: unknown = await response.json().catch(() => undefined)
  if (typeof answer !== 'object' || answer === null || !('token' in answer)) return false
  token = String(answer.token)
  isFromDevelopment = true
  announce()
  return true
}

function announce(): void {
  for (const listener of listeners) listener()
}
