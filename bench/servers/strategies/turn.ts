import { setTimeout as delay } from 'node:timers/promises'
import type { Budget } from '../../../src/application/budget.js'
import { UndecidedError } from '../../../src/application/errors.js'

/** Time that must be left for writing, in milliseconds, as in our engine. */
const COMMIT_RESERVE_MS = 5
/** Longest pause before another attempt, in milliseconds, as in our engine. */
const BACKOFF_MS_MAX = 64

/** Throws UndecidedError NO_TIME_LEFT when the caller's time is as good as over. */
export function requireTime(budget: Budget, neededMs = 0): void {
  if (budget.remainingMs() < neededMs + COMMIT_RESERVE_MS)
    throw new UndecidedError('NO_TIME_LEFT', 'no time left')
}

/** Waits before another attempt: longer each time, and never equally long for two callers. Throws as {@link requireTime}. */
export async function pauseBeforeRetry(attempts: number, budget: Budget): Promise<void> {
  const pauseMs = Math.random() * Math.min(2 ** attempts, BACKOFF_MS_MAX)
  requireTime(budget, pauseMs)
  await delay(pauseMs)
}
