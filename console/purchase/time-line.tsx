import type { PurchaseOverview, Transaction } from '../api/messages.js'
import { isSome, sayingOf, wordsOf } from '../entry/entry-words.js'
import { Chip } from '../parts/basics.js'
import { linkTo } from '../router.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'
import { dateTime } from '../text/time.js'
import { Expiry } from './expiry.js'

/** The entries of a purchase, oldest first, and the expiry that is still to come. */
export function TimeLine({ purchase }: { readonly purchase: PurchaseOverview }) {
  const { purchase: words } = text()
  const { transactionCount = '0', transactions = [] } = purchase
  const isWhole = transactionCount === String(transactions.length)
  const expireTime = openUntil(purchase)
  return (
    <section>
      <h2>{words.entries}</h2>
      {!isWhole && <p class="quiet">{words.firstOnly(transactions.length, transactionCount)}</p>}
      <ol class="time-line" aria-label={words.entries}>
        {transactions.map((entry) => (
          <Moment key={entry.seq} entry={entry} purchase={purchase} />
        ))}
        {expireTime !== undefined && (
          <li class="moment later">
            <p class="moment-title">{words.expires}</p>
            <p>
              <Expiry time={expireTime} />
            </p>
          </li>
        )}
      </ol>
    </section>
  )
}

function Moment({ entry, purchase }: { readonly entry: Transaction; readonly purchase: PurchaseOverview }) {
  const { statement } = text()
  const { accountId, transactionId } = purchase
  const { note } = wordsOf(entry)
  const saying = sayingOf(entry)
  // Without a movement, the sentence begins with the reason.
  const hasChip = note !== '' && !saying.startsWith(note)
  const isDeclined = entry.decision === 'DECISION_DECLINED'
  const title = isSome(entry.amount)
    ? `${statement.kinds[entry.kind]}: ${money(entry.amount)}`
    : statement.kinds[entry.kind]
  return (
    <li class={`moment${isDeclined ? ' declined' : ''}`}>
      <p class="moment-title">
        {entry.kind === 'TRANSACTION_KIND_EXPIRY' ? (
          title
        ) : (
          <a
            href={linkTo(['accounts', accountId, 'purchases', transactionId], { entry: entry.transactionId })}
          >
            {title}
          </a>
        )}
        {hasChip && <Chip tone={isDeclined ? 'bad' : entry.category ? 'warning' : 'quiet'}>{note}</Chip>}
      </p>
      <p>{saying}</p>
      <p class="quiet">
        <time dateTime={entry.createTime}>{dateTime(entry.createTime)}</time> ·{' '}
        <span class="mono id">{entry.transactionId.trim()}</span>
      </p>
    </li>
  )
}

/**
 * Returns the end of the hold as long as no entry has ended it. A hold that is due counts as expired in the
 * sums before its expiry is recorded.
 */
function openUntil({ state, transactions = [] }: PurchaseOverview): string | undefined {
  const isExpired = transactions.some(({ kind }) => kind === 'TRANSACTION_KIND_EXPIRY')
  if (state !== 'PURCHASE_STATE_HELD' && (state !== 'PURCHASE_STATE_EXPIRED' || isExpired)) return undefined
  return transactions.find(({ heldUntil }) => heldUntil !== undefined)?.heldUntil
}
