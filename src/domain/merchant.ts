/** Who sold, and where, in the form that rules are compared in. */
export type Merchant = {
  /** Normalised name; empty when none was sent. */
  readonly name: string
  /** Normalised city; absent when the merchant came as a bare name. DE43 cuts it to twelve characters. */
  readonly city?: string
  /** ISO 3166 country code of two letters; absent when the merchant came as a bare name. */
  readonly country?: string
}

/** Longest merchant string accepted, in characters (ISO 8583:2003 DE43 is LLVAR, at most 99). */
export const MERCHANT_LENGTH_MAX = 99

const DE43_LENGTH = 40
/** Length of the name in DE43. */
export const NAME_LENGTH_MAX = 25
const CITY_END = 37

/** Length of the city in DE43: a longer city is cut, so a rule's city is cut the same way. */
export const CITY_LENGTH_MAX = CITY_END - NAME_LENGTH_MAX

/**
 * Reads a merchant string as ISO 8583 DE43: name (25, left aligned), city (12, right aligned), a space, country (2).
 * A string that does not have that shape is a bare name. Never throws.
 */
export function parseMerchant(text: string): Merchant {
  const characters = charactersOf(text)
  if (characters.length !== DE43_LENGTH || characters.charAt(CITY_END) !== ' ')
    return { name: normalise(text) }

  const country = normalise(characters.slice(CITY_END + 1))
  if (!/^[A-Z]{2}$/.test(country)) return { name: normalise(text) }
  return {
    name: normalise(characters.slice(0, NAME_LENGTH_MAX)),
    city: normalise(characters.slice(NAME_LENGTH_MAX, CITY_END)),
    country,
  }
}

/**
 * The form in which names and cities are compared: Unicode NFKD without marks, upper case, runs of white space folded
 * into one space, trimmed. Idempotent; never throws, whatever the text.
 */
export function normalise(text: string): string {
  const trimmed = text.trim()
  if (isPlain(trimmed)) return trimmed.toUpperCase()
  // Upper case can bring out new marks and new white space only through decomposition, so it comes between two.
  return decompose(decompose(text).toUpperCase()).replace(/\s+/gu, ' ').trim()
}

/** Most merchants arrive as ASCII with single spaces: they need no more than capitals. */
function isPlain(text: string): boolean {
  return /^(?:[!-~]+(?: [!-~]+)*)?$/.test(text)
}

/** The text as something to take characters from: a surrogate pair is one. Without any the text itself will do. */
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

function decompose(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '')
}
