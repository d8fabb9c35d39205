import { UndecidedError } from '../../../src/application/errors.js'

/**
 * What the promise is rejected with: the kind of an UndecidedError, or else the error itself. ANSWERED when it is not
 * rejected.
 */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return 'ANSWERED'
  } catch (error) {
    return error instanceof UndecidedError ? error.indecision : error
  }
}
