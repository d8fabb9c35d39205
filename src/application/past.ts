import type { Account, AccountHistory, AccountId } from '../domain/account.js'
import type { Entry, ReversalEntry, TransactionId } from '../domain/entry.js'
import type { EntryKey, Ledger } from './ledger.js'

/** What the ledger knows that some accounts' journals do not: the entries, and the reversals, that were asked for. */
export type Past = {
  readonly entries: ReadonlyMap<AccountId, readonly Entry[]>
  readonly reversals: ReadonlyMap<AccountId, readonly ReversalEntry[]>
}

/** An account, and what will be asked about it. */
export type Question = {
  readonly before: Account
  readonly members: readonly {
    readonly transactionIds: readonly TransactionId[]
    readonly originalIds?: (account: Account) => readonly TransactionId[]
  }[]
}

/**
 * Reads what the decisions on these accounts look at, in at most one round trip. Call it after the accounts were loaded: an
 * entry that is not in their journals was in the ledger before it left them.
 */
export async function readPast(ledger: Ledger, questions: readonly Question[]): Promise<Past> {
  // A journal that holds the whole history leaves nothing for the ledger to know.
  const open = questions.filter(({ before }) => before.version !== BigInt(before.journal.length))
  const entryKeys = open.flatMap(({ before, members }) =>
    keysOf(before, new Set(members.flatMap((member) => member.transactionIds))).filter(
      ({ transactionId }) => !before.journal.some((entry) => entry.transactionId === transactionId),
    ),
  )
  const originalKeys = open.flatMap(({ before, members }) =>
    keysOf(before, new Set(members.flatMap((member) => member.originalIds?.(before) ?? []))),
  )
  const [entries, reversals] = await Promise.all([
    entryKeys.length === 0 ? [] : ledger.find(entryKeys),
    originalKeys.length === 0 ? [] : ledger.findReversals(originalKeys),
  ])
  return { entries: byAccount(entries), reversals: byAccount(reversals) }
}

/** The account together with its past, journal and ledger as one. */
export function historyOf(account: Account, past: Past): AccountHistory {
  return {
    account,
    find: (id) =>
      account.journal.find((entry) => entry.transactionId === id) ??
      past.entries.get(account.id)?.find((entry) => entry.transactionId === id),
    reversalsOf: (id) => {
      const inJournal = account.journal.filter((entry) => entry.kind === 'REVERSAL')
      const inLedger = past.reversals.get(account.id) ?? []
      const firstSeq = account.journal[0]?.seq ?? account.version + 1n
      // What is in both is taken once, from the journal.
      const all = [...inLedger.filter(({ seq }) => seq < firstSeq), ...inJournal]
      return all.filter(({ originalId }) => originalId === id)
    },
  }
}

function keysOf(account: Account, ids: ReadonlySet<TransactionId>): readonly EntryKey[] {
  return Array.from(ids, (transactionId) => ({ accountId: account.id, transactionId }))
}

function byAccount<E extends Entry>(entries: readonly E[]): ReadonlyMap<AccountId, readonly E[]> {
  const grouped = new Map<AccountId, E[]>()
  for (const entry of entries) {
    const ofAccount = grouped.get(entry.accountId)
    if (ofAccount) ofAccount.push(entry)
    else grouped.set(entry.accountId, [entry])
  }
  return grouped
}
