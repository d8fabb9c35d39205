import { useEffect, useRef, useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { AuthorizeAnswer, NetworkData, Simulation } from '../api/messages.js'
import { DecisionPath, reasonText } from '../decision/decision-path.js'
import { MccUsed, MerchantReading, RulesTried } from '../decision/merchant-reading.js'
import { type Drawn, drawnSimulation, withoutPrefix } from '../decision/steps.js'
import { Button, Chip, Done, Empty, Head } from '../parts/basics.js'
import { Dialog } from '../parts/dialog.js'
import { Failure } from '../parts/failure.js'
import { Field, Form, Select } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction, useLoad, useRequestId } from '../parts/use-call.js'
import { linkTo, type Place } from '../router.js'
import { addressMoney, money, parseMoney } from '../text/money.js'
import { text } from '../text/text.js'
import { Reverse } from './reverse.js'

/** Time after the last keystroke before the form is simulated, in milliseconds. */
const PAUSE_MS = 300
/** The only rail that has products. */
const VOUCHER = 'RAIL_VOUCHER'

type Typed = {
  readonly account: string
  readonly amount: string
  readonly mcc: string
  readonly merchant: string
  /** FALLBACK_NEVER, or empty. */
  readonly fallback: string
  /** A value of Rail and of Product, or empty. */
  readonly rail: string
  readonly product: string
  readonly currency: string
}

/** A purchase that can be simulated: every field is there. */
type Purchase = {
  readonly accountId: string
  readonly amount: bigint
  readonly mcc: string
  readonly merchant: string
  readonly fallback?: string
  readonly network?: NetworkData
}

type Drawing = {
  readonly purchase: Purchase
  readonly simulation: Simulation
  readonly purchaseMax?: string | undefined
}

/** A purchase to try: the decision is drawn as one types, and nothing is recorded until one makes it. */
export function Simulate({ place }: { readonly place: Place }) {
  const { network, simulate } = text()
  const [typed, setTyped] = useState<Typed>(() => typedAt(place))
  const drawnPlace = useRef(place)
  useEffect(() => {
    if (place === drawnPlace.current) return
    drawnPlace.current = place
    // A link to another purchase, or the back button. A link to the view alone keeps the form.
    if (place.query.size > 0) setTyped(typedAt(place))
  }, [place])
  const [isChecked, setChecked] = useState(false)
  const [round, setRound] = useState(0)
  const known = useLoad(async () => {
    const { accounts = [] } = await call('AccountService/ListAccounts', { pageSize: 20 }).catch(() => ({
      accounts: [],
    }))
    return accounts.map(({ id }) => id)
  }, [])
  const [first = ''] = known.data ?? []
  useEffect(() => {
    if (typed.account === '' && first !== '')
      setTyped((last) => ({ ...last, account: last.account || first }))
  }, [first])

  const purchase = purchaseOf(typed)
  const debounced = useDebounced(JSON.stringify(typed))
  const drawing = useLoad<Drawing | undefined>(async () => {
    const asked = purchaseOf(JSON.parse(debounced))
    if (asked === undefined) return undefined
    const amount = addressMoney(asked.amount)
    history.replaceState(null, '', linkTo(['simulate'], { ...JSON.parse(debounced), amount }))
    const simulation = await call('AuthorizationService/Simulate', { ...asked, amount: String(asked.amount) })
    if (drawnSimulation(simulation, asked).decidedBy !== 'purchaseLimit')
      return { purchase: asked, simulation }
    // The limit makes the sentence exact. Without the scope to read the account, it says less.
    const { account } = await call('AccountService/GetAccount', { accountId: asked.accountId }).catch(() => ({
      account: undefined,
    }))
    return { purchase: asked, simulation, purchaseMax: account?.limits?.purchaseMax }
  }, [debounced, round])
  const result = useRef<HTMLDivElement>(null)
  const isAwaited = useRef(false)
  useEffect(() => {
    if (!isAwaited.current || drawing.loading) return
    isAwaited.current = false
    // On a narrow screen the decision stands below the form.
    const { top = 0 } = result.current?.getBoundingClientRect() ?? {}
    if (top > innerHeight / 2) result.current?.scrollIntoView()
  }, [drawing.data, drawing.error])
  const problems: Partial<ReturnType<typeof problemsOf>> = isChecked ? problemsOf(typed) : {}
  const set = (name: keyof Typed) => (value: string) => {
    isAwaited.current = false
    setTyped({ ...typed, [name]: value })
  }
  return (
    <>
      <Head title={simulate.title} why={simulate.why} />
      <div class="simulate">
        <div class="simulate-form">
          <Form
            onSubmit={() => {
              setChecked(true)
              isAwaited.current = purchase !== undefined
              setRound(round + 1)
            }}
          >
            <Field
              label={simulate.account}
              value={typed.account}
              onInput={set('account')}
              list={known.data ?? []}
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
                onChange={({ currentTarget }) =>
                  set('fallback')(currentTarget.checked ? '' : 'FALLBACK_NEVER')
                }
              />
              {simulate.fallback}
            </label>
            <details class="advanced" open={typed.rail !== '' || typed.currency !== ''}>
              <summary>{network.title}</summary>
              <div class="field-pair">
                <Select
                  label={network.fields.rail}
                  value={typed.rail}
                  options={[['', network.unsaid], ...Object.entries(network.rails)]}
                  onChoose={(rail) =>
                    setTyped({ ...typed, rail, product: rail === VOUCHER ? typed.product : '' })
                  }
                />
                {typed.rail === VOUCHER && (
                  <Select
                    label={network.fields.product}
                    value={typed.product}
                    options={[['', network.unsaid], ...Object.entries(network.products)]}
                    onChoose={set('product')}
                  />
                )}
                <Field
                  label={network.fields.currency}
                  value={typed.currency}
                  onInput={set('currency')}
                  maxLength={3}
                  placeholder="BRL"
                />
              </div>
            </details>
            <Button type="submit">{simulate.run}</Button>
          </Form>
          <Examples
            account={first || typed.account}
            onChoose={(example) => {
              isAwaited.current = true
              setTyped(example)
            }}
          />
        </div>
        <div class="simulate-result" ref={result} aria-live="polite" aria-busy={drawing.loading}>
          {drawing.error !== undefined ? (
            <Failure error={drawing.error} onRetry={drawing.reload} />
          ) : drawing.data && purchase ? (
            <Result key={debounced} drawing={drawing.data} onChanged={() => setRound(round + 1)} />
          ) : (
            <Empty>{simulate.empty}</Empty>
          )}
        </div>
      </div>
    </>
  )
}

function Examples({
  account,
  onChoose,
}: {
  readonly account: string
  readonly onChoose: (typed: Typed) => void
}) {
  const { simulate } = text()
  const { examples } = simulate
  const de43 = (name: string, city: string) => `${name.padEnd(25)}${city.padStart(12)} BR`
  const plain = { account, fallback: '', rail: '', product: '', currency: '' }
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

function Result({ drawing, onChanged }: { readonly drawing: Drawing; readonly onChanged: () => void }) {
  const { purchase, simulation, purchaseMax } = drawing
  const { decision, simulate } = text()
  const drawn = drawnSimulation(simulation, purchase)
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<AuthorizeAnswer>()
  return (
    <>
      <section class="decision">
        <Verdict drawn={drawn} />
        {made && <Made answer={made} accountId={purchase.accountId} onReversed={onChanged} />}
        <div class="form-actions start">
          <Button
            kind={made || drawn.reason !== 'APPROVED' ? 'plain' : 'primary'}
            onClick={() => setMaking(true)}
          >
            {made ? simulate.makeAgain : simulate.make}
          </Button>
        </div>
        <DecisionPath drawn={drawn} purchaseMax={purchaseMax} />
      </section>
      <aside class="reading" aria-label={decision.merchant}>
        <section class="card">
          <h2>{decision.merchant}</h2>
          <MerchantReading raw={purchase.merchant} merchant={simulation.merchant} />
        </section>
        <section class="card">
          <h2>{decision.rules}</h2>
          <RulesTried rules={simulation.rules ?? []} />
          {(simulation.rules ?? []).length > 0 && <p class="hint">{decision.rulesAreFirst}</p>}
        </section>
        <section class="card">
          <h2>{decision.mcc}</h2>
          <MccUsed drawn={drawn} />
        </section>
      </aside>
      {making && (
        <MakePurchase
          purchase={purchase}
          onClose={() => setMaking(false)}
          onDone={(answer) => {
            setMaking(false)
            setMade(answer)
            onChanged()
          }}
        />
      )}
    </>
  )
}

function Verdict({ drawn }: { readonly drawn: Drawn }) {
  const { decision } = text()
  const isApproved = drawn.reason === 'APPROVED'
  const word =
    drawn.reason === undefined ? decision.rejected : isApproved ? decision.approved : decision.declined
  return (
    <header class={`verdict ${isApproved ? 'good' : 'bad'}`}>
      <p class="label">{decision.wouldBe}</p>
      <p class="figure">{word}</p>
      <p class="quiet">
        {drawn.reason !== undefined && !isApproved && `${reasonText(drawn.reason)} · `}
        {drawn.code !== '' && decision.code(drawn.code, drawn.iso8583Code)}
      </p>
    </header>
  )
}

/** Makes the purchase for real, after a confirmation that repeats the amount and the account. */
function MakePurchase({
  purchase,
  onClose,
  onDone,
}: {
  readonly purchase: Purchase
  readonly onClose: () => void
  readonly onDone: (answer: AuthorizeAnswer) => void
}) {
  const { simulate } = text()
  const amount = money(purchase.amount)
  const content = JSON.stringify({ ...purchase, amount: String(purchase.amount) })
  const request = useRequestId('AuthorizationService/Authorize', content)
  const make = useAction(async () => {
    const answer = await call('AuthorizationService/Authorize', {
      ...purchase,
      amount: String(purchase.amount),
      transactionId: request.id,
    })
    request.renew()
    onDone(answer)
  })
  return (
    <Dialog title={simulate.makeTitle} onClose={onClose}>
      <Form onSubmit={() => void make.run()}>
        <p class="figure">{amount}</p>
        <p>{simulate.makeWhy(amount)}</p>
        <p class="mono id">{purchase.accountId}</p>
        <FormEnd submit={simulate.makeConfirm(amount)} call={make} onBack={onClose} />
      </Form>
    </Dialog>
  )
}

/** The answer to the purchase that was just made, with what one can do next. */
function Made({
  answer,
  accountId,
  onReversed,
}: {
  readonly answer: AuthorizeAnswer
  readonly accountId: string
  readonly onReversed: () => void
}) {
  const { decision, frame, simulate } = text()
  const [reversing, setReversing] = useState(false)
  const [report, setReport] = useState<string>()
  const isApproved = answer.decision === 'DECISION_APPROVED'
  return (
    <div class="made">
      <p class="made-head">
        <b>{simulate.made}</b>
        <Chip tone={isApproved ? 'good' : 'bad'}>
          {isApproved ? decision.approved : reasonText(withoutPrefix(answer.reason, 'REASON'))}
        </Chip>
      </p>
      {answer.category && (
        <p>{decision.paid(answer.category, money(answer.approvedAmount), money(answer.balance))}</p>
      )}
      {answer.replayed && <p>{frame.countedOnce}</p>}
      {report !== undefined && <Done>{report}</Done>}
      <div class="form-actions start">
        {isApproved && <Button onClick={() => setReversing(true)}>{simulate.reverse}</Button>}
        <a class="button plain" href={linkTo(['accounts', accountId], { entry: answer.transactionId })}>
          {simulate.seeEntry}
        </a>
      </div>
      {reversing && (
        <Reverse
          accountId={accountId}
          purchaseId={answer.transactionId}
          onClose={() => setReversing(false)}
          onDone={(said) => {
            setReversing(false)
            setReport(said)
            onReversed()
          }}
        />
      )}
    </div>
  )
}

/** The form that an address names. */
function typedAt({ query }: Place): Typed {
  const field = (name: keyof Typed) => query.get(name) ?? ''
  return {
    account: field('account'),
    amount: field('amount'),
    mcc: field('mcc'),
    merchant: field('merchant'),
    fallback: field('fallback'),
    rail: field('rail'),
    product: field('product'),
    currency: field('currency'),
  }
}

/** The value once it has not changed for a moment. */
function useDebounced(value: string): string {
  const [debounced, setDebounced] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return debounced
}

function purchaseOf({ account, amount, mcc, merchant, fallback, ...typed }: Typed): Purchase | undefined {
  const centavos = parseMoney(amount)
  if (account.trim() === '' || centavos === undefined || !/^\d{4}$/.test(mcc.trim())) return undefined
  return {
    accountId: account.trim(),
    amount: centavos,
    mcc: mcc.trim(),
    merchant,
    ...(fallback !== '' && { fallback }),
    ...networkOf(typed),
  }
}

/** The field `network` of a purchase; empty when nothing was typed for it. */
function networkOf({ rail, product, currency }: Pick<Typed, 'rail' | 'product' | 'currency'>) {
  const network = {
    ...(rail !== '' && { rail }),
    ...(product !== '' && { product }),
    ...(currency.trim() !== '' && { currency: currency.trim().toUpperCase() }),
  }
  return Object.keys(network).length > 0 ? { network } : {}
}

function problemsOf({ account, amount, mcc }: Typed) {
  const { account: words, simulate } = text()
  return {
    account: account.trim() === '' ? simulate.accountMissing : undefined,
    amount: parseMoney(amount) === undefined ? words.amountWrong : undefined,
    mcc: /^\d{4}$/.test(mcc.trim()) ? undefined : simulate.mccWrong,
  }
}
