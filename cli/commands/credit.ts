import type { Command } from 'commander'
import { amountOption, required, textOption } from '../options.js'
import { methods } from '../service/methods.js'
import { withSession } from '../session.js'
import { objectIn } from '../terminal/sheet.js'
import { transactionSheet } from './transaction-sheet.js'

type Options = {
  readonly account?: string
  readonly category: string
  readonly amount: string
  readonly id: string
  readonly paysOwed?: true
}

/**
 * `benefits credit`: credits one wallet. The id is required, because without an id a second run credits
 * twice.
 */
export function addCredit(program: Command): void {
  program
    .command('credit')
    .description('credit a wallet, once per --id')
    .addOption(textOption('--account <id>', 'the account'))
    .addOption(required(textOption('--category <id>', 'the wallet')))
    .addOption(required(amountOption('--amount <reais>', 'amount, such as 50.00 or 1.234,00')))
    .option('--pays-owed', 'first pay what the wallet owes')
    .addOption(required(textOption('--id <id>', 'id of the credit: the same id credits only once')))
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits credit --account ana --category FOOD --amount 50.00 --id load-1',
    )
    .action(async ({ account, category, amount, id, paysOwed }: Options, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(account)
        const request = { transactionId: id, accountId, category, amount, ...(paysOwed && { paysOwed }) }
        const answer = await session.change(methods.credit, id, request)
        const note = answer['replayed'] === true ? ['this id was credited before: nothing has changed'] : []
        session.output.show({
          json: answer,
          parts: [transactionSheet([objectIn(answer, 'transaction')]), ...note],
        })
      })
    })
}
