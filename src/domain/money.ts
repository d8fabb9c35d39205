declare const centavosBrand: unique symbol

/** An amount of money, zero or more, in centavos of BRL. Never a float. */
export type Centavos = bigint & { readonly [centavosBrand]: true }

/** Largest balance, in centavos: the largest int64. */
export const BALANCE_MAX = 2n ** 63n - 1n

/** Largest amount of one transaction, in centavos: ISO 8583 DE4 has twelve digits. */
export const AMOUNT_MAX = 999_999_999_999n

/**
 * Converts a whole number of centavos to an amount of money.
 *
 * @throws RangeError outside 0 to {@link BALANCE_MAX}.
 */
export function centavos(value: bigint): Centavos {
  if (value < 0n || value > BALANCE_MAX) throw new RangeError(`not an amount of centavos: ${value}`)
  // The brand has no run-time form. Only this function casts to it.
  return value as Centavos
}

/** Whether a transaction may carry this amount: 1 to {@link AMOUNT_MAX} centavos. */
export function isTransactionAmount(value: bigint): value is Centavos {
  return value >= 1n && value <= AMOUNT_MAX
}

/** Returns the smaller of two amounts. */
export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

/** Formats an amount in reais with two decimals: 1250n is "12.50". */
export function formatReais(amount: bigint): string {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount]
  const digits = size.toString().padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
