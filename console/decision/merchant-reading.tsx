import type { Merchant, Resolution, RuleTried } from '../api/messages.js'
import { Icon } from '../parts/icons.js'
import { linkTo } from '../router.js'
import { text } from '../text/text.js'
import { type Drawn, withoutPrefix } from './steps.js'

/** The parts of the merchant string. */
export function MerchantReading({
  raw,
  merchant,
}: {
  readonly raw: string
  readonly merchant: Merchant | undefined
}) {
  const { decision } = text()
  const characters = [...new Intl.Segmenter().segment(raw)].map(({ segment }) => segment)
  const isDe43 = characters.length === 40 && Boolean(merchant?.country || merchant?.city)
  if (raw === '') return <p class="quiet">{decision.merchantNone}</p>
  return (
    <>
      <p class="de43" aria-hidden="true">
        {isDe43 ? (
          <>
            <span class="de43-name">{characters.slice(0, 25).join('')}</span>
            <span class="de43-city">{characters.slice(25, 37).join('')}</span>
            <span class="de43-gap">{characters.slice(37, 38).join('')}</span>
            <span class="de43-country">{characters.slice(38).join('')}</span>
          </>
        ) : (
          <span class="de43-name">{raw}</span>
        )}
      </p>
      <dl class="facts">
        <Fact name={decision.name} value={merchant?.name} mark="name" />
        {isDe43 && <Fact name={decision.city} value={merchant?.city} mark="city" />}
        {isDe43 && <Fact name={decision.country} value={merchant?.country} mark="country" />}
      </dl>
      <p class="hint">{isDe43 ? decision.merchantParts : decision.merchantBare(characters.length)}</p>
    </>
  )
}

function Fact({
  name,
  value,
  mark,
}: {
  readonly name: string
  readonly value: string | undefined
  readonly mark: string
}) {
  return (
    <div>
      <dt>
        <span class={`de43-key ${mark}`} />
        {name}
      </dt>
      <dd>{value || text().decision.nothing}</dd>
    </div>
  )
}

/** Lists the rules of a resolution as a simulation lists them: first the one that decides. */
export function rulesTriedIn({ merchantRule: decides, passedOver = [] }: Resolution): readonly RuleTried[] {
  return [
    ...(decides ? [{ merchantRule: decides.id, outcome: 'RULE_OUTCOME_WON' }] : []),
    ...passedOver.map(({ merchantRule, reason }) => ({
      merchantRule: merchantRule.id,
      outcome: `RULE_OUTCOME_${withoutPrefix(reason, 'PASSED_OVER_REASON')}`,
    })),
  ]
}

/** The merchant rules that were considered, and why each lost except one. */
export function RulesTried({ rules }: { readonly rules: readonly RuleTried[] }) {
  const { decision } = text()
  if (rules.length === 0) return <p class="quiet">{decision.rulesNone}</p>
  return (
    <ol class="rules-tried">
      {rules.map(({ merchantRule, outcome }) => {
        const word = withoutPrefix(outcome, 'RULE_OUTCOME')
        return (
          <li key={merchantRule} class={word === 'WON' ? 'won' : 'lost'}>
            <span class="mark">
              <Icon name={word === 'WON' ? 'tick' : 'cross'} />
            </span>
            <span>
              <a href={linkTo(['rules'], { rule: merchantRule })}>{merchantRule}</a>
              <span class="outcome">{decision.outcomes[word] ?? word}</span>
            </span>
          </li>
        )
      })}
    </ol>
  )
}

/** The MCC as received, and the one that chose the wallets. */
export function MccUsed({ drawn }: { readonly drawn: Drawn }) {
  const { decision } = text()
  const { mcc, effectiveMcc, merchantRule } = drawn
  return (
    <>
      <p class="mccs">
        {merchantRule !== '' && (
          <>
            <span class="mcc replaced">
              <b>{mcc}</b>
              <small>{decision.mccReceived}</small>
            </span>
            <Icon name="arrow" />
          </>
        )}
        <span class="mcc used">
          <b>{effectiveMcc}</b>
          <small>{merchantRule === '' ? decision.mccReceivedAndUsed : decision.mccUsed}</small>
        </span>
      </p>
      {merchantRule !== '' && <p class="hint">{decision.mccReplaced(merchantRule)}</p>}
    </>
  )
}
