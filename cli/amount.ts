import { AMOUNT_MAX, type Centavos, centavos } from '../src/domain/money.js'

const EXAMPLE = 'write 1234.00, 1.234,00 or 1234'

/** Optional `R$`, as in Brazilian spreadsheets, then only digits and separators. */
const SHAPE = /^(?:R\$[ \u00a0]?)?(\d[\d.,]*)$/
const PLAIN = /^(\d{1,17})(?:[.,](\d{1,2}))?$/
/** Groups of three digits with one separator, and decimals after the other one. */
const GROUPED = /^([1-9]\d{0,2}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d{1,2}))?$/
/** One separator and three digits: a thousand in one country, a little over one in another. */
const AMBIGUOUS = /^[1-9]\d{0,2}[.,]\d{3}$/

/**
 * Reads an amount in reais exactly, with a decimal point or a decimal comma and with or without separators of
 * thousands.
 *
 * @throws RangeError when the text is not an amount, or could mean two amounts.
 */
export function parseAmount(text: string): Centavos {
  const trimmed = text.trim()
  const [, number = ''] = SHAPE.exec(trimmed) ?? []
  if (number === '') throw new RangeError(problemOf(trimmed))
  if (AMBIGUOUS.test(number))
    throw new RangeError(`amount ${JSON.stringify(text)} is ambiguous: ${bothOf(number)}`)
  const [, whole = '', decimals = ''] = PLAIN.exec(number) ?? []
  if (whole !== '') return inCentavos(whole, decimals)
  const [, groups = '', , cents = ''] = GROUPED.exec(number) ?? []
  if (groups === '') throw new RangeError(problemOf(trimmed))
  return inCentavos(groups.replaceAll(/[.,]/g, ''), cents)
}

/**
 * Reads the amount of one transaction.
 *
 * @throws RangeError when it is not an amount, 0, or larger than a card message can carry.
 */
export function parseTransactionAmount(text: string): Centavos {
  const amount = parseAmount(text)
  if (amount === 0n) throw new RangeError('amount must be above 0')
  if (amount > AMOUNT_MAX) throw new RangeError(`amount must be at most ${formatAmount(AMOUNT_MAX)}`)
  return amount
}

/** Formats an amount for Brazil: 123400n is "R$ 1.234,00". */
export function formatAmount(amount: bigint): string {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount]
  const digits = size.toString().padStart(3, '0')
  const reais = digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, '.')
  return `${sign}R$ ${reais},${digits.slice(-2)}`
}

function inCentavos(reais: string, decimals: string): Centavos {
  return centavos(BigInt(reais) * 100n + BigInt(decimals.padEnd(2, '0')))
}

function problemOf(text: string): string {
  if (text === '') return `amount is empty; ${EXAMPLE}`
  const quoted = `amount ${JSON.stringify(text)}`
  if (/^-|^\(/.test(text)) return `${quoted} is negative`
  if (/E[+-]?\d+$/i.test(text)) return `${quoted} was shortened by a spreadsheet; ${EXAMPLE}`
  if (/[.,]\d{3,}$/.test(text))
    return `${quoted} has more than two decimals, or misplaced separators; ${EXAMPLE}`
  return `${quoted} is not in reais; ${EXAMPLE}`
}

function bothOf(number: string): string {
  const [reais = '', rest = ''] = number.split(/[.,]/)
  return `write ${reais}${rest}.00 for ${formatAmount(BigInt(reais + rest) * 100n)}, or two decimals`
}
