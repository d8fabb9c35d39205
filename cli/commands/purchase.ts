import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { textArgument, textOption } from '../options.js'
import { methods } from '../service/methods.js'
import { withSession } from '../session.js'
import { words } from '../terminal/output.js'
import { objectIn, objectsIn, type Sheet, sheetOf, textIn, wordIn } from '../terminal/sheet.js'
import { transactionSheet } from './transaction-sheet.js'

/** The sums of a purchase, in the order of its life. */
const sums = [
  'authorized',
  'incremented',
  'captured',
  'excess',
  'released',
  'expired',
  'reversed',
  'refunded',
  'owed',
  'rest',
] as const

/** `benefits purchase`: shows a purchase with all that followed it. */
export function addPurchase(program: Command): void {
  program
    .command('purchase')
    .description('show a purchase with its sums, and all its entries')
    .argument('<id>', 'id of the purchase', textArgument)
    .addOption(textOption('--account <id>', 'account (default: the first example account)'))
    .addHelpText('after', '\nExample:\n  ./benefits purchase purchase-1 --account ana')
    .action(async (transactionId: string, { account }: { account?: string }, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(account)
        const answer = await session.call(methods.getPurchase, { accountId, transactionId })
        const purchase = objectIn(answer, 'purchase')
        const sheet = sumsSheet(purchase)
        session.output.show({
          json: answer,
          parts: [
            headline(purchase),
            ...(sheet.columns.some(({ title }) => title !== undefined) ? [sheet] : []),
            transactionSheet(objectsIn(purchase, 'transactions')),
            ...cutLine(purchase),
          ],
          csv: sheet,
        })
      })
    })
}

function headline(purchase: JsonObject): string {
  const [state, wallet] = [wordIn(purchase, 'state', 'PURCHASE_STATE'), textIn(purchase, 'category')]
  const parts = [state === '' ? 'nothing held or spent' : words(state), wallet]
  return `purchase ${textIn(purchase, 'transactionId')}: ${parts.filter((part) => part !== '').join(', ')}`
}

/** One row: all sums in CSV, those above 0 in a table. */
function sumsSheet(purchase: JsonObject): Sheet {
  const text = (field: string) => textIn(purchase, field)
  return sheetOf<JsonObject>(
    [
      { name: 'transaction_id', value: () => text('transactionId') },
      { name: 'account_id', value: () => text('accountId') },
      { name: 'state', value: () => wordIn(purchase, 'state', 'PURCHASE_STATE') },
      { name: 'category', value: () => text('category') },
      ...sums.map((sum) => ({
        name: sum,
        ...(text(`${sum}Amount`) !== '0' && { title: sum }),
        kind: 'money' as const,
        value: () => text(`${sum}Amount`),
      })),
    ],
    [purchase],
  )
}

/** Says how many entries are left out. */
function cutLine(purchase: JsonObject): readonly string[] {
  const [all, shown] = [textIn(purchase, 'transactionCount'), objectsIn(purchase, 'transactions').length]
  return all === String(shown) ? [] : [`the first ${shown} of ${all} entries`]
}
