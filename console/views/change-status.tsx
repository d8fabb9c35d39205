import { call } from '../api/client.js'
import type { Account, AccountStatus } from '../api/messages.js'
import { Dialog } from '../parts/dialog.js'
import { Form } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction, useRequestId } from '../parts/use-call.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'

type StatusChange = 'block' | 'unblock' | 'close'

const statuses: Readonly<Record<StatusChange, AccountStatus>> = {
  block: 'ACCOUNT_STATUS_BLOCKED',
  unblock: 'ACCOUNT_STATUS_ACTIVE',
  close: 'ACCOUNT_STATUS_CLOSED',
}

type ChangeStatusProps = {
  readonly account: Account
  readonly change: StatusChange
  readonly onClose: () => void
  readonly onDone: (report: string) => void
}

/** Blocks, unblocks or closes an account, after a confirmation. */
export function ChangeStatus({ account, change, onClose, onDone }: ChangeStatusProps) {
  const { account: words, status: names } = text()
  const status = statuses[change]
  const request = useRequestId('AccountService/UpdateAccount', account.id, account.version, status)
  const update = useAction(async () => {
    await call('AccountService/UpdateAccount', {
      account: { id: account.id, status },
      updateMask: 'status',
      requestId: request.id,
    })
    request.renew()
    onDone(words.statusDone(names[status]))
  })
  const total = (part: 'balance' | 'held' | 'owed') =>
    (account.wallets ?? []).reduce((sum, wallet) => sum + BigInt(wallet[part] ?? 0), 0n)
  const [left, held, owed] = [total('balance'), total('held'), total('owed')]
  const cautions = [
    left > 0n && words.closeMoney(money(left)),
    held > 0n && words.closeHeld(money(held)),
    owed > 0n && words.closeOwed(money(owed)),
  ].filter((caution) => caution !== false)
  const sayings = {
    block: { title: words.blockTitle, why: words.blockWhy, confirm: words.block },
    unblock: { title: words.unblockTitle, why: words.unblockWhy, confirm: words.unblock },
    close: { title: words.closeTitle, why: words.closeWhy, confirm: words.closeAccount },
  }[change]
  return (
    <Dialog title={sayings.title} onClose={onClose}>
      <Form onSubmit={() => void update.run()}>
        <p class="mono id">{account.id}</p>
        <p>{sayings.why}</p>
        {change === 'close' && cautions.length > 0 && <p class="caution">{cautions.join(' ')}</p>}
        <FormEnd
          submit={sayings.confirm}
          kind={change === 'close' ? 'danger' : 'primary'}
          call={update}
          onBack={onClose}
        />
      </Form>
    </Dialog>
  )
}
