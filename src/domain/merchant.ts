/** A merchant's name and place, in the form in which rules compare them. */
export type Merchant = {
  /** Normalised name; empty when none was sent. */
  readonly name: string
  /** Normalised city; absent for a bare name. DE43 cuts it to twelve characters. */
  readonly city?: string
  /** ISO 3166 country code of two letters; absent for a bare name. */
  readonly country?: string
}

/** Longest merchant string accepted, in characters (ISO 8583:2003 DE43 is LLVAR, at most 99). */
export const MERCHANT_LENGTH_MAX = 99

const DE43_LENGTH = 40
/** Length of the name in DE43. */
export const NAME_LENGTH_MAX = 25
const CITY_END = 37

/** Length of the city in DE43. DE43 cuts longer cities, so a rule's city is cut the same way. */
export const CITY_LENGTH_MAX = CITY_END - NAME_LENGTH_MAX

/**
 * Parses a merchant string as ISO 8583 DE43: name (25, left aligned), city (12, right aligned), a space,
 * country (2). Counts characters as people see them (NFC, without invisible ones). If that does not give this
 * shape, it counts code points, as some terminals do. Any other string is a bare name. Never throws.
 */
export function parseMerchant(text: string): Merchant {
  if (isAscii(text)) return de43Of(text) ?? { name: normalise(text) }
  return de43Of(visible(text).normalize('NFC')) ?? de43Of(text) ?? { name: normalise(text) }
}

function de43Of(text: string): Merchant | undefined {
  const characters = charactersOf(text)
  if (characters.length !== DE43_LENGTH || characters.charAt(CITY_END) !== ' ') return undefined

  const country = normalise(characters.slice(CITY_END + 1))
  if (!/^[A-Z]{2}$/.test(country)) return undefined
  return {
    name: normalise(characters.slice(0, NAME_LENGTH_MAX)),
    city: normalise(characters.slice(NAME_LENGTH_MAX, CITY_END)),
    country,
  }
}

/**
 * Normalises a name or a city for comparison. Idempotent; never throws, whatever the text:
 * - NFKD without marks and without invisible characters, in upper case;
 * - typographic apostrophes and dashes become plain ones;
 * - each run of white space becomes one space, and spaces around the acquirer's `*` and at both ends are
 *   removed.
 */
export function normalise(text: string): string {
  const trimmed = text.trim()
  if (isPlain(trimmed)) return trimmed.toUpperCase()
  // Upper case can produce marks and white space that only decomposition reveals, so decompose before and
  // after it.
  return withPlainMarks(decompose(decompose(text).toUpperCase()))
    .replace(/\s+/gu, ' ')
    .replace(/ ?\* ?/g, '*')
    .trim()
}

/** Counts the characters that people see: a combining accent does not count. */
export function characterCount(text: string): number {
  return isAscii(text) ? text.length : Array.from(text.normalize('NFC')).length
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

/** Whether the text is ASCII with single spaces, as most merchants are. Upper case then normalises it. */
function isPlain(text: string): boolean {
  return /^(?:[!-_a-~]+(?: [!-_a-~]+)*)?$/.test(text) && !/ \*|\* /.test(text)
}

/**
 * Makes the text sliceable by character, with a surrogate pair as one. Text without surrogates is used as it
 * is.
 */
function charactersOf(text: string): Sliceable {
  if (!/[\ud800-\udfff]/.test(text)) return text
  const characters = Array.from(text)
  return {
    length: characters.length,
    charAt: (at) => characters[at] ?? '',
    slice: (start, end) => characters.slice(start, end).join(''),
  }
}

type Sliceable = {
  readonly length: number
  charAt(at: number): string
  slice(start: number, end?: number): string
}

/** Spacing acute accents: decomposition would make them unrecognisable as apostrophes. */
const ACUTE = /[\u00b4\u1ffd]/g
const APOSTROPHE = /[`\u02b9\u02bb\u02bc\u055a\u2018\u2019\u201b\u2032]/g
const DASH = /[\p{Pd}\u2043\u2212]/gu
/** Format characters (zero-width, directional, soft hyphens) and other characters without a visible form. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

function visible(text: string): string {
  return text.replace(INVISIBLE, '')
}

function decompose(text: string): string {
  return visible(text.replace(ACUTE, "'").normalize('NFKD').replace(/\p{M}/gu, ''))
}

function withPlainMarks(text: string): string {
  return text.replace(APOSTROPHE, "'").replace(DASH, '-')
}
