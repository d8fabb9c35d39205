import { language } from './language.js'

/** Largest amount of one purchase or credit, in centavos: twelve digits. */
const CENTAVOS_MAX = 999_999_999_999n

/** The separators that a language writes amounts with. */
const separators = { en: { group: ',', decimal: '.' }, pt: { group: '.', decimal: ',' } } as const

/** Formats centavos as the language writes money. Exact for every int64. */
export function money(centavos: string | bigint | undefined): string {
  return formatter().format(decimalOf(BigInt(centavos ?? 0)))
}

/** Formats a change of a balance: a credit carries a plus sign. */
export function signedMoney(centavos: string | undefined): string {
  const amount = BigInt(centavos ?? 0)
  const text = money(amount < 0n ? -amount : amount)
  return amount === 0n ? text : `${amount > 0n ? '+' : '−'}${text}`
}

/** Writes centavos as a person types them into a field, such as `12,50`. */
export function typedMoney(centavos: string | undefined): string {
  if (centavos === undefined) return ''
  return decimalOf(BigInt(centavos)).replace('.', separators[language()].decimal)
}

/**
 * Reads an amount that a person typed, in centavos. Returns undefined when the text has more than one reading,
 * or none.
 *
 * - Groups of thousands are those of the language, and complete: `1.234,50` in Portuguese.
 * - With one separator before one or two last digits, that separator is the decimal one in either language.
 */
export function parseMoney(typed: string, { min = 1n } = {}): bigint | undefined {
  const text = typed.replace(/^\s*R\$/, '').replaceAll(/\s/g, '')
  const parts = wholeAndCents(text)
  if (parts === undefined) return undefined
  const centavos = BigInt(parts.whole) * 100n + BigInt(parts.cents.padEnd(2, '0'))
  return centavos < min || centavos > CENTAVOS_MAX ? undefined : centavos
}

function wholeAndCents(text: string): { whole: string; cents: string } | undefined {
  const plain = /^(\d{1,14})(?:[.,](\d{1,2}))?$/.exec(text)
  if (plain) return { whole: plain[1] ?? '0', cents: plain[2] ?? '' }
  const { group, decimal } = separators[language()]
  const grouped = new RegExp(`^(\\d{1,3}(?:\\${group}\\d{3})+)(?:\\${decimal}(\\d{1,2}))?$`).exec(text)
  if (!grouped) return undefined
  return { whole: (grouped[1] ?? '0').replaceAll(group, ''), cents: grouped[2] ?? '' }
}

function decimalOf(centavos: bigint): `${number}` {
  const sign = centavos < 0n ? '-' : ''
  const digits = String(centavos < 0n ? -centavos : centavos).padStart(3, '0')
  // Exact: the formatter reads the digits, and no float is made of them.
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}` as `${number}`
}

const formatters = new Map<string, Intl.NumberFormat>()

function formatter(): Intl.NumberFormat {
  const locale = language() === 'pt' ? 'pt-BR' : 'en-US'
  const known = formatters.get(locale)
  if (known) return known
  const made = new Intl.NumberFormat(locale, { style: 'currency', currency: 'BRL' })
  formatters.set(locale, made)
  return made
}
