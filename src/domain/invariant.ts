/** A violated invariant of our own code: a bug, never an answer to a caller. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * Asserts a condition that must hold whatever callers and storage do. Use it before a write and after a read.
 *
 * @throws InvariantError naming the violated condition.
 */
export function invariant(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${what}`)
}
