import type { Hold, NetworkData } from '../api/messages.js'
import type { Place } from '../router.js'
import { parseMoney } from '../text/money.js'
import { text } from '../text/text.js'

/** The fields of the form. */
export type Typed = {
  readonly account: string
  readonly amount: string
  readonly mcc: string
  readonly merchant: string
  /** FALLBACK_NEVER, or empty. */
  readonly fallback: string
  /** Any text to hold the amount, or empty to pay it at once. */
  readonly hold: string
  /** A value of Rail and of Product, or empty. */
  readonly rail: string
  readonly product: string
  readonly currency: string
  /** The merchant's ids, for the merchant rules that are bound to them. */
  readonly merchantTaxId: string
  readonly acquirerId: string
  readonly merchantId: string
}

/** A purchase that can be simulated: every field is there. */
export type Purchase = {
  readonly accountId: string
  readonly amount: bigint
  readonly mcc: string
  readonly merchant: string
  readonly fallback?: string
  readonly network?: NetworkData
  readonly hold?: Hold
}

/** The form for an address. */
export function typedAt({ query }: Place): Typed {
  const field = (name: keyof Typed) => query.get(name) ?? ''
  return {
    account: field('account'),
    amount: field('amount'),
    mcc: field('mcc'),
    merchant: field('merchant'),
    fallback: field('fallback'),
    hold: field('hold'),
    rail: field('rail'),
    product: field('product'),
    currency: field('currency'),
    merchantTaxId: field('merchantTaxId'),
    acquirerId: field('acquirerId'),
    merchantId: field('merchantId'),
  }
}

/** Returns the purchase that the fields make; undefined while one of them is missing or wrong. */
export function purchaseOf({
  account,
  amount,
  mcc,
  merchant,
  fallback,
  hold,
  ...typed
}: Typed): Purchase | undefined {
  const centavos = parseMoney(amount)
  if (account.trim() === '' || centavos === undefined || !/^\d{4}$/.test(mcc.trim())) return undefined
  return {
    accountId: account.trim(),
    amount: centavos,
    mcc: mcc.trim(),
    merchant,
    ...(fallback !== '' && { fallback }),
    ...(hold !== '' && { hold: {} }),
    ...networkOf(typed),
  }
}

/** Returns the field `network` of a purchase, or nothing when the form says nothing for it. */
function networkOf({
  currency,
  ...typed
}: Omit<Typed, 'account' | 'amount' | 'mcc' | 'merchant' | 'fallback' | 'hold'>) {
  const texts = { ...typed, currency: currency.toUpperCase() }
  const said = Object.entries(texts).flatMap(([field, value]) =>
    value.trim() === '' ? [] : [[field, value.trim()]],
  )
  return said.length > 0 ? { network: Object.fromEntries(said) } : {}
}

/** Returns the problem of each field that has one. */
export function problemsOf({ account, amount, mcc }: Typed) {
  const { account: words, simulate } = text()
  return {
    account: account.trim() === '' ? simulate.accountMissing : undefined,
    amount: parseMoney(amount) === undefined ? words.amountWrong : undefined,
    mcc: /^\d{4}$/.test(mcc.trim()) ? undefined : simulate.mccWrong,
  }
}
