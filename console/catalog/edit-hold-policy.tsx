import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { HoldPolicy } from '../api/messages.js'
import { Button } from '../parts/basics.js'
import { Dialog } from '../parts/dialog.js'
import { Field, Form } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction } from '../parts/use-call.js'
import { text } from '../text/text.js'
import { areMccs, mccsIn } from './mccs.js'

/** Most rules in a policy. */
const RULES_MAX = 100

type EditHoldPolicyProps = {
  readonly policy: HoldPolicy
  readonly onClose: () => void
  readonly onDone: (report: string) => void
}

/** Replaces the hold policy. Repeating it is safe: it replaces the policy by the same one. */
export function EditHoldPolicy({ policy, onClose, onDone }: EditHoldPolicyProps) {
  const { categories: words } = text()
  const [days, setDays] = useState(String(policy.days ?? ''))
  const [rules, setRules] = useState(() => typedRules(policy))
  const [isChecked, setChecked] = useState(false)
  const daysProblem = isWithin(days, 1, 31) ? undefined : words.daysWrong
  const save = useAction(async () => {
    setChecked(true)
    if (daysProblem || rules.some((rule) => Object.values(problemsOf(rule)).some(Boolean))) return
    await call('CategoryService/UpdateHoldPolicy', {
      policy: { days: Number(days), rules: rules.map(ruleOf) },
    })
    onDone(words.holdsSaved)
  })
  return (
    <Dialog title={words.holdsEdit} onClose={onClose} side>
      <Form onSubmit={() => void save.run()}>
        <Field
          label={words.holdsDays}
          value={days}
          onInput={setDays}
          mode="numeric"
          problem={isChecked ? daysProblem : undefined}
          autoFocus
        />
        <p class="hint">{words.holdsFirst}</p>
        {rules.map((rule, index) => (
          <RuleFields
            key={rule.key}
            name={words.holdsRule(index + 1)}
            rule={rule}
            problems={isChecked ? problemsOf(rule) : {}}
            onType={(typed) => setRules(rules.map((each) => (each === rule ? typed : each)))}
            onRemove={() => setRules(rules.filter((each) => each !== rule))}
          />
        ))}
        {rules.length < RULES_MAX && (
          <div class="form-actions start">
            <Button onClick={() => setRules([...rules, emptyRule(rules)])}>{words.ruleAdd}</Button>
          </div>
        )}
        <p class="hint">{words.saveReview}</p>
        <FormEnd submit={words.holdsSave} call={save} onBack={onClose} />
      </Form>
    </Dialog>
  )
}

function RuleFields({
  name,
  rule,
  problems,
  onType,
  onRemove,
}: {
  readonly name: string
  readonly rule: TypedRule
  readonly problems: Partial<ReturnType<typeof problemsOf>>
  readonly onType: (rule: TypedRule) => void
  readonly onRemove: () => void
}) {
  const { categories: words } = text()
  return (
    <fieldset class="hold-rule">
      <legend>{name}</legend>
      <Field
        label={words.mccs}
        value={rule.mccs}
        onInput={(mccs) => onType({ ...rule, mccs })}
        hint={words.mccsHint}
        mono
        problem={problems.mccs}
      />
      <div class="field-pair">
        <Field
          label={words.ruleDays}
          value={rule.days}
          onInput={(days) => onType({ ...rule, days })}
          mode="numeric"
          hint={words.ruleDaysHint}
          problem={problems.days}
        />
        <Field
          label={words.rulePercent}
          value={rule.percent}
          onInput={(percent) => onType({ ...rule, percent })}
          mode="numeric"
          problem={problems.percent}
        />
      </div>
      <Button onClick={onRemove}>
        {words.ruleRemove}
        <span class="unseen"> {name}</span>
      </Button>
    </fieldset>
  )
}

type TypedRule = {
  readonly key: number
  readonly mccs: string
  readonly days: string
  readonly percent: string
}

function typedRules({ rules = [] }: HoldPolicy): readonly TypedRule[] {
  return rules.map(({ mccs = [], days, overPercent = 0 }, key) => ({
    key,
    mccs: mccs.join(' '),
    days: days === undefined ? '' : String(days),
    percent: String(overPercent),
  }))
}

function emptyRule(rules: readonly TypedRule[]): TypedRule {
  return { key: Math.max(0, ...rules.map(({ key }) => key)) + 1, mccs: '', days: '', percent: '0' }
}

function ruleOf({ mccs, days, percent }: TypedRule) {
  return {
    mccs: mccsIn(mccs),
    ...(days.trim() !== '' && { days: Number(days) }),
    overPercent: Number(percent),
  }
}

/** Returns the problem of each field that has one. */
function problemsOf({ mccs, days, percent }: TypedRule) {
  const { categories: words } = text()
  const items = mccsIn(mccs)
  return {
    mccs: items.length > 0 && areMccs(items) ? undefined : words.mccsWrong,
    days: days.trim() === '' || isWithin(days, 1, 31) ? undefined : words.daysWrong,
    percent: isWithin(percent, 0, 100) ? undefined : words.percentWrong,
  }
}

function isWithin(typed: string, min: number, max: number): boolean {
  return /^\d{1,3}$/.test(typed.trim()) && Number(typed) >= min && Number(typed) <= max
}
