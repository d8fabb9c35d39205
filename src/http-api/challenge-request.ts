/** A purchase as the challenge's endpoint receives it. */
export type ChallengeRequest = {
  readonly account: string
  /** In centavos. */
  readonly amount: bigint
  readonly mcc: string
  /** Empty when none was sent. */
  readonly merchant: string
}

/** Thrown for a body that is not a purchase. Its message is for the caller. */
export class ChallengeRequestError extends Error {
  override readonly name = 'ChallengeRequestError'
}

/** An amount in reais: digits, and at most two decimals that are not 0. The service checks the range. */
const AMOUNT = /^(\d{1,15})(?:\.(\d{1,2})0{0,16})?$/
/** A string or a number of valid JSON. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads the body of a purchase. Fields that the challenge does not have are ignored.
 *
 * The amount is read from the text of the JSON, digit by digit: a number of JavaScript is binary, and 0.1 has
 * no exact binary form. It may be a number or a string, as decimals are written: 12, 12.0 and 12.00, without
 * an exponent. More decimals than two must be 0.
 *
 * @throws ChallengeRequestError when it is not a purchase.
 */
export function readChallengeRequest(body: Uint8Array): ChallengeRequest {
  const text = decode(body)
  const fields = objectIn(text)
  return {
    account: textOf(fields, 'account'),
    amount: amountOf(fields, text),
    mcc: textOf(fields, 'mcc'),
    merchant: fields['merchant'] === undefined ? '' : textOf(fields, 'merchant'),
  }
}

type Fields = Readonly<Record<string, unknown>>

function decode(body: Uint8Array): string {
  if (body.length === 0) throw new ChallengeRequestError('the body is empty')
  try {
    return decoder.decode(body)
  } catch {
    throw new ChallengeRequestError('the body is not valid UTF-8')
  }
}

function objectIn(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ChallengeRequestError('the body is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ChallengeRequestError('the body is not a JSON object')
  }
  return { ...value }
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === 'string') return value
  throw new ChallengeRequestError(`${name} must be a string`)
}

function amountOf({ totalAmount }: Fields, text: string): bigint {
  // The text is valid JSON by now. With its numbers in quotes, parsing keeps their digits.
  const digits =
    typeof totalAmount === 'number' ? objectIn(withNumbersQuoted(text))['totalAmount'] : totalAmount
  const [, reais, decimals = ''] = AMOUNT.exec(String(digits)) ?? []
  if (reais === undefined || (typeof totalAmount !== 'number' && typeof totalAmount !== 'string')) {
    throw new ChallengeRequestError('totalAmount must be an amount in reais, such as 12.00')
  }
  return BigInt(reais) * 100n + BigInt(decimals.padEnd(2, '0'))
}

function withNumbersQuoted(json: string): string {
  return json.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`))
}
