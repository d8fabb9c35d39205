import { useEffect, useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { MerchantRule } from '../api/messages.js'
import { MerchantReading, RulesTried, rulesTriedIn } from '../decision/merchant-reading.js'
import { Button, Command, Done, Empty, Head } from '../parts/basics.js'
import { ListEnd } from '../parts/endless.js'
import { Failure } from '../parts/failure.js'
import { Field, Form } from '../parts/field.js'
import { type Pages, useLoad, usePages } from '../parts/use-call.js'
import { goTo, linkTo, type Place } from '../router.js'
import { text } from '../text/text.js'
import { EditRule } from './edit-rule.js'
import { coveredBy } from './rule-merchant.js'

/** The merchant rules, and the resolver that shows which of them decides. */
export function Rules({ place }: { readonly place: Place }) {
  const { rules } = text()
  const [name, setName] = useState('')
  const [mcc, setMcc] = useState('')
  const [taxId, setTaxId] = useState('')
  const wholeTaxId = isWholeTaxId(taxId) ? taxId : ''
  const [editing, setEditing] = useState<MerchantRule | 'new'>()
  const [done, setDone] = useState<string>()
  const namedId = place.query.get('rule')
  const named = useLoad(async () => {
    if (namedId === null) return undefined
    const { merchantRule } = await call('MerchantRuleService/GetMerchantRule', { merchantRuleId: namedId })
    return merchantRule
  }, [namedId])
  const pages = usePages<MerchantRule>(
    async (pageToken) => {
      const answer = await call('MerchantRuleService/ListMerchantRules', {
        pageSize: 50,
        pageToken,
        ...(name.trim() !== '' && { namePrefix: name }),
        ...(/^\d{4}$/.test(mcc) && { mcc }),
        ...(wholeTaxId !== '' && { merchantTaxId: wholeTaxId }),
      })
      return { items: answer.merchantRules ?? [], next: answer.nextPageToken ?? '' }
    },
    [name, mcc.length === 4 ? mcc : '', wholeTaxId],
  )
  const isFiltered = name.trim() !== '' || mcc !== '' || taxId !== ''
  const open = editing ?? (namedId === null ? undefined : named.data)
  const close = () => {
    setEditing(undefined)
    if (namedId !== null) goTo(linkTo(['rules']), { replace: true })
  }
  return (
    <>
      <Head title={rules.title} why={rules.why}>
        <Button kind="primary" onClick={() => setEditing('new')}>
          {rules.create}
        </Button>
      </Head>
      {done !== undefined && <Done>{done}</Done>}
      <Failure error={named.error} />
      <Resolver place={place} />
      <section>
        <h2>{rules.list}</h2>
        <div class="filters">
          <Field label={rules.filterName} value={name} onInput={setName} maxLength={99} />
          <Field label={rules.filterMcc} value={mcc} onInput={setMcc} mode="numeric" maxLength={4} />
          <Field label={rules.merchantTaxId} value={taxId} onInput={setTaxId} maxLength={18} />
        </div>
        <RuleList pages={pages} isFiltered={isFiltered} onChoose={setEditing} />
      </section>
      {open && (
        <EditRule
          key={open === 'new' ? '' : open.id}
          rule={open === 'new' ? undefined : open}
          onClose={close}
          onDone={(report) => {
            setDone(report)
            close()
            pages.reload()
          }}
        />
      )}
    </>
  )
}

function RuleList({
  pages,
  isFiltered,
  onChoose,
}: {
  readonly pages: Pages<MerchantRule>
  readonly isFiltered: boolean
  readonly onChoose: (rule: MerchantRule) => void
}) {
  const { rules } = text()
  return (
    <div class="list">
      {pages.items.length > 0 && (
        <div class="list-head rule-row" aria-hidden="true">
          <span>{rules.nameOrId}</span>
          <span>{rules.match}</span>
          <span>{rules.place}</span>
          <span>MCC</span>
          <span>{rules.id}</span>
        </div>
      )}
      <ul>
        {pages.items.map((rule) => (
          <li key={rule.id}>
            <button type="button" class="row rule-row" onClick={() => onChoose(rule)}>
              <span class="mono">{coveredBy(rule)}</span>
              <span class="quiet">{rules.matches[rule.match]}</span>
              <span class="quiet">{placeOf(rule)}</span>
              <span class="mono">{rule.mcc}</span>
              <span class="quiet id">{rule.id}</span>
            </button>
          </li>
        ))}
      </ul>
      <ListEnd
        pages={pages}
        empty={
          isFiltered ? (
            <Empty>{rules.emptyFiltered}</Empty>
          ) : (
            <Empty>
              <p>{rules.empty}</p>
              <Command>./benefits rules import rules.csv</Command>
            </Empty>
          )
        }
      />
    </div>
  )
}

/** The city and country, or the acquirer, that a rule is for. */
function placeOf({ match, city = '', country = '', acquirerId = '' }: MerchantRule): string {
  const { rules } = text()
  if (match === 'MERCHANT_RULE_MATCH_TAX_ID') return ''
  if (match === 'MERCHANT_RULE_MATCH_MERCHANT_ID') return rules.atAcquirer(acquirerId)
  return [city, country].filter((part) => part !== '').join(', ') || rules.anywhere
}

/** Whether a CNPJ is typed to its end, with or without punctuation. */
function isWholeTaxId(typed: string): boolean {
  return typed.replace(/[\s./-]/g, '').length === 14
}

/** The fields of the resolver, as the address names them. */
const resolverFields = ['merchant', 'merchantTaxId', 'acquirerId', 'merchantId'] as const

function Resolver({ place }: { readonly place: Place }) {
  const { rules, decision } = text()
  const [merchant, merchantTaxId, acquirerId, merchantId] = resolverFields.map(
    (field) => place.query.get(field) ?? '',
  ) as [string, string, string, string] // One for each field.
  const asked = { merchant, merchantTaxId, acquirerId, merchantId }
  const said = JSON.stringify(asked)
  const [typed, setTyped] = useState(asked)
  useEffect(() => setTyped(asked), [said])
  const set = (field: keyof typeof typed) => (value: string) => setTyped({ ...typed, [field]: value })
  const resolution = useLoad(
    async () =>
      Object.values(asked).every((value) => value === '')
        ? undefined
        : await call('MerchantRuleService/ResolveMerchant', asked),
    [said],
  )
  const found = resolution.data
  return (
    <section class="card resolver">
      <h2>{rules.resolver}</h2>
      <Form class="resolver-form" onSubmit={() => goTo(linkTo(['rules'], typed), { replace: true })}>
        <Field
          label={decision.merchant}
          value={typed.merchant}
          onInput={set('merchant')}
          maxLength={200}
          mono
          placeholder="UBER EATS                   SAO PAULO BR"
        />
        <Field
          label={rules.merchantTaxId}
          value={typed.merchantTaxId}
          onInput={set('merchantTaxId')}
          maxLength={18}
          mono
        />
        <Field
          label={rules.acquirerId}
          value={typed.acquirerId}
          onInput={set('acquirerId')}
          mode="numeric"
          maxLength={11}
          mono
        />
        <Field
          label={rules.merchantId}
          value={typed.merchantId}
          onInput={set('merchantId')}
          maxLength={15}
          mono
        />
        <Button type="submit">{rules.resolve}</Button>
      </Form>
      <div aria-live="polite">
        {resolution.error !== undefined && <Failure error={resolution.error} onRetry={resolution.reload} />}
        {found && (
          <div class="resolution">
            <div>
              <MerchantReading raw={merchant} merchant={found} />
            </div>
            <div>
              {found.merchantRule ? (
                <>
                  <p class="label">{rules.decides}</p>
                  <p class="decided-by">
                    <span class="mono">{coveredBy(found.merchantRule)}</span> <span class="quiet">→</span>{' '}
                    <b class="mono">{found.merchantRule.mcc}</b>
                  </p>
                </>
              ) : (
                <p>{rules.noneDecides}</p>
              )}
              <RulesTried rules={rulesTriedIn(found)} />
              {found.more && <p class="hint">{rules.more}</p>}
            </div>
          </div>
        )}
      </div>
    </section>
  )
}
