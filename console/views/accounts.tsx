import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { Account } from '../api/messages.js'
import { Button, Choices, Command, Empty, Head, StatusChip } from '../parts/basics.js'
import { Dialog } from '../parts/dialog.js'
import { ListEnd } from '../parts/endless.js'
import { Field, Form } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction, usePages, useRequestId } from '../parts/use-call.js'
import { goTo, linkTo, type Place } from '../router.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'

/** The accounts in the order of their ids, and a form to open one. */
export function Accounts({ place }: { readonly place: Place }) {
  const { accounts, status } = text()
  const filter = place.query.get('status') ?? ''
  const [opening, setOpening] = useState(false)
  const pages = usePages<Account>(
    async (pageToken) => {
      const answer = await call('AccountService/ListAccounts', {
        pageSize: 50,
        pageToken,
        ...(filter !== '' && { status: filter }),
      })
      return { items: answer.accounts ?? [], next: answer.nextPageToken ?? '' }
    },
    [filter],
  )
  return (
    <>
      <Head title={accounts.title}>
        <Button kind="primary" onClick={() => setOpening(true)}>
          {accounts.open}
        </Button>
      </Head>
      <Choices
        label={accounts.state}
        value={filter}
        options={[['', accounts.all], ...Object.entries(status)]}
        onChoose={(chosen) => goTo(linkTo(['accounts'], { status: chosen }), { replace: true })}
      />
      <div class="list">
        {pages.items.length > 0 && (
          <div class="list-head account-row" aria-hidden="true">
            <span>{accounts.account}</span>
            <span>{accounts.state}</span>
            <span>{accounts.wallets}</span>
          </div>
        )}
        <ul>
          {pages.items.map((account) => (
            <li key={account.id}>
              <AccountRow account={account} />
            </li>
          ))}
        </ul>
        <ListEnd
          pages={pages}
          empty={
            filter === '' ? (
              <Empty>
                <p>{accounts.empty}</p>
                <Command>./benefits seed</Command>
              </Empty>
            ) : (
              <Empty>{accounts.emptyFiltered}</Empty>
            )
          }
        />
      </div>
      {opening && <OpenAccount onClose={() => setOpening(false)} />}
    </>
  )
}

function AccountRow({ account }: { readonly account: Account }) {
  return (
    <a class="row account-row" href={linkTo(['accounts', account.id])}>
      <span class="mono id">{account.id}</span>
      <StatusChip status={account.status} />
      <span class="holdings">
        {(account.wallets ?? []).map(({ category, balance }) => (
          <span key={category} class="holding">
            <small>{category}</small> {money(balance)}
          </span>
        ))}
      </span>
    </a>
  )
}

function OpenAccount({ onClose }: { readonly onClose: () => void }) {
  const { accounts } = text()
  const [id, setId] = useState('')
  const request = useRequestId('AccountService/CreateAccount', id.trim())
  const open = useAction(async () => {
    const accountId = id.trim()
    const { account } = await call('AccountService/CreateAccount', {
      requestId: request.id,
      // Without an id of its own, a repeat would open a second account: the request's id makes it the same one.
      accountId: accountId === '' ? request.id : accountId,
    })
    request.renew()
    goTo(linkTo(['accounts', account.id]))
  })
  return (
    <Dialog title={accounts.openTitle} onClose={onClose}>
      <Form onSubmit={() => void open.run()}>
        <p>{accounts.openWhy}</p>
        <Field
          label={accounts.openId}
          value={id}
          onInput={setId}
          hint={accounts.openIdHint}
          maxLength={64}
          mono
          autoFocus
        />
        <FormEnd submit={accounts.openConfirm} call={open} onBack={onClose} />
      </Form>
    </Dialog>
  )
}
