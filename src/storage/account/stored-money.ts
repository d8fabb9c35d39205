import { invariant } from '../../domain/invariant.js'
import { type Centavos, centavos } from '../../domain/money.js'

/**
 * Reads an amount of money.
 *
 * @throws InvariantError when it is no int64, or negative.
 */
export function money(value: bigint): Centavos {
  invariant(typeof value === 'bigint' && value >= 0n, 'stored money is an int64 of 0 or more')
  return centavos(value)
}

/** Reads a record by wallet into a map by wallet. */
export function mapOf<Stored, T>(
  record: Readonly<Record<string, Stored>>,
  read: (stored: Stored) => T,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(record).map(([wallet, stored]) => [wallet, read(stored)]))
}

/** Writes a map by wallet as a record by wallet. */
export function recordOf<T, Stored>(
  map: ReadonlyMap<string, T>,
  write: (value: T) => Stored,
): Readonly<Record<string, Stored>> {
  return Object.fromEntries(Array.from(map, ([wallet, value]) => [wallet, write(value)]))
}
