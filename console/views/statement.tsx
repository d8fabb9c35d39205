import { call } from '../api/client.js'
import type { Account, Transaction } from '../api/messages.js'
import { reasonText } from '../decision/decision-path.js'
import { withoutPrefix } from '../decision/steps.js'
import { Button, Choices, Empty } from '../parts/basics.js'
import { ListEnd } from '../parts/endless.js'
import { Field } from '../parts/field.js'
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
            <li key={entry.seq}>
              <EntryRow entry={entry} filters={filters} />
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
  const isMoved = Boolean(entry.category)
  return (
    <a
      class={`row entry-row${isDeclined ? ' declined' : ''}`}
      href={linkTo(['accounts', entry.accountId], { ...filters, entry: entry.transactionId })}
    >
      <span class="quiet">{shortDateTime(entry.createTime)}</span>
      <span class="entry-what">
        <span class="entry-title">{title}</span>
        <small>
          {statement.kinds[entry.kind]}
          {note !== '' && ` · ${note}`}
        </small>
      </span>
      <span>{entry.category ?? ''}</span>
      <span class={`number${isMoved && !entry.delta?.startsWith('-') ? ' plus' : ''}`}>
        {isMoved ? signedMoney(entry.delta) : isSome(entry.amount) ? money(entry.amount) : ''}
      </span>
      <span class="number quiet">{entry.balanceAfter === undefined ? '' : money(entry.balanceAfter)}</span>
    </a>
  )
}

/** The requested amount; for a full reversal, the amount that moved. */
export function shownAmount({ amount, delta }: Transaction): string | undefined {
  return isSome(amount) ? amount : delta
}

/** Whether a number is there and not 0. */
export function isSome(value: string | undefined): boolean {
  return value !== undefined && value !== '0'
}

/** The title of an entry, and a note. */
export function wordsOf(entry: Transaction): { title: string; note: string } {
  const { statement, status } = text()
  const declined =
    entry.decision === 'DECISION_DECLINED' ? reasonText(withoutPrefix(entry.reason ?? '', 'REASON')) : ''
  if (entry.kind === 'TRANSACTION_KIND_CREDIT') return { title: entry.transactionId, note: declined }
  if (entry.kind === 'TRANSACTION_KIND_REVERSAL') {
    return { title: `${statement.reversalOf} ${entry.originalTransactionId ?? ''}`, note: declined }
  }
  if (entry.kind === 'TRANSACTION_KIND_ADMIN') {
    const title = entry.limits
      ? statement.limitsChange
      : statement.statusChange(status[entry.accountStatus ?? 'ACCOUNT_STATUS_ACTIVE'])
    return { title, note: entry.subject ?? '' }
  }
  const merchant = (entry.merchant ?? '').replaceAll(/\s+/g, ' ').trim()
  const note = entry.verifiedCategory ? reasonText('VERIFIED') : declined
  return { title: merchant || statement.noMerchant, note }
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
