import type { Command } from 'commander'
import { amountOption, required, textOption } from '../options.js'
import { methods } from '../service/methods.js'
import { withSession } from '../session.js'
import { showDecision } from './decision-sheet.js'

type Options = {
  readonly account?: string
  readonly original: string
  readonly amount?: string
  readonly id: string
  readonly advice?: true
}

/**
 * `benefits reverse`: reverses a purchase. The id is required, because without an id a second run reverses
 * more.
 */
export function addReverse(program: Command): void {
  program
    .command('reverse')
    .description('reverse a purchase, fully or partially, once per --id')
    .addOption(textOption('--account <id>', 'account that paid'))
    .addOption(required(textOption('--original <id>', 'id of the purchase')))
    .addOption(amountOption('--amount <reais>', 'amount to reverse (default: the remainder)'))
    .addOption(required(textOption('--id <id>', 'id of the reversal: the same id reverses only once')))
    .option('--advice', 'report a reversal that has taken place (0420): its code is 00, whatever the reason')
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits reverse --account ana --original purchase-1 --amount 5.00 --id reversal-1',
    )
    .action(async ({ account, original, amount, id, advice }: Options, command: Command) => {
      await withSession(command, async (session) => {
        const answer = await session.change(advice ? methods.adviseReversal : methods.reverse, id, {
          transactionId: id,
          accountId: await session.accountOrExample(account),
          originalTransactionId: original,
          ...(amount !== undefined && { amount }),
          ...(advice && { advice }),
        })
        showDecision(session, answer)
      })
    })
}
