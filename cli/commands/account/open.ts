import type { Command } from 'commander'
import { requestIdOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { newId, withSession } from '../../session.js'
import { requiredAccount, takesAccount } from './account-argument.js'
import { accountView } from './account-view.js'

/** `benefits account open`: opens an account with empty wallets. */
export function addOpen(account: Command): void {
  takesAccount(account.command('open').description('open an account; its wallets start at zero'))
    .addOption(requestIdOption())
    .addHelpText('after', '\nExample:\n  ./benefits account open ana')
    .action(async (id: string | undefined, options: { account?: string; id?: string }, command: Command) => {
      const accountId = requiredAccount(id, options.account)
      await withSession(command, async (session) => {
        const requestId = options.id ?? newId()
        const answer = await session.change(methods.createAccount, requestId, { accountId, requestId })
        session.output.show(accountView(answer))
      })
    })
}
