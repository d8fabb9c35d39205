import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { Account as AccountMessage, Wallet } from '../api/messages.js'
import { Bar, Button, Copyable, Done, Empty, StatusChip } from '../parts/basics.js'
import { Failure, hasReason } from '../parts/failure.js'
import { PartsBar } from '../parts/parts-bar.js'
import { useLoad } from '../parts/use-call.js'
import { OpenHolds } from '../purchase/open-holds.js'
import { goTo, linkTo, type Place } from '../router.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'
import { dateTime, dayIn } from '../text/time.js'
import { ChangeLimits } from './change-limits.js'
import { ChangeStatus } from './change-status.js'
import { Entry } from './entry.js'
import { LoadWallet } from './load-wallet.js'
import { Statement } from './statement.js'

type Change = 'load' | 'block' | 'unblock' | 'limits' | 'close'

type AccountProps = {
  readonly id: string
  readonly place: Place
  /** Time zone of the days and months of limits. */
  readonly timeZone: string
}

/** The page of an account: header, wallets, open holds and statement. */
export function Account({ id, place, timeZone }: AccountProps) {
  const { account: words, accounts } = text()
  const loaded = useLoad(
    async () => (await call('AccountService/GetAccount', { accountId: id })).account,
    [id],
  )
  const [change, setChange] = useState<Change>()
  const [done, setDone] = useState<string>()
  const entryId = place.query.get('entry') || undefined
  const account = loaded.data?.id === id ? loaded.data : undefined
  const changed = (report: string) => {
    setChange(undefined)
    setDone(report)
    loaded.reload()
  }
  if (account === undefined && hasReason(loaded.error, 'ACCOUNT_NOT_FOUND')) return <NoAccount id={id} />
  return (
    <>
      <AccountHead id={id} account={account} onChange={setChange} />
      {loaded.error !== undefined && <Failure error={loaded.error} onRetry={loaded.reload} />}
      {done !== undefined && <Done>{done}</Done>}
      {account ? (
        <>
          {account.limits?.purchaseMax !== undefined && (
            <p class="why">{words.purchaseMax(account.limits.purchaseMax)}</p>
          )}
          <section class="wallets" aria-label={accounts.wallets}>
            {(account.wallets ?? []).map((wallet) => (
              <WalletCard key={wallet.category} wallet={wallet} account={account} timeZone={timeZone} />
            ))}
            {(account.wallets ?? []).length === 0 && <Empty>{words.noWallets}</Empty>}
          </section>
          <OpenHolds account={account} />
          <Statement account={account} place={place} />
        </>
      ) : (
        loaded.loading && <p class="quiet">{text().frame.loading}…</p>
      )}
      {entryId !== undefined && (
        <Entry
          accountId={id}
          entryId={entryId}
          onClose={() => goTo(linkTo(['accounts', id], queryWithoutEntry(place)), { replace: true })}
          onReversed={loaded.reload}
        />
      )}
      {account && change && (
        <ChangeDialog
          account={account}
          change={change}
          onClose={() => setChange(undefined)}
          onDone={changed}
        />
      )}
    </>
  )
}

function NoAccount({ id }: { readonly id: string }) {
  const { account: words, accounts } = text()
  return (
    <Empty>
      <h1>{words.notFound}</h1>
      <p class="mono id">{id}</p>
      <a class="button plain" href={linkTo(['accounts'])}>
        {accounts.title}
      </a>
    </Empty>
  )
}

type ChangeDialogProps = {
  readonly account: AccountMessage
  readonly change: Change
  readonly onClose: () => void
  readonly onDone: (report: string) => void
}

function ChangeDialog({ change, ...props }: ChangeDialogProps) {
  if (change === 'load') return <LoadWallet {...props} />
  if (change === 'limits') return <ChangeLimits {...props} />
  return <ChangeStatus change={change} {...props} />
}

function queryWithoutEntry({ query }: Place): Readonly<Record<string, string>> {
  return Object.fromEntries([...query].filter(([name]) => name !== 'entry'))
}

function AccountHead({
  id,
  account,
  onChange,
}: {
  readonly id: string
  readonly account: AccountMessage | undefined
  readonly onChange: (change: Change) => void
}) {
  const { account: words } = text()
  const isOpen = account !== undefined && account.status !== 'ACCOUNT_STATUS_CLOSED'
  return (
    <header class="head">
      <div>
        <h1 class="account-title">
          <Copyable value={id} />
          {account && <StatusChip status={account.status} />}
        </h1>
        {account && (
          <p class="why">
            {words.opened} {dateTime(account.createTime)} · {words.entries(account.version ?? '0')}
          </p>
        )}
      </div>
      <div class="actions">
        <a class="button plain" href={linkTo(['simulate'], { account: id })}>
          {words.simulate}
        </a>
        {isOpen && (
          <>
            <Button kind="primary" onClick={() => onChange('load')}>
              {words.load}
            </Button>
            {account.status === 'ACCOUNT_STATUS_BLOCKED' ? (
              <Button onClick={() => onChange('unblock')}>{words.unblock}</Button>
            ) : (
              <Button onClick={() => onChange('block')}>{words.block}</Button>
            )}
            <Button onClick={() => onChange('limits')}>{words.limits}</Button>
            <Button kind="danger" onClick={() => onChange('close')}>
              {words.closeAccount}
            </Button>
          </>
        )}
      </div>
    </header>
  )
}

function WalletCard({
  wallet,
  account,
  timeZone,
}: {
  readonly wallet: Wallet
  readonly account: AccountMessage
  readonly timeZone: string
}) {
  const { account: words } = text()
  const limits = account.limits?.wallets?.find(({ category }) => category === wallet.category)
  const { today, month } = spentNow(wallet, timeZone)
  return (
    <article class="wallet">
      <h2>{wallet.category}</h2>
      <p class="figure">{money(wallet.balance)}</p>
      <p class="quiet">{words.available}</p>
      <Reserved wallet={wallet} />
      <SpentLine name={words.today} spent={today} limit={limits?.dayMax} wallet={wallet.category} />
      <SpentLine name={words.month} spent={month} limit={limits?.monthMax} wallet={wallet.category} />
    </article>
  )
}

/** Held and owed money beside the available one, once there is any. */
function Reserved({ wallet }: { readonly wallet: Wallet }) {
  const { account: words } = text()
  const { category, balance = '0', held = '0', owed = '0' } = wallet
  if (held === '0' && owed === '0') return null
  return (
    <PartsBar
      label={words.partsOf(category)}
      parts={[
        { tone: 'full', amount: BigInt(balance) },
        { tone: 'held', amount: BigInt(held), words: words.held(money(held)) },
        { tone: 'owed', amount: BigInt(owed), words: words.owed(money(owed)) },
      ]}
    />
  )
}

function SpentLine({
  name,
  spent,
  limit,
  wallet,
}: {
  readonly name: string
  readonly spent: string
  readonly limit: string | undefined
  readonly wallet: string
}) {
  const { account: words } = text()
  return (
    <div class="spent">
      <span>{name}</span>
      <span class="number">{limit === undefined ? words.spent(spent) : words.spentOf(spent, limit)}</span>
      {limit !== undefined && <Bar label={`${wallet}: ${name}`} part={BigInt(spent)} whole={BigInt(limit)} />}
    </div>
  )
}

/**
 * Returns the spending of a wallet today and this month. The counters are those of the latest day on which it
 * paid.
 */
function spentNow({ spending }: Wallet, timeZone: string): { today: string; month: string } {
  const today = dayIn(timeZone)
  const day = spending?.day ?? ''
  return {
    today: day === today ? (spending?.dayAmount ?? '0') : '0',
    month: day.slice(0, 7) === today.slice(0, 7) ? (spending?.monthAmount ?? '0') : '0',
  }
}
