import type { Command } from 'commander'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { namedAccount, takesAccount } from './account-argument.js'
import { accountView } from './account-view.js'

/** `benefits account show`: balances, limits and what was spent. */
export function addShow(account: Command): void {
  takesAccount(account.command('show').description('show balances, limits and spending'))
    .addHelpText('after', '\nExample:\n  ./benefits account show ana')
    .action(async (id: string | undefined, options: { account?: string }, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(namedAccount(id, options.account))
        session.output.show(accountView(await session.call(methods.getAccount, { accountId })))
      })
    })
}
