import { type CategoryId, DISPLAY_NAME_LENGTH_MAX, isCategoryId, isMcc } from '../domain/category.js'
import { railSet } from '../domain/category-rails.js'
import { expiryIdOf } from '../domain/expiry.js'
import { MCC_ITEMS_MAX, type MccSet, mccItemFault, mccSet } from '../domain/mcc-set.js'
import { characterCount, MERCHANT_LENGTH_MAX } from '../domain/merchant.js'
import { isMerchantRuleId, type MerchantRuleId } from '../domain/merchant-rule.js'
import { AMOUNT_MAX, type Centavos, centavos, isTransactionAmount } from '../domain/money.js'
import { type Rail as RailName, rails as railNames } from '../domain/network.js'
import { Fallback } from '../gen/benefits/v1/authorization.js'
import { Rail } from '../gen/benefits/v1/network.js'
import { CallError, type FieldViolation } from './call-error.js'

const ACCOUNT_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/
const TRANSACTION_ID = /^[!-~]{1,128}$/
/** The id of an expiry, as a statement shows it or as a person copies it. It names the purchase. */
const EXPIRY_ID = /^ ?expiry ([!-~]{1,128})$/
/** First and last time that a google.protobuf.Timestamp can hold, to the millisecond of a Date. */
const TIME_MIN = new Date('0001-01-01T00:00:00.000Z')
const TIME_MAX = new Date('9999-12-31T23:59:59.999Z')
/** Most items in a list of rails. */
const RAIL_ITEMS_MAX = railNames.length
const CONTROL_CHARACTER = /\p{Cc}/u

/** Validates a request field by field and reports every invalid field in one error. */
export class RequestFields {
  readonly #violations: FieldViolation[] = []

  /** Throws INVALID_REQUEST with a BadRequest if any field checked so far is invalid. */
  close(): void {
    if (this.#violations.length > 0) throw new CallError('INVALID_REQUEST', { violations: this.#violations })
  }

  accountId(field: string, value: string): string {
    this.check(
      ACCOUNT_ID.test(value),
      field,
      'must be 1 to 64 characters from A-Z a-z 0-9 . _ : -, starting with a letter or a digit',
    )
    return value
  }

  transactionId(field: string, value: string): string {
    this.check(TRANSACTION_ID.test(value), field, 'must be 1 to 128 visible ASCII characters')
    return value
  }

  /** Validates the id of a recorded entry: one that a caller sent, or that of an expiry. */
  entryId(field: string, value: string): string {
    const expired = EXPIRY_ID.exec(value)?.[1]
    return expired === undefined ? this.transactionId(field, value) : expiryIdOf(expired)
  }

  differ(field: string, value: string, otherField: string, other: string): void {
    this.check(value !== other, field, `must differ from ${otherField}`)
  }

  /** Validates an optional id. The empty string means absent. */
  optionalTransactionId(field: string, value: string): string | undefined {
    return value === '' ? undefined : this.transactionId(field, value)
  }

  /** Validates the form of a category's id. The category need not exist. */
  categoryId(field: string, value: string): CategoryId {
    this.check(
      isCategoryId(value),
      field,
      'must be 1 to 32 characters from A-Z 0-9 _, starting with a letter',
    )
    return value
  }

  amount(field: string, value: bigint): Centavos {
    if (isTransactionAmount(value)) return value
    this.check(false, field, `must be 1 to ${AMOUNT_MAX} centavos`)
    // The value is never used: close() throws.
    return 0n as Centavos
  }

  /** Validates the amount of a purchase: 0 for an account verification, and above 0 otherwise. */
  purchaseAmount(field: string, value: bigint, verification: boolean): Centavos {
    if (!verification) return this.amount(field, value)
    this.check(value === 0n, field, 'must be 0 with verification')
    return centavos(0n)
  }

  /** Validates a limit on spending: 0 or more centavos. */
  limit(field: string, value: bigint): Centavos {
    if (value >= 0n) return centavos(value)
    this.check(false, field, 'must be 0 centavos or more')
    // The value is never used: close() throws.
    return centavos(0n)
  }

  mcc(field: string, value: string): string {
    this.check(isMcc(value), field, 'must be exactly four digits')
    return value
  }

  /** Validates MCC codes and ranges, and reports each invalid item. */
  mccs(field: string, items: readonly string[]): MccSet {
    const fits = items.length <= MCC_ITEMS_MAX
    this.check(fits, field, `must be at most ${MCC_ITEMS_MAX} codes and ranges`)
    if (!fits) return []
    const faults = items.map(mccItemFault)
    for (const [index, fault] of faults.entries()) {
      if (fault !== undefined) this.check(false, `${field}[${index}]`, fault)
    }
    return mccSet(items.filter((_, index) => faults[index] === undefined))
  }

  /** Validates the rails of a category, and reports each unknown item. */
  rails(field: string, items: readonly Rail[]): readonly RailName[] {
    const fits = items.length <= RAIL_ITEMS_MAX
    this.check(fits, field, `must be at most ${RAIL_ITEMS_MAX} rails`)
    if (!fits) return []
    const names = items.map((item) => railNames.find((name) => Rail[name] === item))
    for (const [index, name] of names.entries()) {
      this.check(name !== undefined, `${field}[${index}]`, 'must be RAIL_VOUCHER, RAIL_CREDIT or RAIL_DEBIT')
    }
    return railSet(names.filter((name) => name !== undefined))
  }

  /** Validates a name to show to people. */
  displayName(field: string, value: string): string {
    const fits = value.trim() !== '' && isNoLongerThan(value, DISPLAY_NAME_LENGTH_MAX)
    this.check(fits, field, `must be 1 to ${DISPLAY_NAME_LENGTH_MAX} characters`)
    this.check(!CONTROL_CHARACTER.test(value), field, 'must not contain control characters')
    return value
  }

  merchant(field: string, value: string): string {
    this.check(
      isNoLongerThan(value, MERCHANT_LENGTH_MAX),
      field,
      `must be at most ${MERCHANT_LENGTH_MAX} characters`,
    )
    this.check(!CONTROL_CHARACTER.test(value), field, 'must not contain control characters')
    return value
  }

  /** Validates whether the free balance may pay. Undefined: it may. */
  fallback(field: string, value: Fallback): 'NEVER' | undefined {
    this.check(
      value === Fallback.UNSPECIFIED || value === Fallback.NEVER,
      field,
      'must be FALLBACK_UNSPECIFIED or FALLBACK_NEVER',
    )
    return value === Fallback.NEVER ? 'NEVER' : undefined
  }

  /** Validates an optional time. */
  optionalTime(field: string, value: Date | undefined): Date | undefined {
    // Comparisons with an invalid Date are false, so the check fails for it, too.
    const isTime = value === undefined || (value >= TIME_MIN && value <= TIME_MAX)
    this.check(isTime, field, 'must be a time of the years 1 to 9999')
    return value
  }

  merchantRuleId(field: string, value: string): MerchantRuleId {
    this.check(
      isMerchantRuleId(value),
      field,
      'must be 1 to 64 characters from A-Z a-z 0-9 . _ : -, starting with a letter or a digit',
    )
    return value
  }

  /** Records a violation unless the condition holds. */
  check(holds: boolean, field: string, description: string): void {
    if (!holds) this.#violations.push({ field, description })
  }
}

function isNoLongerThan(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax || characterCount(text) <= lengthMax
}
