import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { textArgument, textOption } from '../options.js'
import { methods } from '../service/methods.js'
import { withSession } from '../session.js'
import { objectIn, textIn } from '../terminal/sheet.js'
import { transactionSheet } from './transaction-sheet.js'

/** `benefits transaction`: one entry of an account's history. */
export function addTransaction(program: Command): void {
  program
    .command('transaction')
    .description('show one entry of the history of an account')
    .argument('<id>', 'id of the entry, as the statement shows it', textArgument)
    .addOption(textOption('--account <id>', 'account (default: the first example account)'))
    .addHelpText('after', '\nExample:\n  ./benefits transaction purchase-1 --account ana')
    .action(async (transactionId: string, { account }: { account?: string }, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(account)
        const answer = await session.call(methods.getTransaction, { accountId, transactionId })
        const transaction = objectIn(answer, 'transaction')
        session.output.show({
          json: answer,
          parts: [transactionSheet([transaction]), ...mccLine(transaction)],
        })
      })
    })
}

function mccLine(transaction: JsonObject): readonly string[] {
  const [mcc, effective] = [textIn(transaction, 'mcc'), textIn(transaction, 'effectiveMcc')]
  if (mcc === '') return []
  const rule = textIn(transaction, 'merchantRule')
  return [rule === '' ? `MCC ${mcc}` : `MCC ${mcc}, replaced by ${effective}: merchant rule ${rule}`]
}
