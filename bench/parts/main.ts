import { randomBytes, randomUUID } from 'node:crypto'
import { status } from '@grpc/grpc-js'
import jwt from 'jsonwebtoken'
import { BSON } from 'mongodb'
import { type Account, applyEntry } from '../../src/domain/account.js'
import { Catalog } from '../../src/domain/catalog.js'
import { challengeCategories } from '../../src/domain/category.js'
import { decide, type Purchase } from '../../src/domain/decide.js'
import type { AuthorizationEntry } from '../../src/domain/entry.js'
import { merchantRules } from '../../src/domain/merchant-rule-index.js'
import { centavos } from '../../src/domain/money.js'
import {
  AuthorizeRequest,
  AuthorizeResponse,
  Decision,
  Fallback,
  Reason,
  Retry,
} from '../../src/gen/benefits/v1/authorization.js'
import { RequestFields } from '../../src/grpc/request-fields.js'
import { TokenVerifier } from '../../src/grpc/tokens/token-verifier.js'
import { secretKeys } from '../../src/keys/token-key.js'
import { DecisionLog } from '../../src/observability/logging/decision-log.js'
import { createLogger } from '../../src/observability/logging/logger.js'
import { createMetrics } from '../../src/observability/metrics/metrics.js'
import { metricLabels } from '../../src/service/metric-labels.js'
import { accountDocument, accountOf, ledgerDocument } from '../../src/storage/account/documents.js'
import { calendar } from '../dataset/calendar.js'
import { processorTimeUs } from './measure.js'

/** What the parts of one authorization cost in processor time, one by one and warm. Prints a table in Markdown. */
const at = new Date()
const merchant = 'PADARIA DO ZE               SAO PAULO BR'
const purchase: Purchase = { transactionId: randomUUID(), amount: centavos(1_234n), mcc: '5411', merchant }
const request: AuthorizeRequest = {
  ...purchase,
  accountId: '6712b3eb3ec7354864d4274f',
  fallback: Fallback.UNSPECIFIED,
  network: undefined,
}
const requestBytes = Buffer.from(AuthorizeRequest.encode(request).finish())
const response: AuthorizeResponse = {
  transactionId: purchase.transactionId,
  code: '00',
  decision: Decision.APPROVED,
  reason: Reason.APPROVED,
  iso8583Code: '00',
  category: 'FOOD',
  effectiveMcc: '5411',
  merchantRule: '',
  balance: 98_766n,
  replayed: false,
  decidedAt: at,
  retry: Retry.NEVER,
  approvedAmount: 1_234n,
}
const account: Account = accountOf({
  _id: request.accountId,
  status: 'ACTIVE',
  version: 41n,
  wallets: { FOOD: 100_000n, MEAL: 100_000n, CASH: 100_000n },
  created_at: at,
  updated_at: at,
  journal: [
    {
      transaction: randomUUID(),
      seq: 41n,
      kind: 'CREDIT',
      at,
      decision: 'APPROVED',
      amount: 100_000n,
      wallet: 'CASH',
      delta: 100_000n,
      balance_after: 100_000n,
    },
  ],
})
const catalog = new Catalog({
  version: 1n,
  categories: challengeCategories,
  neverPermitted: [],
  rules: merchantRules([
    { id: 'uber-trip', match: 'EXACT', name: 'UBER TRIP', mcc: '5411' },
    { id: 'uber', match: 'PREFIX', name: 'UBER', mcc: '5411' },
  ]),
})
const history = { account, find: () => undefined, reversalsOf: () => [] }
const entry = recordedEntry()
const accountBytes = BSON.serialize(accountDocument(account))

const secret = randomBytes(32).toString('hex')
const token = jwt.sign({ scope: 'transactions:authorize' }, secret, { subject: 'switch', expiresIn: '1h' })
const verifier = new TokenVerifier({
  keys: secretKeys([secret], ['HS256']),
  issuer: undefined,
  audience: undefined,
  nowMs: Date.now,
})
const metrics = createMetrics({ labels: metricLabels, version: 'parts' })
const logger = createLogger({ level: 'info', format: 'json' })
const decisions = new DecisionLog({ logger, approvalsMax: 0 })
const call = { service: 'benefits.v1.AuthorizationService', method: 'Authorize', type: 'unary' } as const

const parts: readonly (readonly [what: string, part: () => unknown])[] = [
  ['request id', () => randomUUID()],
  ['token, verified before', () => verifier.verify(token)],
  ['decode the request', () => AuthorizeRequest.decode(requestBytes)],
  ['check every field', checkFields],
  ['merchant, rules, wallets', () => catalog.route(purchase)],
  ['decide (with the line above)', () => decide(history, purchase, catalog, at, calendar)],
  ['apply the entry to the account', () => applyEntry(account, entry)],
  ['encode the response', () => AuthorizeResponse.encode(response).finish()],
  ['count the call and its time', countCall],
  ['count the decision', () => metrics.decision(decisionLabels, 1_000)],
  [
    'an approval that has no line',
    () => decisions.decided(decisionLine, () => ({ requestId: '', subject: '' })),
  ],
  ['a log line below the level', () => logger.debug({ method: call.method, code: 'OK' }, 'call')],
  ['account, read from BSON', () => accountOf(readAccount())],
  ['account, written to BSON', () => BSON.serialize(accountDocument(account))],
  ['ledger entry, written to BSON', () => BSON.serialize(ledgerDocument(entry))],
]
const decisionLine = { kind: 'AUTHORIZATION', code: '00', reason: 'APPROVED', replayed: false, durationMs: 3 }
const decisionLabels = {
  kind: 'AUTHORIZATION',
  code: '00',
  reason: 'APPROVED',
  category: 'FOOD',
  replayed: false,
} as const

process.stdout.write('| part | us |\n|---|---:|\n')
for (const [what, part] of parts) process.stdout.write(`| ${what} | ${processorTimeUs(part).toFixed(2)} |\n`)
process.exit(0)

function recordedEntry(): AuthorizationEntry {
  const verdict = decide(history, purchase, catalog, at, calendar)
  if (verdict.type !== 'RECORD') throw new Error('a new purchase is recorded')
  return verdict.entry
}

function checkFields(): void {
  const fields = new RequestFields()
  fields.transactionId('transaction_id', request.transactionId)
  fields.accountId('account_id', request.accountId)
  fields.amount('amount', request.amount)
  fields.mcc('mcc', request.mcc)
  fields.merchant('merchant', request.merchant)
  fields.close()
}

function countCall(): void {
  metrics.callStarted(call)
  metrics.callHandled(call, status[status.OK], 0.003)
}

function readAccount() {
  // It was written from an account a moment ago.
  return BSON.deserialize(accountBytes, { useBigInt64: true }) as Parameters<typeof accountOf>[0]
}
