import type { Command } from 'commander'
import { requestIdOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { newId, withSession } from '../../session.js'
import { requiredAccount, takesAccount } from './account-argument.js'
import { accountView } from './account-view.js'

const changes = [
  {
    name: 'block',
    status: 'BLOCKED',
    description: 'block an account: purchases are declined until it is unblocked',
  },
  { name: 'unblock', status: 'ACTIVE', description: 'unblock an account: purchases are authorized again' },
  {
    name: 'close',
    status: 'CLOSED',
    description: 'close an account for good: purchases and credits are declined',
  },
]

/** `benefits account block`, `unblock` and `close`. */
export function addStatusChanges(account: Command): void {
  for (const { name, status, description } of changes) {
    takesAccount(account.command(name).description(description))
      .addOption(requestIdOption())
      .addHelpText('after', `\nExample:\n  ./benefits account ${name} ana`)
      .action(
        async (id: string | undefined, options: { account?: string; id?: string }, command: Command) => {
          const accountId = requiredAccount(id, options.account)
          await withSession(command, async (session) => {
            const requestId = options.id ?? newId()
            const answer = await session.change(methods.updateAccount, requestId, {
              account: { id: accountId, status: `ACCOUNT_STATUS_${status}` },
              updateMask: 'status',
              requestId,
            })
            session.output.show(accountView(answer))
          })
        },
      )
  }
}
