import type { Account, OpenHold } from '../api/messages.js'
import { purchaseLink } from '../entry/places.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'
import { Expiry } from './expiry.js'

/** The open holds of an account as a table, oldest first. */
export function OpenHolds({ account }: { readonly account: Account }) {
  const { holds: words, statement } = text()
  const { id, holds = [] } = account
  if (holds.length === 0) return null
  return (
    <section>
      <h2>{words.title}</h2>
      <table class="table holds">
        <thead>
          <tr>
            <th scope="col">{words.purchase}</th>
            <th scope="col">{statement.wallet}</th>
            <th scope="col" class="number">
              {words.rest}
            </th>
            <th scope="col" class="number">
              {words.captured}
            </th>
            <th scope="col">{words.expires}</th>
          </tr>
        </thead>
        <tbody>
          {holds.map((hold) => (
            <HoldRow key={hold.transactionId} accountId={id} hold={hold} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function HoldRow({ accountId, hold }: { readonly accountId: string; readonly hold: OpenHold }) {
  const { transactionId, category, restAmount, capturedAmount, expireTime } = hold
  const { captured } = text().holds
  return (
    <tr>
      <th scope="row">
        <a class="mono id" href={purchaseLink(accountId, transactionId)}>
          {transactionId}
        </a>
      </th>
      <td>{category}</td>
      <td class="number">{money(restAmount)}</td>
      <td class="number">
        <span class="narrow-only">{captured}: </span>
        {money(capturedAmount)}
      </td>
      <td>
        <Expiry time={expireTime} />
      </td>
    </tr>
  )
}
