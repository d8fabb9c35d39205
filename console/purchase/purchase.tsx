import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { PurchaseOverview } from '../api/messages.js'
import { merchantOf } from '../entry/entry-words.js'
import { Button, Chip, Copyable, Done, Empty } from '../parts/basics.js'
import { Failure, hasReason } from '../parts/failure.js'
import { useLoad } from '../parts/use-call.js'
import { goTo, linkTo, type Place } from '../router.js'
import { text } from '../text/text.js'
import { Entry } from '../views/entry.js'
import { Reverse } from '../views/reverse.js'
import { PurchaseMoney, sentenceOf } from './purchase-money.js'
import { TimeLine } from './time-line.js'

type PurchaseProps = { readonly accountId: string; readonly purchaseId: string; readonly place: Place }

/** The page of one purchase: its state, its sums, and all its entries. */
export function Purchase({ accountId, purchaseId, place }: PurchaseProps) {
  const { purchase: words, frame } = text()
  const loaded = useLoad(
    async () => (await call('AccountService/GetPurchase', { accountId, transactionId: purchaseId })).purchase,
    [accountId, purchaseId],
  )
  const here = linkTo(['accounts', accountId, 'purchases', purchaseId])
  const entryId = place.query.get('entry') || undefined
  const isMissing = ['TRANSACTION_NOT_FOUND', 'ACCOUNT_NOT_FOUND'].some((reason) =>
    hasReason(loaded.error, reason),
  )
  return (
    <>
      <nav>
        <a href={linkTo(['accounts', accountId])}>
          {words.account} <span class="mono id">{accountId}</span>
        </a>
      </nav>
      <header>
        <h1>{words.title}</h1>
        <Copyable value={purchaseId} />
        <p>{loaded.data && merchantIn(loaded.data)}</p>
      </header>
      {isMissing ? (
        <Empty>{words.notFound}</Empty>
      ) : (
        loaded.error !== undefined && <Failure error={loaded.error} onRetry={loaded.reload} />
      )}
      {loaded.data ? (
        <Body purchase={loaded.data} onChanged={loaded.reload} />
      ) : (
        loaded.loading && <p class="quiet">{frame.loading}…</p>
      )}
      {entryId !== undefined && (
        <Entry
          key={entryId}
          accountId={accountId}
          entryId={entryId}
          onClose={() => goTo(here, { replace: true })}
          onReversed={loaded.reload}
        />
      )}
    </>
  )
}

const tones = {
  PURCHASE_STATE_UNSPECIFIED: 'quiet',
  PURCHASE_STATE_HELD: 'warning',
  PURCHASE_STATE_CAPTURED: 'good',
  PURCHASE_STATE_RELEASED: 'quiet',
  PURCHASE_STATE_EXPIRED: 'quiet',
} as const

function Body({
  purchase,
  onChanged,
}: {
  readonly purchase: PurchaseOverview
  readonly onChanged: () => void
}) {
  const { purchase: words, entry } = text()
  const [reversing, setReversing] = useState(false)
  const [report, setReport] = useState<string>()
  const { state = 'PURCHASE_STATE_UNSPECIFIED', accountId, transactionId } = purchase
  const mayReverse = state === 'PURCHASE_STATE_HELD' || state === 'PURCHASE_STATE_CAPTURED'
  return (
    <>
      <p class="entry-headline">
        <Chip tone={tones[state]}>{words.states[state]}</Chip>
        <span class="say">{sentenceOf(purchase)}</span>
      </p>
      {report !== undefined && <Done>{report}</Done>}
      {mayReverse && (
        <div class="form-actions start">
          <Button onClick={() => setReversing(true)}>{entry.reverse}</Button>
        </div>
      )}
      <div class="purchase">
        <TimeLine purchase={purchase} />
        <PurchaseMoney purchase={purchase} />
      </div>
      {reversing && (
        <Reverse
          accountId={accountId}
          purchaseId={transactionId}
          onClose={() => setReversing(false)}
          onDone={(said) => {
            setReversing(false)
            setReport(said)
            onChanged()
          }}
        />
      )}
    </>
  )
}

/** The merchant of the first entry that has one. */
function merchantIn({ transactions = [] }: PurchaseOverview): string {
  return transactions.map(merchantOf).find((merchant) => merchant !== '') ?? ''
}
