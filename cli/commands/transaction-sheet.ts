import type { JsonObject } from '@bufbuild/protobuf'
import { formatAmount } from '../amount.js'
import { words } from '../terminal/output.js'
import { objectIn, objectsIn, type Sheet, sheetOf, textIn, wordIn } from '../terminal/sheet.js'

/** The fields of NetworkData. */
const networkFields = [
  'rail',
  'product',
  'merchantId',
  'merchantTaxId',
  'acquirerId',
  'terminalId',
  'rrn',
  'networkReference',
  'currency',
  'entryMode',
  'localTime',
]

/** The marks of an entry. Those that are set are shown. */
const flags = ['moreToCome', 'advice', 'request', 'paysOwed']

const kinds: Readonly<Record<string, string>> = { AUTHORIZATION: 'PURCHASE', ADMIN: 'CHANGE' }

/**
 * Lays out entries of an account's history. A table shows ids and changes below the row, and a narrow table
 * merchants too, so that it fits 80 columns.
 */
export function transactionSheet(transactions: readonly JsonObject[]): Sheet {
  return sheetOf<JsonObject>(
    [
      { name: 'seq', kind: 'count', value: (row) => textIn(row, 'seq') },
      { name: 'create_time', title: 'date', kind: 'time', value: (row) => textIn(row, 'createTime') },
      { name: 'kind', title: 'kind', kind: 'word', value: kindOf },
      { name: 'about', title: 'merchant', tableOnly: true, givesWay: true, value: merchantOf },
      { name: 'category', title: 'wallet', value: (row) => textIn(row, 'category') },
      { name: 'delta', title: 'amount', kind: 'money', value: deltaOf },
      { name: 'balance_after', title: 'balance', kind: 'money', value: (row) => textIn(row, 'balanceAfter') },
      { name: 'reason', title: 'reason', kind: 'word', value: (row) => wordIn(row, 'reason', 'REASON') },
      { name: 'note', kind: 'note', value: noteOf },
      { name: 'transaction_id', value: (row) => textIn(row, 'transactionId') },
      { name: 'merchant', value: (row) => textIn(row, 'merchant') },
      { name: 'mcc', value: (row) => textIn(row, 'mcc') },
      { name: 'amount', kind: 'money', value: (row) => textIn(row, 'amount') },
      { name: 'original_transaction_id', value: (row) => textIn(row, 'originalTransactionId') },
      { name: 'subject', value: (row) => textIn(row, 'subject') },
      { name: 'change', value: changeOf },
      { name: 'verified_category', value: (row) => textIn(row, 'verifiedCategory') },
      { name: 'approval_code', value: (row) => textIn(row, 'approvalCode') },
      ...['heldDelta', 'heldAfter', 'owedDelta', 'owedAfter'].map((field) => ({
        name: columnOf(field),
        kind: 'money' as const,
        value: (row: JsonObject) => textIn(row, field),
      })),
      { name: 'held_until', kind: 'time', value: (row) => textIn(row, 'heldUntil') },
      ...flags.map((field) => ({
        name: columnOf(field),
        value: (row: JsonObject) => (row[field] === true ? 'yes' : ''),
      })),
      ...networkFields.map((field) => ({
        name: columnOf(field),
        value: (row: JsonObject) => networkTextIn(row, field),
      })),
    ],
    transactions,
  )
}

/** Describes an administrative change: all limits after it, or the new status. Empty for other entries. */
function changeOf(transaction: JsonObject): string {
  if (wordIn(transaction, 'kind', 'TRANSACTION_KIND') !== 'ADMIN') return ''
  if ('limits' in transaction) return `limits: ${limitsText(objectIn(transaction, 'limits'))}`
  return `status: ${words(wordIn(transaction, 'accountStatus', 'ACCOUNT_STATUS'))}`
}

function kindOf(transaction: JsonObject): string {
  const kind = wordIn(transaction, 'kind', 'TRANSACTION_KIND')
  return kinds[kind] ?? kind
}

/** Empty where no money moved. */
function deltaOf(transaction: JsonObject): string {
  return 'balanceAfter' in transaction ? textIn(transaction, 'delta') : ''
}

function merchantOf(transaction: JsonObject): string {
  return textIn(transaction, 'merchant').replaceAll(/\s+/g, ' ').trim()
}

/** Lists the change and its author, the reversed purchase, and the id. */
function noteOf(transaction: JsonObject): string {
  const subject = textIn(transaction, 'subject')
  const change = changeOf(transaction)
  const lines = [
    change === '' || subject === '' ? change : `${change}, by ${subject}`,
    textIn(transaction, 'decision') === 'DECISION_DECLINED' ? declinedText(transaction) : '',
    lessText(transaction),
    partText(transaction, 'held'),
    partText(transaction, 'owed'),
    ...flags.filter((flag) => transaction[flag] === true).map((flag) => words(columnOf(flag).toUpperCase())),
    verificationText(transaction),
    wordIn(transaction, 'fallback', 'FALLBACK') === 'NEVER' ? 'without the free balance' : '',
    approvalText(transaction),
    networkText(transaction),
    originalText(transaction),
    `id ${textIn(transaction, 'transactionId')}`,
  ]
  return lines.filter((line) => line !== '').join('\n')
}

/** No money moved, so the amount column is empty. */
function declinedText(transaction: JsonObject): string {
  const asked = textIn(transaction, 'amount')
  return asked === '' || asked === '0' ? 'declined' : `declined: ${reais(asked)}`
}

/** Explains a purchase approved for less than its amount; empty for others. */
function lessText(transaction: JsonObject): string {
  if (wordIn(transaction, 'kind', 'TRANSACTION_KIND') !== 'AUTHORIZATION') return ''
  const [asked, paid] = [textIn(transaction, 'amount'), textIn(transaction, 'delta').replace('-', '')]
  if (!('balanceAfter' in transaction) || asked === paid) return ''
  const how = 'heldAfter' in transaction ? 'held' : 'paid'
  return `asked ${reais(asked)}, ${how} ${reais(paid)}: the rest was reversed or captured before the purchase arrived`
}

/** Describes the change of held or owed money; empty without one. */
function partText(transaction: JsonObject, part: 'held' | 'owed'): string {
  const [delta, after] = [textIn(transaction, `${part}Delta`), textIn(transaction, `${part}After`)]
  if (after === '') return ''
  const sign = delta.startsWith('-') ? '' : '+'
  return `${part} ${sign}${reais(delta)}, then ${reais(after)}`
}

/** Names the wallet that would have paid an approved verification; empty for purchases. */
function verificationText(transaction: JsonObject): string {
  if (transaction['verification'] !== true) return ''
  const wallet = textIn(transaction, 'verifiedCategory')
  return wallet === '' ? 'verification' : `verification: ${wallet} would pay`
}

function approvalText(transaction: JsonObject): string {
  const code = textIn(transaction, 'approvalCode')
  return code === '' ? '' : `approval ${code}`
}

/** Lists what the card network sent with a purchase; empty when it sent nothing. */
function networkText(transaction: JsonObject): string {
  const parts = networkFields.flatMap((field) => {
    const value = networkTextIn(transaction, field)
    return value === '' ? [] : [`${words(columnOf(field).toUpperCase())} ${value}`]
  })
  return parts.join(', ')
}

/** Reads a field of the network data; rail and product without their prefixes. */
function networkTextIn(transaction: JsonObject, field: string): string {
  const network = objectIn(transaction, 'network')
  const prefix = field.toUpperCase()
  return field === 'rail' || field === 'product' ? wordIn(network, field, prefix) : textIn(network, field)
}

function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Names the purchase of a reversal. An early reversal moves no money, so the text has its amount. */
function originalText(transaction: JsonObject): string {
  const original = textIn(transaction, 'originalTransactionId')
  if (original === '') return ''
  const isEarly = !('balanceAfter' in transaction) && textIn(transaction, 'decision') === 'DECISION_APPROVED'
  if (!isEarly) return `of ${original}`
  const amount = textIn(transaction, 'amount')
  return `${amount === '0' ? 'all' : reais(amount)} of ${original}`
}

function limitsText(limits: JsonObject): string {
  const purchaseMax = textIn(limits, 'purchaseMax')
  const parts = [
    ...(purchaseMax === '' ? [] : [`${reais(purchaseMax)} a purchase`]),
    ...objectsIn(limits, 'wallets').map(walletText),
  ]
  return parts.join('; ') || 'none'
}

function walletText(wallet: JsonObject): string {
  const [day, month] = [textIn(wallet, 'dayMax'), textIn(wallet, 'monthMax')]
  const parts = [
    ...(day === '' ? [] : [`${reais(day)} a day`]),
    ...(month === '' ? [] : [`${reais(month)} a month`]),
  ]
  return `${textIn(wallet, 'category')} ${parts.join(', ') || 'no limit'}`
}

function reais(centavos: string): string {
  return formatAmount(BigInt(centavos))
}
