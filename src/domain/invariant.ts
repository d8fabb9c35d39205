/** A broken promise of our own code: a bug, never an answer to a caller. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * Asserts what must hold whatever callers and storage do. Stated before a write and after a read.
 *
 * @throws InvariantError naming what does not hold.
 */
export function invariant(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${what}`)
}
