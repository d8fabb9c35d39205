import { problemsOf, type Typed } from '../decision/typed-purchase.js'
import { Button } from '../parts/basics.js'
import { Field, Form, Select } from '../parts/field.js'
import { text } from '../text/text.js'

/** The only rail that has products. */
const VOUCHER = 'RAIL_VOUCHER'

/** The ids of a merchant, and the most characters of each. */
const idFields = [
  ['merchantTaxId', 14],
  ['acquirerId', 11],
  ['merchantId', 15],
] as const
const noNetworkFields = {
  rail: '',
  product: '',
  currency: '',
  merchantTaxId: '',
  acquirerId: '',
  merchantId: '',
} as const

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
      <label class="check">
        <input
          type="checkbox"
          checked={typed.hold !== ''}
          onChange={({ currentTarget }) => set('hold')(currentTarget.checked ? 'yes' : '')}
        />
        {simulate.hold}
      </label>
      <NetworkFields typed={typed} onType={onType} />
      <Button type="submit">{simulate.run}</Button>
    </Form>
  )
}

/** The fields of a purchase that the card network sends. */
function NetworkFields({ typed, onType }: Pick<PurchaseFormProps, 'typed' | 'onType'>) {
  const { network } = text()
  return (
    <details class="advanced" open={isAnyTyped(typed)}>
      <summary>{network.title}</summary>
      <div class="field-pair">
        <Select
          label={network.fields.rail}
          value={typed.rail}
          options={[['', network.unsaid], ...Object.entries(network.rails)]}
          onChoose={(rail) => onType({ ...typed, rail, product: rail === VOUCHER ? typed.product : '' })}
        />
        {typed.rail === VOUCHER && (
          <Select
            label={network.fields.product}
            value={typed.product}
            options={[['', network.unsaid], ...Object.entries(network.products)]}
            onChoose={(product) => onType({ ...typed, product })}
          />
        )}
        <Field
          label={network.fields.currency}
          value={typed.currency}
          onInput={(currency) => onType({ ...typed, currency })}
          maxLength={3}
          placeholder="BRL"
        />
        {idFields.map(([name, maxLength]) => (
          <Field
            key={name}
            label={network.fields[name]}
            value={typed[name]}
            onInput={(value) => onType({ ...typed, [name]: value })}
            maxLength={maxLength}
            mono
          />
        ))}
      </div>
    </details>
  )
}

/** Whether any field of the network is typed. */
function isAnyTyped({ rail, currency, merchantTaxId, acquirerId, merchantId }: Typed): boolean {
  return [rail, currency, merchantTaxId, acquirerId, merchantId].some((value) => value !== '')
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
  const plain = { account, fallback: '', hold: '', ...noNetworkFields }
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
