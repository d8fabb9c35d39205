import type { Account, OpenHold } from '../api/messages.js'
import { purchaseLink } from '../entry/places.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'
import { Expiry } from './expiry.js'

/** Most holds that are shown at once. More are folded up, so that the statement stays in sight. */
const SHOWN_MAX = 8

/** The open holds of an account. */
export function OpenHolds({ account }: { readonly account: Account }) {
  const { holds: words } = text()
  const { holds = [] } = account
  if (holds.length === 0) return null
  return (
    <section>
      <h2>{words.title}</h2>
      {holds.length > SHOWN_MAX ? (
        <details class="advanced">
          <summary>{words.all(holds.length)}</summary>
          <HoldsTable account={account} />
        </details>
      ) : (
        <HoldsTable account={account} />
      )}
    </section>
  )
}

/** A row for each hold, oldest first. */
function HoldsTable({ account: { id, holds = [] } }: { readonly account: Account }) {
  const { holds: words, statement } = text()
  return (
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
