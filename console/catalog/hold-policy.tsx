import { useState } from 'preact/hooks'
import type { HoldPolicy as HoldPolicyMessage } from '../api/messages.js'
import { Button } from '../parts/basics.js'
import { text } from '../text/text.js'
import { EditHoldPolicy } from './edit-hold-policy.js'
import { Mccs } from './mccs.js'

/** How long holds last and how much more may be captured, with the button that changes it. */
export function HoldPolicy({
  policy,
  looked,
  onDone,
}: {
  readonly policy: HoldPolicyMessage
  /** The MCC that somebody looks for; its ranges are marked. */
  readonly looked: string
  readonly onDone: (report: string) => void
}) {
  const { categories: words } = text()
  const [editing, setEditing] = useState(false)
  const { days = 0, rules = [] } = policy
  return (
    <section class="card hold-policy">
      <h2>{words.holds}</h2>
      <p class="quiet">{words.holdsWhy(words.days(days))}</p>
      {rules.length === 0 ? (
        <p class="quiet">{words.holdsNoRules}</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{words.mccs}</th>
              <th scope="col" class="number">
                {words.lasts}
              </th>
              <th scope="col" class="number">
                {words.over}
              </th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <tr key={rule.mccs?.join(' ')}>
                <th scope="row">
                  <Mccs mccs={rule.mccs ?? []} looked={looked} />
                </th>
                <td class="number">{words.days(rule.days ?? days)}</td>
                <td class="number">{words.percent(rule.overPercent ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div class="form-actions start">
        <Button onClick={() => setEditing(true)}>{words.holdsEdit}</Button>
      </div>
      {editing && (
        <EditHoldPolicy
          policy={policy}
          onClose={() => setEditing(false)}
          onDone={(report) => {
            setEditing(false)
            onDone(report)
          }}
        />
      )}
    </section>
  )
}
