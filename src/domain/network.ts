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

/** The function of the terminal that a purchase went over. */
export type Rail = 'VOUCHER' | 'CREDIT' | 'DEBIT'

/** A benefit product of the voucher function. */
export type Product = 'MEAL_PAT' | 'FOOD_PAT' | 'CULTURE' | 'MEAL_CLT' | 'FOOD_CLT'
