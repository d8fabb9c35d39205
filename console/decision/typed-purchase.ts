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
}

/** A purchase that can be simulated: every field is there. */
export type Purchase = {
  readonly accountId: string
  readonly amount: bigint
  readonly mcc: string
  readonly merchant: string
  readonly fallback?: string
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
  }
}

/** Returns the purchase that the fields make; undefined while one of them is missing or wrong. */
export function purchaseOf({ account, amount, mcc, merchant, fallback }: Typed): Purchase | undefined {
  const centavos = parseMoney(amount)
  if (account.trim() === '' || centavos === undefined || !/^\d{4}$/.test(mcc.trim())) return undefined
  return {
    accountId: account.trim(),
    amount: centavos,
    mcc: mcc.trim(),
    merchant,
    ...(fallback !== '' && { fallback }),
  }
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
