import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { NetworkData, Transaction } from '../api/messages.js'
import { DecisionPath } from '../decision/decision-path.js'
import { MccUsed, MerchantReading, RulesTried, rulesTriedIn } from '../decision/merchant-reading.js'
import { drawnEntry } from '../decision/steps.js'
import { isSome, sayingOf, shownAmount } from '../entry/entry-words.js'
import { purchaseIdOf } from '../entry/movement.js'
import { purchaseLink } from '../entry/places.js'
import { Button, Chip, Copyable, Done, Facts } from '../parts/basics.js'
import { Dialog } from '../parts/dialog.js'
import { Failure } from '../parts/failure.js'
import { useLoad } from '../parts/use-call.js'
import { linkTo } from '../router.js'
import { addressMoney, money } from '../text/money.js'
import { text } from '../text/text.js'
import { dateTime } from '../text/time.js'
import { LimitList } from './change-limits.js'
import { Reverse } from './reverse.js'

/** A value of Rail or Product that says nothing. */
const UNSAID = /^.*_UNSPECIFIED$/

type EntryProps = {
  readonly accountId: string
  readonly entryId: string
  readonly onClose: () => void
  readonly onReversed: () => void
}

/** An entry of a statement, in a drawer, with the decision that made it. */
export function Entry({ accountId, entryId, onClose, onReversed }: EntryProps) {
  const { frame, statement } = text()
  const {
    data: entry,
    error,
    reload,
  } = useLoad(
    async () =>
      (await call('AccountService/GetTransaction', { accountId, transactionId: entryId })).transaction,
    [accountId, entryId],
  )
  return (
    <Dialog title={entry ? statement.kinds[entry.kind] : entryId} onClose={onClose} side>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {entry ? (
        <EntryBody entry={entry} onReversed={onReversed} />
      ) : (
        error === undefined && <p>{frame.loading}…</p>
      )}
    </Dialog>
  )
}

function EntryBody({ entry, onReversed }: { readonly entry: Transaction; readonly onReversed: () => void }) {
  const { decision, entry: words } = text()
  const [reversing, setReversing] = useState(false)
  const [report, setReport] = useState<string>()
  const isPurchase = entry.kind === 'TRANSACTION_KIND_AUTHORIZATION'
  const purchaseId = purchaseIdOf(entry)
  const isApproved = entry.decision === 'DECISION_APPROVED'
  return (
    <>
      <p class="entry-headline">
        {isSome(shownAmount(entry)) && <span class="figure">{money(shownAmount(entry))}</span>}
        <Chip tone={isApproved ? 'good' : 'bad'}>{words.verdict(isApproved, entry.kind)}</Chip>
      </p>
      <p class="say">{sayingOf(entry)}</p>
      {report !== undefined && <Done>{report}</Done>}
      {purchaseId !== undefined && (
        <div class="form-actions start">
          {isPurchase && isApproved && <Button onClick={() => setReversing(true)}>{words.reverse}</Button>}
          {isPurchase && (
            <a class="button plain" href={simulationOf(entry)}>
              {words.again}
            </a>
          )}
          <a class="button plain" href={purchaseLink(entry.accountId, purchaseId)}>
            {words.whole}
          </a>
        </div>
      )}
      {isPurchase && (
        <>
          <h3>{decision.path}</h3>
          <DecisionPath drawn={drawnEntry(entry)} />
        </>
      )}
      {entry.effectiveMcc && <RoutingBody entry={entry} />}
      {entry.limits && (
        <>
          <h3>{words.limitsNow}</h3>
          <LimitList limits={entry.limits} />
        </>
      )}
      <EntryFacts entry={entry} />
      {reversing && (
        <Reverse
          accountId={entry.accountId}
          purchaseId={entry.transactionId}
          onClose={() => setReversing(false)}
          onDone={(said) => {
            setReversing(false)
            setReport(said)
            onReversed()
          }}
        />
      )}
    </>
  )
}

function EntryFacts({ entry }: { readonly entry: Transaction }) {
  const { entry: words, statement } = text()
  return (
    <Facts
      rows={[
        [words.id, <Copyable key="id" value={entry.transactionId} />],
        [words.time, dateTime(entry.createTime)],
        entry.originalTransactionId
          ? [
              words.original,
              <a
                key="original"
                class="mono id"
                href={linkTo(['accounts', entry.accountId], { entry: entry.originalTransactionId })}
              >
                {entry.originalTransactionId}
              </a>,
            ]
          : undefined,
        entry.balanceAfter === undefined ? undefined : [statement.balance, money(entry.balanceAfter)],
        ...holdRows(entry),
        entry.day ? [words.day, entry.day] : undefined,
        ...(entry.mcc && !entry.effectiveMcc ? merchantRows(entry) : []),
        entry.fallback === 'FALLBACK_NEVER' ? [words.fallback, words.fallbackNever] : undefined,
        entry.approvalCode ? [words.approvalCode, entry.approvalCode] : undefined,
        ...networkRows(entry.network),
        entry.subject ? [words.by, entry.subject] : undefined,
        [words.seq, entry.seq],
        isSome(entry.catalogVersion) ? [words.catalog, entry.catalogVersion] : undefined,
      ]}
    />
  )
}

/** The merchant of an entry whose purchase had a wallet before: no rule was asked. */
function merchantRows({ merchant = '', mcc = '' }: Transaction): readonly (readonly [string, string])[] {
  const { decision } = text()
  return [...(merchant === '' ? [] : [[decision.merchant, merchant] as const]), [decision.mcc, mcc]]
}

/** What chose the wallet: the stored MCCs, and the merchant as the rules read it today. */
function RoutingBody({ entry }: { readonly entry: Transaction }) {
  const { decision, entry: words } = text()
  const drawn = drawnEntry(entry)
  const raw = entry.merchant ?? ''
  const { merchantTaxId = '', acquirerId = '', merchantId = '' } = entry.network ?? {}
  const asked = { merchant: raw, merchantTaxId, acquirerId, merchantId }
  const { data: reading } = useLoad(
    () => call('MerchantRuleService/ResolveMerchant', asked).catch(() => undefined),
    [JSON.stringify(asked)],
  )
  return (
    <>
      <h3>{decision.mcc}</h3>
      <MccUsed drawn={drawn} />
      <h3>{decision.merchant}</h3>
      <MerchantReading raw={raw} merchant={reading} />
      {reading && Object.values(asked).some((part) => part !== '') && (
        <>
          <h3>{decision.rules}</h3>
          <RulesTried rules={rulesTriedIn(reading)} />
          <p class="hint">{words.asNow}</p>
        </>
      )}
    </>
  )
}

/** What the entry says of held and owed money, and how it was sent. */
function holdRows(entry: Transaction): readonly (readonly [string, string] | undefined)[] {
  const { entry: words } = text()
  const { heldUntil, heldAfter, owedAfter, days = [] } = entry
  return [
    heldUntil === undefined ? undefined : [words.heldUntil, dateTime(heldUntil)],
    heldAfter === undefined ? undefined : [words.heldAfter, money(heldAfter)],
    owedAfter === undefined ? undefined : [words.owedAfter, money(owedAfter)],
    ...days.map(({ day, amount }) => [`${words.givenBackOn} ${day}`, money(amount)] as const),
    entry.moreToCome ? [words.moreToCome, words.moreAnnounced] : undefined,
    entry.advice ? [words.sentAs, words.sentAsAdvice] : undefined,
    entry.kind === 'TRANSACTION_KIND_REFUND'
      ? [words.sentAs, entry.request ? words.sentAsRequest : words.sentAsBooking]
      : undefined,
    entry.paysOwed ? [words.paysOwed, words.paysOwedFirst] : undefined,
  ]
}

/** What the card network sent with the purchase, field by field. */
function networkRows(network: NetworkData = {}): readonly (readonly [string, string])[] {
  const { network: words } = text()
  const { rail = '', product = '', ...texts } = network
  const values = { rail: words.rails[rail], product: words.products[product], ...texts }
  return Object.entries(words.fields).flatMap(([field, label]) => {
    const value = values[field as keyof NetworkData]
    return value ? [[label, value] as const] : []
  })
}

function simulationOf(entry: Transaction): string {
  const { rail = '', product = '', currency, merchantTaxId, acquirerId, merchantId } = entry.network ?? {}
  return linkTo(['simulate'], {
    account: entry.accountId,
    amount: addressMoney(BigInt(entry.amount ?? 0)),
    mcc: entry.mcc,
    merchant: entry.merchant,
    fallback: entry.fallback === 'FALLBACK_NEVER' ? entry.fallback : '',
    hold: entry.hold ? 'yes' : '',
    rail: rail.replace(UNSAID, ''),
    product: product.replace(UNSAID, ''),
    currency,
    merchantTaxId,
    acquirerId,
    merchantId,
  })
}
