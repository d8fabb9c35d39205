import type { Budget } from '../application/budget.js'
import { UndecidedError } from '../application/errors.js'

/** Pause before a request that found the queue full is made again, in milliseconds. */
const OVERLOAD_PAUSE_MS = 20

/**
 * Makes a request whose caller can wait, such as a line of a file. While the queue is full, it waits as long
 * as the budget allows: other callers go first.
 */
export async function patiently<T>(budget: Budget, make: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await make()
    } catch (error) {
      const overloaded = error instanceof UndecidedError && error.indecision === 'OVERLOADED'
      if (!overloaded || budget.remainingMs() < OVERLOAD_PAUSE_MS) throw error
      await new Promise((resolve) => setTimeout(resolve, OVERLOAD_PAUSE_MS))
    }
  }
}
