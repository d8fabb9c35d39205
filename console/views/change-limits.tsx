import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { Account, Limits } from '../api/messages.js'
import { Facts } from '../parts/basics.js'
import { Dialog } from '../parts/dialog.js'
import { Field, Form } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction, useRequestId } from '../parts/use-call.js'
import { money, parseMoney, typedMoney } from '../text/money.js'
import { text } from '../text/text.js'

type LimitsProps = {
  readonly account: Account
  readonly onClose: () => void
  readonly onDone: (report: string) => void
}

/** The typed texts, by `purchase`, `FOOD day` and `FOOD month`. */
type Typed = Readonly<Record<string, string>>

/** Replaces the limits of an account, after a confirmation that repeats them. */
export function ChangeLimits({ account, onClose, onDone }: LimitsProps) {
  const { account: words } = text()
  const [typed, setTyped] = useState<Typed>(() => typedLimits(account.limits))
  const [step, setStep] = useState<'form' | 'review'>('form')
  const categories = limitedCategories(account)
  const hasProblem = Object.keys(typed).some((name) => isWrong(typed, name))
  const limits = limitsOf(typed, categories)
  const request = useRequestId(
    'AccountService/UpdateAccount',
    account.id,
    account.version,
    JSON.stringify(limits),
  )
  const update = useAction(async () => {
    await call('AccountService/UpdateAccount', {
      account: { id: account.id, limits },
      updateMask: 'limits',
      requestId: request.id,
    })
    request.renew()
    onDone(words.limitsDone)
  })
  if (step === 'form' || hasProblem) {
    return (
      <Dialog title={words.limitsTitle} onClose={onClose}>
        <Form onSubmit={() => !hasProblem && setStep('review')}>
          <p>{words.limitsWhy}</p>
          <LimitFields categories={categories} typed={typed} onType={setTyped} />
          <FormEnd submit={words.review} onBack={onClose} />
        </Form>
      </Dialog>
    )
  }
  return (
    <Dialog title={words.limitsTitle} onClose={onClose}>
      <Form onSubmit={() => void update.run()}>
        <p>{words.limitsReview}</p>
        <p class="mono id">{account.id}</p>
        <LimitList limits={limits} />
        <FormEnd
          submit={words.limitsConfirm}
          call={update}
          back={words.back}
          onBack={() => setStep('form')}
        />
      </Form>
    </Dialog>
  )
}

function LimitFields({
  categories,
  typed,
  onType,
}: {
  readonly categories: readonly string[]
  readonly typed: Typed
  readonly onType: (typed: Typed) => void
}) {
  const { account: words } = text()
  const field = (name: string, label: string) => (
    <Field
      label={label}
      value={typed[name] ?? ''}
      onInput={(value) => onType({ ...typed, [name]: value })}
      mode="decimal"
      problem={isWrong(typed, name) ? words.amountWrong : undefined}
    />
  )
  return (
    <>
      {field('purchase', words.limitPurchase)}
      {categories.map((category) => (
        <fieldset key={category} class="limit-pair">
          <legend>{category}</legend>
          {field(`${category} day`, words.limitDay)}
          {field(`${category} month`, words.limitMonth)}
        </fieldset>
      ))}
    </>
  )
}

/** Limits as names and amounts. */
export function LimitList({ limits }: { readonly limits: Limits }) {
  const { account: words } = text()
  const amount = (value: string | undefined) => (value === undefined ? words.limitsNone : money(value))
  return (
    <Facts
      rows={[
        [words.limitPurchase, amount(limits.purchaseMax)],
        ...(limits.wallets ?? []).flatMap(({ category, dayMax, monthMax }) => [
          [`${category}: ${words.limitDay.toLowerCase()}`, amount(dayMax)] as const,
          [`${category}: ${words.limitMonth.toLowerCase()}`, amount(monthMax)] as const,
        ]),
      ]}
    />
  )
}

/** Returns the categories of the account's wallets and of its limits. */
function limitedCategories({ wallets = [], limits }: Account): readonly string[] {
  return [...new Set([...wallets, ...(limits?.wallets ?? [])].map(({ category }) => category))]
}

function isWrong(typed: Typed, name: string): boolean {
  const value = typed[name]?.trim() ?? ''
  return value !== '' && parseMoney(value, { min: 0n }) === undefined
}

function typedLimits(limits: Limits | undefined): Typed {
  return Object.fromEntries([
    ['purchase', typedMoney(limits?.purchaseMax)],
    ...(limits?.wallets ?? []).flatMap(({ category, dayMax, monthMax }) => [
      [`${category} day`, typedMoney(dayMax)],
      [`${category} month`, typedMoney(monthMax)],
    ]),
  ])
}

function limitsOf(typed: Typed, categories: readonly string[]): Limits {
  const amountOf = (name: string) => {
    const amount = parseMoney(typed[name] ?? '', { min: 0n })
    return amount === undefined ? undefined : String(amount)
  }
  const purchaseMax = amountOf('purchase')
  const wallets = categories
    .map((category) => ({
      category,
      dayMax: amountOf(`${category} day`),
      monthMax: amountOf(`${category} month`),
    }))
    .filter(({ dayMax, monthMax }) => dayMax !== undefined || monthMax !== undefined)
    .map(({ category, dayMax, monthMax }) => ({
      category,
      ...(dayMax !== undefined && { dayMax }),
      ...(monthMax !== undefined && { monthMax }),
    }))
  return { ...(purchaseMax !== undefined && { purchaseMax }), wallets }
}
