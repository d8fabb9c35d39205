import type { MerchantRule } from '../api/messages.js'
import { Field } from '../parts/field.js'
import { text } from '../text/text.js'

/** The fields of a rule that name its merchants, as typed. */
type TypedMerchant = {
  readonly match: string
  readonly name: string
  readonly city: string
  readonly country: string
  readonly merchantTaxId: string
  readonly acquirerId: string
  readonly merchantId: string
}

const TAX_ID = 'MERCHANT_RULE_MATCH_TAX_ID'
const MERCHANT_ID = 'MERCHANT_RULE_MATCH_MERCHANT_ID'

/** Returns the name or the id that a rule covers. */
export function coveredBy({ name, merchantTaxId, merchantId }: MerchantRule): string {
  return name || merchantTaxId || merchantId || ''
}

/** Empties the fields that the match hides, whatever was typed into them. */
export function withoutHidden<Typed extends TypedMerchant>(typed: Typed): Typed {
  const { match } = typed
  const noName = { name: '', city: '', country: '' }
  if (match === TAX_ID) return { ...typed, ...noName, acquirerId: '', merchantId: '' }
  if (match === MERCHANT_ID) return { ...typed, ...noName, merchantTaxId: '' }
  return { ...typed, merchantTaxId: '', acquirerId: '', merchantId: '' }
}

/** The fields that name the merchants of a rule with this match. */
export function MerchantFields({
  typed,
  set,
}: {
  readonly typed: TypedMerchant
  readonly set: (field: keyof TypedMerchant) => (value: string) => void
}) {
  const { rules } = text()
  if (typed.match === TAX_ID) {
    return (
      <Field
        label={rules.merchantTaxId}
        value={typed.merchantTaxId}
        onInput={set('merchantTaxId')}
        hint={rules.merchantTaxIdHint}
        maxLength={18}
        mono
      />
    )
  }
  if (typed.match === MERCHANT_ID) {
    return (
      <div class="field-pair">
        <Field
          label={rules.acquirerId}
          value={typed.acquirerId}
          onInput={set('acquirerId')}
          hint={rules.acquirerIdHint}
          mode="numeric"
          maxLength={11}
          mono
        />
        <Field
          label={rules.merchantId}
          value={typed.merchantId}
          onInput={set('merchantId')}
          hint={rules.merchantIdHint}
          maxLength={15}
          mono
        />
      </div>
    )
  }
  return (
    <>
      <Field
        label={rules.name}
        value={typed.name}
        onInput={set('name')}
        hint={rules.nameHint}
        maxLength={99}
        mono
        autoFocus
      />
      <div class="field-pair">
        <Field
          label={rules.city}
          value={typed.city}
          onInput={set('city')}
          hint={rules.optional}
          maxLength={99}
        />
        <Field
          label={rules.country}
          value={typed.country}
          onInput={set('country')}
          hint={`${rules.optional}. ${rules.countryHint}`}
          maxLength={2}
        />
      </div>
    </>
  )
}
