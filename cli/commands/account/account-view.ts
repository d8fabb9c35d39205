import type { JsonObject } from '@bufbuild/protobuf'
import { formatAmount } from '../../amount.js'
import type { View } from '../../terminal/output.js'
import { words } from '../../terminal/output.js'
import { objectIn, objectsIn, sheetOf, textIn, wordIn } from '../../terminal/sheet.js'

/** Shows the `account` of an answer: its wallets, their spending and their limits. */
export function accountView(answer: JsonObject): View {
  const account = objectIn(answer, 'account')
  const limits = objectIn(account, 'limits')
  const limitOf = (wallet: JsonObject) =>
    objectsIn(limits, 'wallets').find((each) => textIn(each, 'category') === textIn(wallet, 'category')) ?? {}
  const spending = (wallet: JsonObject) => objectIn(wallet, 'spending')
  const wallets = sheetOf<JsonObject>(
    [
      { name: 'account_id', value: () => textIn(account, 'id') },
      { name: 'status', value: () => wordIn(account, 'status', 'ACCOUNT_STATUS') },
      { name: 'category', title: 'wallet', value: (wallet) => textIn(wallet, 'category') },
      { name: 'balance', title: 'balance', kind: 'money', value: (wallet) => textIn(wallet, 'balance') },
      { name: 'spent_day', title: 'last paid', value: (wallet) => textIn(spending(wallet), 'day') },
      money('spent_on_day', 'that day', (wallet) => textIn(spending(wallet), 'dayAmount')),
      money('day_max', 'limit', (wallet) => textIn(limitOf(wallet), 'dayMax')),
      money('spent_in_month', 'that month', (wallet) => textIn(spending(wallet), 'monthAmount')),
      money('month_max', 'limit', (wallet) => textIn(limitOf(wallet), 'monthMax')),
    ],
    objectsIn(account, 'wallets'),
  )
  return { json: answer, parts: [headline(account), wallets] }
}

function headline(account: JsonObject): string {
  const purchaseMax = textIn(objectIn(account, 'limits'), 'purchaseMax')
  const most = purchaseMax === '' ? '' : `, at most ${formatAmount(BigInt(purchaseMax))} a purchase`
  return `account ${textIn(account, 'id')}, ${words(wordIn(account, 'status', 'ACCOUNT_STATUS'))}${most}`
}

function money(name: string, title: string, value: (wallet: JsonObject) => string) {
  return { name, title, kind: 'money' as const, value }
}
