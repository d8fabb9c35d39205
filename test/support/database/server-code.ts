import { MongoServerError } from 'mongodb'

export const VALIDATION_FAILED = 121
export const DUPLICATE_KEY = 11000

/** The server's code for the outcome of a write; 0 for success. */
export async function codeOf(write: Promise<unknown>): Promise<unknown> {
  try {
    await write
    return 0
  } catch (error) {
    if (error instanceof MongoServerError) return error.code
    throw error
  }
}
