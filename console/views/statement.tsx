import { call } from '../api/client.js'
import type { Account, Transaction } from '../api/messages.js'
import { changesOf, isSome, wordsOf } from '../entry/entry-words.js'
import { purchaseIdOf } from '../entry/movement.js'
import { entryLink, purchaseLink } from '../entry/places.js'
import { Button, Choices, Empty } from '../parts/basics.js'
import { ListEnd } from '../parts/endless.js'
import { Field } from '../parts/field.js'
import { Icon } from '../parts/icons.js'
import { usePages } from '../parts/use-call.js'
import { goTo, linkTo, type Place } from '../router.js'
import { money, signedMoney } from '../text/money.js'
import { text } from '../text/text.js'
import { shortDateTime } from '../text/time.js'

const filterNames = ['kind', 'decision', 'category', 'from', 'until'] as const
type Filters = Partial<Record<(typeof filterNames)[number], string>>

/** The history of an account, newest first, page by page. */
export function Statement({ account, place }: { readonly account: Account; readonly place: Place }) {
  const { statement } = text()
  const filters: Filters = Object.fromEntries(
    filterNames.map((name) => [name, place.query.get(name) ?? '']).filter(([, value]) => value !== ''),
  )
  const pages = usePages<Transaction>(
    async (pageToken) => {
      const answer = await call('AccountService/ListTransactions', {
        accountId: account.id,
        pageSize: 50,
        pageToken,
        ...requestOf(filters),
      })
      return { items: answer.transactions ?? [], next: answer.nextPageToken ?? '' }
    },
    // A new version means a new entry.
    [account.id, account.version, JSON.stringify(filters)],
  )
  const isFiltered = Object.keys(filters).length > 0
  return (
    <section class="statement">
      <h2>{statement.title}</h2>
      <StatementFilters account={account} filters={filters} />
      <div class="list">
        {pages.items.length > 0 && (
          <div class="list-head entry-row" aria-hidden="true">
            <span>{statement.time}</span>
            <span>{statement.what}</span>
            <span>{statement.wallet}</span>
            <span class="number">{statement.amount}</span>
            <span class="number">{statement.balance}</span>
          </div>
        )}
        <ul>
          {pages.items.map((entry) => (
            <li key={entry.seq} class="entry-item">
              <EntryRow entry={entry} filters={filters} />
              <PurchaseLink entry={entry} />
            </li>
          ))}
        </ul>
        <ListEnd
          pages={pages}
          empty={<Empty>{isFiltered ? statement.emptyFiltered : statement.empty}</Empty>}
        />
      </div>
    </section>
  )
}

function StatementFilters({ account, filters }: { readonly account: Account; readonly filters: Filters }) {
  const { filters: names, from, until } = text().statement
  const choose = (name: keyof Filters) => (value: string) =>
    goTo(linkTo(['accounts', account.id], { ...filters, [name]: filters[name] === value ? '' : value }), {
      replace: true,
    })
  return (
    <div class="filters">
      <Choices
        label={names.kind}
        value={filters.kind ?? ''}
        options={[
          ['TRANSACTION_KIND_AUTHORIZATION', names.purchases],
          ['TRANSACTION_KIND_REVERSAL', names.reversals],
          ['TRANSACTION_KIND_CREDIT', names.credits],
          ['TRANSACTION_KIND_INCREMENT', names.increments],
          ['TRANSACTION_KIND_CAPTURE', names.captures],
          ['TRANSACTION_KIND_ADVICE', names.advices],
          ['TRANSACTION_KIND_REFUND', names.refunds],
          ['TRANSACTION_KIND_EXPIRY', names.expiries],
          ['TRANSACTION_KIND_ADMIN', names.changes],
        ]}
        onChoose={choose('kind')}
      />
      <Choices
        label={names.decision}
        value={filters.decision ?? ''}
        options={[
          ['DECISION_APPROVED', names.approved],
          ['DECISION_DECLINED', names.declined],
        ]}
        onChoose={choose('decision')}
      />
      <Choices
        label={names.category}
        value={filters.category ?? ''}
        options={(account.wallets ?? []).map(({ category }) => [category, category] as const)}
        onChoose={choose('category')}
      />
      <div class="dates">
        <Field label={from} type="date" value={filters.from ?? ''} onInput={choose('from')} />
        <Field label={until} type="date" value={filters.until ?? ''} onInput={choose('until')} />
      </div>
      {Object.keys(filters).length > 0 && (
        <Button onClick={() => goTo(linkTo(['accounts', account.id]), { replace: true })}>
          {names.clear}
        </Button>
      )}
    </div>
  )
}

function EntryRow({ entry, filters }: { readonly entry: Transaction; readonly filters: Filters }) {
  const { statement } = text()
  const isDeclined = entry.decision === 'DECISION_DECLINED'
  const { title, note } = wordsOf(entry)
  const isMoved = isSome(entry.delta)
  const details = [statement.kinds[entry.kind], ...(note === '' ? [] : [note]), ...changesOf(entry)]
  return (
    <a
      class={`row entry-row${isDeclined ? ' declined' : ''}`}
      href={entryLink(entry, ['accounts', entry.accountId], filters)}
    >
      <span class="quiet">{shortDateTime(entry.createTime)}</span>
      <span class="entry-what">
        <span class="entry-title">{title}</span>
        <small>{details.join(' · ')}</small>
      </span>
      <span>{entry.category ?? ''}</span>
      <span class={`number${isMoved && !entry.delta?.startsWith('-') ? ' plus' : ''}`}>
        {isMoved ? signedMoney(entry.delta) : isSome(entry.amount) ? money(entry.amount) : ''}
      </span>
      <span class="number quiet">{entry.balanceAfter === undefined ? '' : money(entry.balanceAfter)}</span>
    </a>
  )
}

/** The link from a row to the whole purchase, if the entry belongs to one. */
function PurchaseLink({ entry }: { readonly entry: Transaction }) {
  const purchaseId = purchaseIdOf(entry)
  if (purchaseId === undefined) return null
  const label = text().statement.openPurchase(purchaseId)
  return (
    <a class="icon-button" href={purchaseLink(entry.accountId, purchaseId)} aria-label={label} title={label}>
      <Icon name="history" />
    </a>
  )
}

function requestOf({ from, until, ...rest }: Filters) {
  return {
    ...rest,
    ...(from !== undefined && { startTime: startOf(from, 0) }),
    ...(until !== undefined && { endTime: startOf(until, 1) }),
  }
}

/** The start of a day in the viewer's calendar, or of the day after it. */
function startOf(day: string, daysLater: number): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + daysLater).toISOString()
}
