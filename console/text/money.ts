import { language } from './language.js'

/** Largest amount of one purchase or credit, in centavos: twelve digits. */
const CENTAVOS_MAX = 999_999_999_999n

type Separators = { readonly group: string; readonly decimal: string }

/** The separators that a language writes amounts with. */
const separators = {
  en: { group: ',', decimal: '.' },
  pt: { group: '.', decimal: ',' },
} as const satisfies Record<string, Separators>

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
  return addressMoney(BigInt(centavos)).replace('.', separators[language()].decimal)
}

/** Writes centavos for an address, such as `12.50`: {@link parseMoney} reads it in either language. */
export function addressMoney(centavos: bigint): string {
  return decimalOf(centavos)
}

/**
 * Reads an amount that a person typed, in centavos. Returns undefined unless the text has exactly one
 * reading.
 *
 * - Groups of thousands are complete, and in the language's style: `1.234,50` in Portuguese. Those of the
 *   other language are read only with decimals or with two separators: in English, `1.234` has two readings.
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
  const [own, other] = language() === 'en' ? [separators.en, separators.pt] : [separators.pt, separators.en]
  const isCertain = /[.,].*[.,]/.test(text)
  return grouped(text, own) ?? (isCertain ? grouped(text, other) : undefined)
}

function grouped(text: string, { group, decimal }: Separators) {
  const found = new RegExp(`^(\\d{1,3}(?:\\${group}\\d{3})+)(?:\\${decimal}(\\d{1,2}))?$`).exec(text)
  return found ? { whole: (found[1] ?? '0').replaceAll(group, ''), cents: found[2] ?? '' } : undefined
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
