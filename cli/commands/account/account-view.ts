import type { JsonObject } from '@bufbuild/protobuf'
import { formatAmount } from '../../amount.js'
import type { View } from '../../terminal/output.js'
import { words } from '../../terminal/output.js'
import { objectIn, objectsIn, type Sheet, sheetOf, textIn, wordIn } from '../../terminal/sheet.js'

/** Shows the `account` of an answer: its wallets, their spending and their limits. */
export function accountView(answer: JsonObject): View {
  const account = objectIn(answer, 'account')
  const limits = objectIn(account, 'limits')
  const limitOf = (wallet: JsonObject) =>
    objectsIn(limits, 'wallets').find((each) => textIn(each, 'category') === textIn(wallet, 'category')) ?? {}
  const spending = (wallet: JsonObject) => objectIn(wallet, 'spending')
  const all = objectsIn(account, 'wallets')
  const wallets = sheetOf<JsonObject>(
    [
      { name: 'account_id', value: () => textIn(account, 'id') },
      { name: 'status', value: () => wordIn(account, 'status', 'ACCOUNT_STATUS') },
      { name: 'category', title: 'wallet', value: (wallet) => textIn(wallet, 'category') },
      { name: 'balance', title: 'balance', kind: 'money', value: (wallet) => textIn(wallet, 'balance') },
      part(all, 'held'),
      part(all, 'owed'),
      { name: 'spent_day', title: 'last paid', value: (wallet) => textIn(spending(wallet), 'day') },
      money('spent_on_day', 'that day', (wallet) => textIn(spending(wallet), 'dayAmount')),
      money('day_max', 'limit', (wallet) => textIn(limitOf(wallet), 'dayMax')),
      money('spent_in_month', 'that month', (wallet) => textIn(spending(wallet), 'monthAmount')),
      money('month_max', 'limit', (wallet) => textIn(limitOf(wallet), 'monthMax')),
    ],
    all,
  )
  const holds = objectsIn(account, 'holds')
  return {
    json: answer,
    parts: [headline(account), wallets, ...(holds.length > 0 ? ['open holds:', holdsSheet(holds)] : [])],
  }
}

/** The held or owed money of wallets; in a table only when a wallet has some. */
function part(wallets: readonly JsonObject[], field: 'held' | 'owed') {
  const isShown = wallets.some((wallet) => !['', '0'].includes(textIn(wallet, field)))
  return {
    name: field,
    ...(isShown && { title: field }),
    kind: 'money' as const,
    value: (wallet: JsonObject) => textIn(wallet, field),
  }
}

function holdsSheet(holds: readonly JsonObject[]): Sheet {
  return sheetOf<JsonObject>(
    [
      {
        name: 'transaction_id',
        title: 'purchase',
        kind: 'whole',
        value: (hold) => textIn(hold, 'transactionId'),
      },
      { name: 'category', title: 'wallet', value: (hold) => textIn(hold, 'category') },
      money('authorized', 'authorized', (hold) => textIn(hold, 'authorizedAmount')),
      money('captured', 'captured', (hold) => textIn(hold, 'capturedAmount')),
      money('rest', 'still held', (hold) => textIn(hold, 'restAmount')),
      { name: 'expire_time', title: 'until', kind: 'time', value: (hold) => textIn(hold, 'expireTime') },
    ],
    holds,
  )
}

function headline(account: JsonObject): string {
  const purchaseMax = textIn(objectIn(account, 'limits'), 'purchaseMax')
  const most = purchaseMax === '' ? '' : `, at most ${formatAmount(BigInt(purchaseMax))} a purchase`
  return `account ${textIn(account, 'id')}, ${words(wordIn(account, 'status', 'ACCOUNT_STATUS'))}${most}`
}

function money(name: string, title: string, value: (wallet: JsonObject) => string) {
  return { name, title, kind: 'money' as const, value }
}
