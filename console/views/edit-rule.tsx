import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { MerchantRule } from '../api/messages.js'
import { Button } from '../parts/basics.js'
import { Dialog } from '../parts/dialog.js'
import { Field, Form, Select } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction, useRequestId } from '../parts/use-call.js'
import { text } from '../text/text.js'
import { dateTime } from '../text/time.js'
import { coveredBy, MerchantFields, withoutHidden } from './rule-merchant.js'

type EditRuleProps = {
  /** The rule to change; undefined for a new one. */
  readonly rule: MerchantRule | undefined
  readonly onClose: () => void
  readonly onDone: (report: string) => void
}

/** Creates, changes or deletes a merchant rule. A change applies only to the version that is shown. */
export function EditRule({ rule, onClose, onDone }: EditRuleProps) {
  const { rules } = text()
  const [removing, setRemoving] = useState(false)
  const [typed, setTyped] = useState(() => typedRule(rule))
  const wanted = withoutHidden(typed)
  // Without an id of its own, a repeat would create a second rule.
  const request = useRequestId('MerchantRuleService/CreateMerchantRule', JSON.stringify(wanted))
  const save = useAction(async () => {
    if (rule) {
      await call('MerchantRuleService/UpdateMerchantRule', {
        merchantRule: { ...wanted, id: rule.id, ...(rule.etag && { etag: rule.etag }) },
        updateMask: 'match,name,city,country,mcc,merchantTaxId,acquirerId,merchantId',
      })
    } else {
      await call('MerchantRuleService/CreateMerchantRule', {
        merchantRule: { ...wanted, id: typed.id.trim() || request.id },
      })
      request.renew()
    }
    onDone(rules.saved)
  })
  const remove = useAction(async () => {
    if (!rule) return
    await call('MerchantRuleService/DeleteMerchantRule', {
      merchantRuleId: rule.id,
      ...(rule.etag && { etag: rule.etag }),
    })
    onDone(rules.removed)
  })
  if (rule && removing) {
    return (
      <Dialog title={rules.removeTitle} onClose={onClose}>
        <Form onSubmit={() => void remove.run()}>
          <p class="mono id">
            {coveredBy(rule)} → {rule.mcc} ({rule.id})
          </p>
          <p>{rules.removeWhy}</p>
          <FormEnd
            submit={rules.removeConfirm}
            kind="danger"
            call={remove}
            onBack={() => setRemoving(false)}
          />
        </Form>
      </Dialog>
    )
  }
  return (
    <Dialog title={rule ? rules.edit : rules.create} onClose={onClose} side>
      <Form onSubmit={() => void save.run()}>
        <RuleFields rule={rule} typed={typed} onType={setTyped} />
        <FormEnd submit={rules.save} call={save} onBack={onClose}>
          {rule && (
            <Button kind="danger" onClick={() => setRemoving(true)}>
              {rules.remove}
            </Button>
          )}
        </FormEnd>
      </Form>
    </Dialog>
  )
}

type Typed = ReturnType<typeof typedRule>

function typedRule(rule: MerchantRule | undefined) {
  return {
    id: rule?.id ?? '',
    match: rule?.match ?? 'MERCHANT_RULE_MATCH_EXACT',
    name: rule?.name ?? '',
    city: rule?.city ?? '',
    country: rule?.country ?? '',
    mcc: rule?.mcc ?? '',
    merchantTaxId: rule?.merchantTaxId ?? '',
    acquirerId: rule?.acquirerId ?? '',
    merchantId: rule?.merchantId ?? '',
  }
}

function RuleFields({
  rule,
  typed,
  onType,
}: {
  readonly rule: MerchantRule | undefined
  readonly typed: Typed
  readonly onType: (typed: Typed) => void
}) {
  const { rules } = text()
  const set = (name: keyof Typed) => (value: string) => onType({ ...typed, [name]: value })
  return (
    <>
      {rule ? (
        <p class="hint">
          <span class="mono id">{rule.id}</span>
          <br />
          {rules.changed(dateTime(rule.updateTime), rule.subject ?? '')}
        </p>
      ) : (
        <Field
          label={rules.id}
          value={typed.id}
          onInput={set('id')}
          hint={rules.idHint}
          maxLength={64}
          mono
        />
      )}
      <Select
        label={rules.match}
        value={typed.match}
        options={Object.entries(rules.matches)}
        onChoose={set('match')}
      />
      <MerchantFields typed={typed} set={set} />
      <Field label={rules.mcc} value={typed.mcc} onInput={set('mcc')} mode="numeric" maxLength={4} mono />
    </>
  )
}
