import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { formatAmount } from '../../amount.js'
import { choiceOption, numberOption, textOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { objectsIn, sheetOf, textIn, wordIn } from '../../terminal/sheet.js'

type Options = { readonly status?: string; readonly limit?: number; readonly page?: string }

/** `benefits account list`: accounts in the order of their ids. */
export function addList(account: Command): void {
  account
    .command('list')
    .description('list accounts, sorted by id')
    .addOption(
      choiceOption('--status <status>', 'only accounts with this status', ['ACTIVE', 'BLOCKED', 'CLOSED']),
    )
    .addOption(numberOption('--limit <count>', 'accounts per page (50)', { min: 1, max: 1_000 }))
    .addOption(textOption('--page <token>', 'token of the next page, as printed below a page'))
    .addHelpText('after', '\nExample:\n  ./benefits account list --status BLOCKED')
    .action(async ({ status, limit = 50, page = '' }: Options, command: Command) => {
      await withSession(command, async (session) => {
        const answer = await session.call(methods.listAccounts, {
          pageSize: limit,
          pageToken: page,
          ...(status !== undefined && { status: `ACCOUNT_STATUS_${status}` }),
        })
        const next = textIn(answer, 'nextPageToken')
        const asked = [`--limit ${limit}`, ...(status === undefined ? [] : [`--status ${status}`])].join(' ')
        session.output.show({
          json: answer,
          parts: [
            accountSheet(objectsIn(answer, 'accounts')),
            ...(next === '' ? [] : [`more: ./benefits account list ${asked} --page ${next}`]),
          ],
        })
      })
    })
}

function accountSheet(accounts: readonly JsonObject[]) {
  const categories = [
    ...new Set(
      accounts.flatMap((each) => objectsIn(each, 'wallets').map((wallet) => textIn(wallet, 'category'))),
    ),
  ]
  return sheetOf<JsonObject>(
    [
      { name: 'account_id', title: 'account', kind: 'whole', value: (each) => textIn(each, 'id') },
      {
        name: 'status',
        title: 'status',
        kind: 'word',
        value: (each) => wordIn(each, 'status', 'ACCOUNT_STATUS'),
      },
      // Text in a table, because text can be broken when an account has many wallets.
      { name: 'wallets', title: 'wallets', kind: 'whole', tableOnly: true, value: walletsOf },
      ...categories.map((category) => ({
        name: category.toLowerCase(),
        kind: 'money' as const,
        value: (each: JsonObject) =>
          objectsIn(each, 'wallets')
            .filter((wallet) => textIn(wallet, 'category') === category)
            .map((wallet) => textIn(wallet, 'balance'))
            .join(''),
      })),
      { name: 'entries', title: 'entries', kind: 'count', value: (each) => textIn(each, 'version') },
      {
        name: 'update_time',
        title: 'last change',
        kind: 'time',
        value: (each) => textIn(each, 'updateTime'),
      },
    ],
    accounts,
  )
}

/** Keeps a wallet and its balance on one line. */
function walletsOf(account: JsonObject): string {
  return objectsIn(account, 'wallets')
    .map((wallet) => `${textIn(wallet, 'category')}\u00a0${formatAmount(BigInt(textIn(wallet, 'balance')))}`)
    .join(', ')
}
