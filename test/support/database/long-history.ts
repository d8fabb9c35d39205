import type { Account } from '../../../src/domain/account.js'
import type { Entry } from '../../../src/domain/entry.js'
import { unlimited } from '../../../src/domain/limits.js'
import { centavos } from '../../../src/domain/money.js'
import type { StoredBooks } from './example-books.js'

/** Times of the entries, one second apart. */
export const secondOf = (seq: number) => new Date(Date.UTC(2026, 0, 1) + seq * 1_000)

/**
 * Books with a history of any length, made at once instead of step by step. After the opening these repeat: a
 * credit of 0.10 to FOOD, a purchase of 0.04 by FOOD, a declined purchase by CASH, a reversal of 0.01, a
 * block and an unblocking. The journal holds the last twenty entries; the first ten of these are also in the
 * ledger.
 */
export function longBooks(accountId: string, length: number): StoredBooks {
  const entries = Array.from({ length }, (_, index) => entryAt(accountId, index + 1))
  const last = entries.findLast((entry) => entry.kind === 'ADMIN')
  const account: Account = {
    id: accountId,
    status: last?.status ?? 'ACTIVE',
    wallets: new Map([['FOOD', centavos(balanceAt(length))]]),
    limits: unlimited,
    spent: new Map(),
    version: BigInt(length),
    openedAt: secondOf(1),
    updatedAt: secondOf(length),
    hasEarlyReversal: false,
    hasEarlyCapture: false,
    held: new Map(),
    owed: new Map(),
    holds: [],
    journal: entries.slice(-20),
  }
  return { account, ledger: entries.slice(0, -10) }
}

/** The kind of the entry at this place, from 0 to 5, in its round of six. */
const stepAt = (seq: number) => (seq - 2) % 6
/** Changes of FOOD in one round. */
const deltas = [10n, -4n, 0n, 1n, 0n, 0n]

function entryAt(accountId: string, seq: number): Entry {
  const recorded = { accountId, transactionId: `tx-${seq}`, seq: BigInt(seq), at: secondOf(seq) }
  const change = { ...recorded, kind: 'ADMIN', subject: 'ana' } as const
  const purchase = {
    ...recorded,
    kind: 'AUTHORIZATION',
    amount: centavos(4n),
    mcc: '5411',
    effectiveMcc: '5411',
    merchant: 'PADARIA DO ZE',
  } as const
  if (seq === 1) return { ...change, action: 'OPEN', status: 'ACTIVE' }
  const step = stepAt(seq)
  const movement = { wallet: 'FOOD', delta: deltas[step] ?? 0n, balanceAfter: centavos(balanceAt(seq)) }
  if (step === 0) return { ...recorded, kind: 'CREDIT', movement }
  if (step === 1) return { ...purchase, reason: 'APPROVED', movement }
  if (step === 2) return { ...purchase, reason: 'INSUFFICIENT_BALANCE', mcc: '5999', effectiveMcc: '5999' }
  if (step === 4) return { ...change, action: 'STATUS', status: 'BLOCKED' }
  if (step === 5) return { ...change, action: 'STATUS', status: 'ACTIVE' }
  const originalId = `tx-${seq - 2}`
  const reversal = { ...recorded, kind: 'REVERSAL', reason: 'APPROVED', originalId } as const
  return { ...reversal, amount: centavos(1n), described: {}, movement }
}

/** The balance of FOOD after the entry at this place. */
function balanceAt(seq: number): bigint {
  const rounds = BigInt(Math.floor((seq - 1) / 6))
  const rest = deltas.slice(0, (seq - 1) % 6)
  return rounds * 7n + rest.reduce((sum, delta) => sum + delta, 0n)
}
