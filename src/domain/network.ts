/**
 * What the card network sends with a purchase, as received. The issuer stores it, because entries never
 * change: what is not recorded with the purchase can never be recovered.
 */
export type NetworkData = {
  readonly rail?: Rail
  /** Only with the rail VOUCHER. */
  readonly product?: Product
  /** ISO 8583 DE42. */
  readonly merchantId?: string
  /** CNPJ: 14 characters of 0-9 and A-Z. */
  readonly merchantTaxId?: string
  /** ISO 8583 DE32. */
  readonly acquirerId?: string
  /** ISO 8583 DE41. */
  readonly terminalId?: string
  /** Retrieval reference number, ISO 8583 DE37. */
  readonly rrn?: string
  /** The network's own id of the transaction. */
  readonly networkReference?: string
  /** ISO 4217, three letters or three digits; absent for BRL. */
  readonly currency?: string
  /** ISO 8583 DE22. */
  readonly entryMode?: string
  /** Time at the terminal, without a time zone: `2026-11-23T12:34:56`. */
  readonly localTime?: string
}

/** The functions of a terminal. */
export const rails = ['VOUCHER', 'CREDIT', 'DEBIT'] as const

/** The function of the terminal that a purchase went over. */
export type Rail = (typeof rails)[number]

/** The benefit products of the voucher function. */
export const products = ['MEAL_PAT', 'FOOD_PAT', 'CULTURE', 'MEAL_CLT', 'FOOD_CLT'] as const

/** A benefit product of the voucher function. */
export type Product = (typeof products)[number]

/** The form of a text, and what to say of a text without it. */
export type TextForm = { readonly pattern: RegExp; readonly description: string }

/**
 * The forms of a merchant's ids, in purchases as in merchant rules. A tax id of this form may have wrong
 * check digits.
 */
export const merchantIdForms = {
  merchantTaxId: { pattern: /^[0-9A-Z]{14}$/, description: 'must be exactly 14 characters of 0-9 A-Z' },
  acquirerId: { pattern: /^[0-9]{1,11}$/, description: 'must be 1 to 11 digits' },
  merchantId: printableForm(15),
} as const satisfies Partial<Record<keyof NetworkData, TextForm>>

/** The form of printable ASCII characters without a space at their ends. */
function printableForm(lengthMax: number): TextForm {
  return {
    pattern: new RegExp(`^(?! )[ -~]{1,${lengthMax}}(?<! )$`),
    description: `must be 1 to ${lengthMax} printable ASCII characters, the first and the last one no space`,
  }
}

/** The name of a text field of network data. */
export type NetworkText = Exclude<keyof NetworkData, 'rail' | 'product'>

/** The rule for a text field: whether a text fits, and the message for one that does not. */
export type NetworkTextRule = {
  readonly fits: (text: string) => boolean
  readonly description: string
}

/** The rules for the text fields, in the order of the contract. */
export const networkTextRules = {
  merchantId: ruleOf(merchantIdForms.merchantId),
  merchantTaxId: ruleOf(merchantIdForms.merchantTaxId),
  acquirerId: ruleOf(merchantIdForms.acquirerId),
  terminalId: ruleOf(printableForm(16)),
  rrn: rule(/^[0-9A-Za-z]{1,12}$/, 'must be 1 to 12 characters from 0-9 A-Z a-z'),
  networkReference: rule(/^[!-~]{1,64}$/, 'must be 1 to 64 visible ASCII characters'),
  currency: rule(/^(?:[A-Z]{3}|[0-9]{3})$/, 'must be three letters A-Z or three digits'),
  entryMode: rule(/^(?:[0-9A-Z]{3,4}|[0-9A-Z]{12})$/, 'must be 3, 4 or 12 characters from 0-9 A-Z'),
  localTime: { fits: isLocalTime, description: 'must be a date and time such as 2026-11-23T12:34:56' },
} as const satisfies Record<NetworkText, NetworkTextRule>

function rule(pattern: RegExp, description: string): NetworkTextRule {
  return ruleOf({ pattern, description })
}

function ruleOf({ pattern, description }: TextForm): NetworkTextRule {
  return { fits: (text) => pattern.test(text), description }
}

function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(text)) return false
  // A date that does not exist is read as another one, or as none.
  const time = new Date(`${text}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

/** ISO 4217 codes of the currency of the books. */
const SUPPORTED_CURRENCIES: ReadonlySet<string> = new Set(['BRL', '986'])

/** The fields of network data, each once. */
const fields = {
  rail: true,
  product: true,
  merchantId: true,
  merchantTaxId: true,
  acquirerId: true,
  terminalId: true,
  rrn: true,
  networkReference: true,
  currency: true,
  entryMode: true,
  localTime: true,
} as const satisfies Record<keyof NetworkData, true>

/** The names of all fields of network data. */
export const networkFields: readonly (keyof NetworkData)[] = Object.keys(fields).filter(isField)

function isField(name: string): name is keyof NetworkData {
  return Object.hasOwn(fields, name)
}

/** Whether the books can pay in this currency. Absent: BRL. */
export function isCurrencySupported(currency: string | undefined): boolean {
  return currency === undefined || SUPPORTED_CURRENCIES.has(currency)
}

/** Whether both say the same, field by field. Absent fields equal only absent ones. */
export function isSameNetworkData(a: NetworkData | undefined, b: NetworkData | undefined): boolean {
  return a === b || networkFields.every((field) => a?.[field] === b?.[field])
}
