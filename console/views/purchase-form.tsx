import { problemsOf, type Typed } from '../decision/typed-purchase.js'
import { Button } from '../parts/basics.js'
import { Field, Form } from '../parts/field.js'
import { text } from '../text/text.js'

type PurchaseFormProps = {
  readonly typed: Typed
  /** The accounts to choose from. */
  readonly accounts: readonly string[]
  /** Whether the fields show what is wrong with them. */
  readonly isChecked: boolean
  readonly onType: (typed: Typed) => void
  readonly onSubmit: () => void
}

/** The form for a purchase. */
export function PurchaseForm({ typed, accounts, isChecked, onType, onSubmit }: PurchaseFormProps) {
  const { simulate } = text()
  const problems: Partial<ReturnType<typeof problemsOf>> = isChecked ? problemsOf(typed) : {}
  const set = (name: keyof Typed) => (value: string) => onType({ ...typed, [name]: value })
  return (
    <Form onSubmit={onSubmit}>
      <Field
        label={simulate.account}
        value={typed.account}
        onInput={set('account')}
        list={accounts}
        maxLength={64}
        mono
        problem={problems.account}
      />
      <div class="field-pair">
        <Field
          label={simulate.amount}
          value={typed.amount}
          onInput={set('amount')}
          mode="decimal"
          problem={problems.amount}
        />
        <Field
          label={simulate.mcc}
          value={typed.mcc}
          onInput={set('mcc')}
          mode="numeric"
          maxLength={4}
          hint={simulate.mccHint}
          problem={problems.mcc}
        />
      </div>
      <Field
        label={simulate.merchant}
        value={typed.merchant}
        onInput={set('merchant')}
        maxLength={200}
        mono
        hint={simulate.merchantHint}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={typed.fallback === ''}
          onChange={({ currentTarget }) => set('fallback')(currentTarget.checked ? '' : 'FALLBACK_NEVER')}
        />
        {simulate.fallback}
      </label>
      <Button type="submit">{simulate.run}</Button>
    </Form>
  )
}

/** Purchases to try, one button each. */
export function Examples({
  account,
  onChoose,
}: {
  readonly account: string
  readonly onChoose: (typed: Typed) => void
}) {
  const { simulate } = text()
  const { examples } = simulate
  const de43 = (name: string, city: string) => `${name.padEnd(25)}${city.padStart(12)} BR`
  const plain = { account, fallback: '' }
  const cases: readonly (readonly [string, Typed])[] = [
    [
      examples.food,
      { ...plain, amount: '5', mcc: '5411', merchant: de43('SUPERMERCADO BOM DIA', 'SAO PAULO') },
    ],
    [examples.meal, { ...plain, amount: '8', mcc: '5811', merchant: de43('PADARIA DO ZE', 'SAO PAULO') }],
    [examples.wrongMcc, { ...plain, amount: '5', mcc: '5999', merchant: de43('UBER EATS', 'SAO PAULO') }],
    [
      examples.tooMuch,
      { ...plain, amount: '999999', mcc: '5811', merchant: de43('PADARIA DO ZE', 'SAO PAULO') },
    ],
    [examples.unknown, { ...plain, account: 'nobody', amount: '5', mcc: '5411', merchant: '' }],
  ]
  return (
    <div class="examples">
      <p class="label">{simulate.try}</p>
      <div class="example-list">
        {cases.map(([name, typed]) => (
          <button key={name} type="button" class="choice" onClick={() => onChoose(typed)}>
            {name}
          </button>
        ))}
      </div>
    </div>
  )
}
