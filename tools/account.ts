import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@bufbuild/protobuf'
import { loadEnvFile, readConfig } from '../src/config.js'
import { parseReais } from '../src/domain/money.js'
import { argument, countArgument, requiredArgument, runCommand } from './command.js'
import { issueToken } from './issue-token.js'
import { objectIn, objectsIn, reais, text } from './json-fields.js'
import { print } from './print.js'
import { callService } from './service-client.js'
import { table } from './table.js'

/** The commands about one account: `tsx tools/account.ts <command>`, with its arguments in the environment. */
const name = process.argv[2] ?? ''

const AUTHORIZATION = 'benefits.v1.AuthorizationService'
const ACCOUNT = 'benefits.v1.AccountService'

type Command = {
  readonly service: string
  readonly method: string
  readonly scope: string
  readonly request: () => JsonObject
  /** The answer for a terminal. */
  readonly show: (answer: JsonObject) => string
}

const setStatus = (status: string): Command => ({
  service: ACCOUNT,
  method: 'updateAccount',
  scope: 'accounts:write',
  request: () => ({
    account: { id: account(), status },
    updateMask: 'status',
    requestId: argument('id') ?? '',
  }),
  show: showAccount,
})

const commands: Readonly<Record<string, Command>> = {
  account: {
    service: ACCOUNT,
    method: 'createAccount',
    scope: 'accounts:write',
    request: () => ({ accountId: argument('account') ?? '', requestId: argument('id') ?? '' }),
    show: showAccount,
  },
  balance: {
    service: ACCOUNT,
    method: 'getAccount',
    scope: 'accounts:read',
    request: () => ({ accountId: account() }),
    show: showAccount,
  },
  limits: {
    service: ACCOUNT,
    method: 'updateAccount',
    scope: 'accounts:write',
    request: limitsRequest,
    show: showAccount,
  },
  credit: {
    service: ACCOUNT,
    method: 'credit',
    scope: 'accounts:credit',
    request: () => ({
      transactionId: argument('id') ?? randomUUID(),
      accountId: account(),
      category: required('category'),
      amount: parseReais(required('amount')).toString(),
    }),
    show: (answer) => transactionTable([objectIn(answer, 'transaction')]),
  },
  reverse: {
    service: AUTHORIZATION,
    method: 'reverse',
    scope: 'transactions:reverse',
    request: () => {
      const amount = argument('amount')
      return {
        transactionId: argument('id') ?? randomUUID(),
        accountId: account(),
        originalTransactionId: required('original'),
        ...(amount !== undefined && { amount: parseReais(amount).toString() }),
      }
    },
    show: (answer) =>
      table(
        ['code', 'reason', 'wallet', 'given back', 'balance'],
        [
          [
            text(answer, 'code'),
            text(answer, 'reason').replace('REASON_', ''),
            text(answer, 'category'),
            reais(answer, 'amount'),
            reais(answer, 'balance'),
          ],
        ],
      ),
  },
  statement: {
    service: ACCOUNT,
    method: 'listTransactions',
    scope: 'accounts:read',
    request: () => ({
      accountId: account(),
      pageSize: countArgument('limit') ?? 50,
      pageToken: argument('page') ?? '',
      category: argument('category') ?? '',
    }),
    show: (answer) => {
      const next = text(answer, 'nextPageToken')
      // A page belongs to a list with the same filter.
      const asked = ['account', 'category', 'limit'].flatMap((name) => {
        const value = argument(name)
        return value === undefined ? [] : [`${name}=${value}`]
      })
      const more = next === '' ? '' : `\n\nolder: make statement ${asked.join(' ')} page=${next}`
      return transactionTable(objectsIn(answer, 'transactions')) + more
    },
  },
  block: setStatus('ACCOUNT_STATUS_BLOCKED'),
  unblock: setStatus('ACCOUNT_STATUS_ACTIVE'),
  close: setStatus('ACCOUNT_STATUS_CLOSED'),
}

await runCommand(name, async () => {
  const command = commands[name]
  if (!command) throw new Error(`there are the commands ${Object.keys(commands).join(', ')}`)
  const request = command.request()
  loadEnvFile()
  const config = readConfig(process.env)
  const token = await issueToken(config, {
    scope: command.scope,
    subject: `make ${name}`,
    lifetimeSeconds: 60,
  })
  const answer = await callService({
    config,
    token,
    service: command.service,
    method: command.method,
    request,
  })
  print(process.stdout.isTTY ? command.show(answer) : JSON.stringify(answer, null, 2))
})

function required(argumentName: string): string {
  const examples: Readonly<Record<string, string>> = {
    credit: 'make credit account=ana category=FOOD amount=50.00',
    limits: 'make limits account=ana category=FOOD day=100.00 month=900.00',
    reverse: 'make reverse account=ana original=purchase-1',
  }
  return requiredArgument(argumentName, examples[name] ?? `make ${name} account=ana`)
}

function account(): string {
  return required('account')
}

/** The maximum of one purchase, or the limits of one wallet, or both. */
function limitsRequest(): JsonObject {
  const [purchase, category, day, month] = ['purchase', 'category', 'day', 'month'].map(argument)
  const ofWallet = category !== undefined || day !== undefined || month !== undefined || !purchase
  const wallet = {
    category: ofWallet ? required('category') : '',
    ...limit('dayMax', day),
    ...limit('monthMax', month),
  }
  return {
    account: {
      id: account(),
      limits: { ...limit('purchaseMax', purchase), wallets: ofWallet ? [wallet] : [] },
    },
    updateMask: [...(purchase ? ['limits.purchaseMax'] : []), ...(ofWallet ? ['limits.wallets'] : [])].join(
      ',',
    ),
    requestId: argument('id') ?? '',
  }
}

function limit(field: string, amount: string | undefined): JsonObject {
  return amount === undefined || amount === 'none' ? {} : { [field]: parseReais(amount).toString() }
}

function showAccount(answer: JsonObject): string {
  const shown = objectIn(answer, 'account')
  const limits = objectIn(shown, 'limits')
  const wallets = objectsIn(shown, 'wallets').map((wallet) => {
    const category = text(wallet, 'category')
    const spending = objectIn(wallet, 'spending')
    const most = objectsIn(limits, 'wallets').find((one) => text(one, 'category') === category) ?? {}
    return [
      category,
      reais(wallet, 'balance', '0'),
      text(spending, 'day'),
      ...[reais(spending, 'dayAmount', 'day' in spending ? '0' : ''), reais(most, 'dayMax')],
      ...[reais(spending, 'monthAmount', 'day' in spending ? '0' : ''), reais(most, 'monthMax')],
    ]
  })
  const status = text(shown, 'status').replace('ACCOUNT_STATUS_', '')
  const purchaseMax = reais(limits, 'purchaseMax')
  const most = purchaseMax === '' ? '' : `, at most R$ ${purchaseMax} a purchase`
  const header = ['wallet', 'R$', 'last paid', 'that day', 'limit', 'that month', 'limit']
  return `account ${text(shown, 'id')}, ${status}${most}\n\n${table(header, wallets)}`
}

function transactionTable(transactions: readonly JsonObject[]): string {
  const rows = transactions.map((transaction) => [
    text(transaction, 'seq'),
    text(transaction, 'createTime').replace('T', ' ').slice(0, 19),
    text(transaction, 'kind').replace('TRANSACTION_KIND_', ''),
    text(transaction, 'reason').replace('REASON_', '') ||
      ('limits' in transaction
        ? 'LIMITS'
        : text(transaction, 'accountStatus').replace('ACCOUNT_STATUS_', '')),
    text(transaction, 'category'),
    reais(transaction, 'delta'),
    reais(transaction, 'balanceAfter'),
    text(transaction, 'transactionId'),
    text(transaction, 'merchant') || text(transaction, 'originalTransactionId'),
  ])
  return table(
    ['seq', 'time (UTC)', 'kind', 'outcome', 'wallet', 'R$', 'balance', 'id', 'merchant or original'],
    rows,
  )
}
