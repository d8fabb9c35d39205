import { type Account, applyEntry, JOURNAL_MAX, unopenedAccount } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import { type Entry, type FollowUpEntry, isFollowUp, type TransactionId } from '../../src/domain/entry.js'
import { centavos } from '../../src/domain/money.js'
import { catalogs, decideOperation, type Operation } from './operation.js'

/** The history of an account before the simulation starts. */
export type Prehistory = {
  readonly account: Account
  /** All entries, from the first. */
  readonly entries: readonly Entry[]
  readonly operations: readonly Operation[]
  readonly seqById: ReadonlyMap<TransactionId, number>
  readonly followUps: readonly FollowUpEntry[]
}

/** NONE: nothing. SHORT: a few entries of all kinds. LONG: the journal has almost no room left. */
export type PrehistoryKind = 'NONE' | 'SHORT' | 'LONG'

/** The time of the last entry: half an hour before the end of a month. */
export const PREHISTORY_AT = new Date('2026-11-30T23:30:00Z')

const made = new Map<string, Prehistory>()

/** Returns the same object for the same arguments. It is never changed. */
export function prehistoryOf(id: AccountId, kind: PrehistoryKind): Prehistory {
  const key = `${id}/${kind}`
  const known = made.get(key) ?? lived(id, operationsOf(id, kind))
  made.set(key, known)
  return known
}

function operationsOf(accountId: AccountId, kind: PrehistoryKind): readonly Operation[] {
  if (kind === 'NONE') return []
  const credit = (wallet: string, amount: bigint, transactionId = `p-${wallet}`): Operation => ({
    accountId,
    kind: 'CREDIT',
    content: { transactionId, wallet, amount: centavos(amount) },
  })
  const purchase = { amount: centavos(30n), mcc: '5411', merchant: 'PADARIA' }
  const first: readonly Operation[] = [
    { accountId, kind: 'OPEN', content: { transactionId: 'p-open', subject: 'simulation' } },
    credit('CASH', 100n),
    credit('FOOD', 120n),
    credit('MEAL', 60n),
    { accountId, kind: 'BUY', content: { transactionId: 'p-buy', ...purchase } },
    {
      accountId,
      kind: 'REVERSE',
      content: { transactionId: 'p-back', originalId: 'p-buy', amount: centavos(7n), described: {} },
    },
    {
      accountId,
      kind: 'REVERSE',
      content: { transactionId: 'p-ahead', originalId: 'p-never', described: {} },
    },
    { accountId, kind: 'BUY', content: { transactionId: 'p-hold', ...purchase, hold: {} } },
  ]
  if (kind === 'SHORT') return first
  const more = Array.from({ length: JOURNAL_MAX - 5 - first.length }, (_, index) =>
    credit('CASH', 1n, `p-more-${index}`),
  )
  return [...first, ...more]
}

function lived(id: AccountId, operations: readonly Operation[]): Prehistory {
  let account = unopenedAccount(id)
  const entries: Entry[] = []
  for (const operation of operations) {
    const history = {
      account,
      find: (wanted: TransactionId) => entries.find(({ transactionId }) => transactionId === wanted),
      followUpsOf: (wanted: TransactionId) =>
        entries.filter(isFollowUp).filter(({ originalId }) => originalId === wanted),
    }
    const verdict = decideOperation(operation, history, PREHISTORY_AT, catalogs[0])
    if (verdict.type !== 'RECORD') throw new Error(`the prehistory of ${id} has ${verdict.type} in it`)
    entries.push(verdict.entry)
    account = applyEntry(account, verdict.entry)
  }
  const seqById = new Map(entries.map(({ transactionId, seq }) => [transactionId, Number(seq)]))
  return { account, entries, operations, seqById, followUps: entries.filter(isFollowUp) }
}
