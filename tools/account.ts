import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@bufbuild/protobuf'
import { loadEnvFile, readConfig } from '../src/config.js'
import { formatReais, parseReais } from '../src/domain/money.js'
import { argument, countArgument, requiredArgument, runCommand } from './command.js'
import { issueToken } from './issue-token.js'
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
  console.log(process.stdout.isTTY ? command.show(answer) : JSON.stringify(answer, null, 2))
})

function required(argumentName: string): string {
  const examples: Readonly<Record<string, string>> = {
    credit: 'make credit account=ana category=FOOD amount=50.00',
    reverse: 'make reverse account=ana original=purchase-1',
  }
  return requiredArgument(argumentName, examples[name] ?? `make ${name} account=ana`)
}

function account(): string {
  return required('account')
}

function showAccount(answer: JsonObject): string {
  const shown = objectIn(answer, 'account')
  const wallets = objectsIn(shown, 'wallets').map((wallet) => [
    text(wallet, 'category'),
    reais(wallet, 'balance', '0'),
  ])
  const status = text(shown, 'status').replace('ACCOUNT_STATUS_', '')
  return `account ${text(shown, 'id')}, ${status}\n\n${table(['wallet', 'R$'], wallets)}`
}

function transactionTable(transactions: readonly JsonObject[]): string {
  const rows = transactions.map((transaction) => [
    text(transaction, 'seq'),
    text(transaction, 'createTime').replace('T', ' ').slice(0, 19),
    text(transaction, 'kind').replace('TRANSACTION_KIND_', ''),
    text(transaction, 'reason').replace('REASON_', '') ||
      text(transaction, 'accountStatus').replace('ACCOUNT_STATUS_', ''),
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

/** The JSON mapping leaves out what is empty or zero. */
function text(object: JsonObject, field: string): string {
  const value = object[field]
  return typeof value === 'string' ? value : ''
}

function reais(object: JsonObject, field: string, missing = ''): string {
  const value = text(object, field) || missing
  return value === '' ? '' : formatReais(BigInt(value))
}

function objectIn(object: JsonObject, field: string): JsonObject {
  const value = object[field]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function objectsIn(object: JsonObject, field: string): readonly JsonObject[] {
  const value = object[field]
  const isObject = (item: unknown): item is JsonObject => typeof item === 'object' && item !== null
  return Array.isArray(value) ? value.filter(isObject) : []
}
