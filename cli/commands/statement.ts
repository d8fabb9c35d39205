import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { numberOption, textOption } from '../options.js'
import { methods } from '../service/methods.js'
import { withSession } from '../session.js'
import { objectsIn, textIn } from '../terminal/sheet.js'
import { transactionSheet } from './transaction-sheet.js'

type Options = {
  readonly account?: string
  readonly category?: string
  readonly limit?: number
  readonly page?: string
}

/** `benefits statement`: shows the history of an account, newest first. */
export function addStatement(program: Command): void {
  program
    .command('statement')
    .description('show the history of an account, newest first')
    .addOption(textOption('--account <id>', 'account (default: the first example account)'))
    .addOption(textOption('--category <id>', 'only entries that moved money of this wallet'))
    .addOption(numberOption('--limit <count>', 'entries per page (50)', { min: 1, max: 1_000 }))
    .addOption(textOption('--page <token>', 'token of the next (older) page, as printed below a page'))
    .addHelpText('after', '\nExample:\n  ./benefits statement --account ana --category FOOD --limit 20')
    .action(async (options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(options.account)
        const answer = await session.call(methods.listTransactions, {
          accountId,
          pageSize: options.limit ?? 50,
          pageToken: options.page ?? '',
          category: options.category ?? '',
        })
        session.output.show({
          json: answer,
          parts: [
            `account ${accountId}; times in ${session.config.limitsTimeZone}`,
            transactionSheet(objectsIn(answer, 'transactions')),
            ...olderPage(answer, accountId, options),
          ],
        })
      })
    })
}

/** The command for the next page repeats the filter. */
function olderPage(answer: JsonObject, accountId: string, { category, limit }: Options): readonly string[] {
  const next = textIn(answer, 'nextPageToken')
  if (next === '') return []
  const filter = [
    `--account ${accountId}`,
    ...(category === undefined ? [] : [`--category ${category}`]),
    ...(limit === undefined ? [] : [`--limit ${limit}`]),
  ]
  return [`older: ./benefits statement ${filter.join(' ')} --page ${next}`]
}
