import { UndecidedError } from '../../../src/application/errors.js'

/**
 * The rejection of the promise: the kind of an UndecidedError, or else the error itself. ANSWERED when it
 * resolves.
 */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return 'ANSWERED'
  } catch (error) {
    return error instanceof UndecidedError ? error.indecision : error
  }
}
