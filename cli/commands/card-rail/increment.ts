import type { Command } from 'commander'
import { amountOption, required, textOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { showDecision } from '../decision-sheet.js'
import { type NetworkOptions, networkOf, takesNetworkData } from '../network-options.js'

type Options = {
  readonly account?: string
  readonly original: string
  readonly amount: string
  readonly id: string
} & NetworkOptions

/** `benefits increment`: raises an open hold. */
export function addIncrement(program: Command): void {
  const command = program
    .command('increment')
    .description('raise the open hold of a purchase, once per --id')
    .addOption(textOption('--account <id>', 'account (default: the first example account)'))
    .addOption(required(textOption('--original <id>', 'id of the purchase')))
    .addOption(required(amountOption('--amount <reais>', 'amount on top of the hold')))
    .addOption(required(textOption('--id <id>', 'id of the increment: the same id raises only once')))
  takesNetworkData(command)
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits increment --account ana --original purchase-2 --amount 10.00 --id increment-1',
    )
    .action(async (options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const { original, amount, id } = options
        const answer = await session.change(methods.increment, id, {
          transactionId: id,
          accountId: await session.accountOrExample(options.account),
          originalTransactionId: original,
          amount,
          ...networkOf(options),
        })
        showDecision(session, answer)
      })
    })
}
