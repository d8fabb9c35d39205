import { type Account, type AccountHistory, unopenedAccount } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import { type Entry, type FollowUpEntry, isFollowUp, type TransactionId } from '../../domain/entry.js'
import type { AccountStore } from '../account-store.js'
import type { EntryKey, Ledger } from '../ledger.js'
import type { DecisionRequest } from './pending-request.js'

/** An account, and the past entries that decisions on it will read. */
export type Question = {
  readonly accountId: AccountId
  /** The account as committed earlier; absent when it must be read. */
  readonly copy?: Account | undefined
  readonly asks: readonly Ask[]
}

type Ask = Pick<DecisionRequest<unknown>, 'transactionIds' | 'originalIds'>

/** Accounts in the order of the questions, with the requested past entries. */
export type Histories = {
  readonly accounts: readonly Account[]
  readonly past: Past
}

/** The requested entries and follow-ups that the ledger holds. */
export type Past = {
  readonly entries: ReadonlyMap<AccountId, readonly Entry[]>
  readonly followUps: ReadonlyMap<AccountId, readonly FollowUpEntry[]>
}

export type HistoryStores = { readonly accounts: AccountStore; readonly ledger: Ledger }

/**
 * Reads everything that decisions need in one round trip; follow-ups take one more. Nothing is missed in
 * between: an entry that left the journal was in the ledger before, and the ledger is read no earlier than
 * the account.
 *
 * @param dueAt the time at which holds are due in the decisions.
 */
export async function readHistories(
  stores: HistoryStores,
  questions: readonly Question[],
  dueAt: Date,
): Promise<Histories> {
  const ids = questions.filter(({ copy }) => copy === undefined).map(({ accountId }) => accountId)
  const keys = questions.flatMap(entryKeys)
  const { accounts: read, entries } = await readTogether(stores, ids, keys)
  const accounts = questions.map(
    ({ accountId, copy }) => copy ?? read.get(accountId) ?? unopenedAccount(accountId),
  )
  const originals = questions.flatMap(({ asks }, index) => originalKeys(accounts[index], asks, dueAt))
  const followUps = originals.length === 0 ? [] : await stores.ledger.findFollowUps(originals)
  return { accounts, past: { entries: byAccount(entries), followUps: byAccount(followUps) } }
}

/** Combines an account's journal with its entries from the ledger. */
export function historyOf(account: Account, past: Past): AccountHistory {
  // From the ledger, take only entries that have left the journal. Entries in both would count twice, and
  // newer ones must stay hidden: they mean that another process has committed, so the commit of this decision
  // will fail.
  const firstSeq = account.journal[0]?.seq ?? account.version + 1n
  return {
    account,
    find: (id) =>
      account.journal.find((entry) => entry.transactionId === id) ??
      past.entries.get(account.id)?.find((entry) => entry.transactionId === id && entry.seq < firstSeq),
    followUpsOf: (id) => {
      const isWanted = (entry: Entry): entry is FollowUpEntry => isFollowUp(entry) && entry.originalId === id
      const inJournal = account.journal.filter(isWanted)
      const inLedger = past.followUps.get(account.id)
      // Most purchases look up nothing in the ledger.
      if (!inLedger) return inJournal
      return [...inLedger.filter((entry) => entry.seq < firstSeq && isWanted(entry)), ...inJournal]
    },
  }
}

/**
 * Reads accounts and entries, each only if any are needed. A copy whose journal holds the whole history needs
 * neither.
 */
async function readTogether(
  { accounts, ledger }: HistoryStores,
  ids: readonly AccountId[],
  keys: readonly EntryKey[],
): Promise<{ readonly accounts: ReadonlyMap<AccountId, Account>; readonly entries: readonly Entry[] }> {
  if (ids.length > 0) return await accounts.loadWithEntries(ids, keys)
  return { accounts: new Map(), entries: keys.length === 0 ? [] : await ledger.find(keys) }
}

/** Lists the entries to look up: the requested ones, without those that a copy already answers. */
function entryKeys({ accountId, copy, asks }: Question): readonly EntryKey[] {
  if (copy && isWhole(copy)) return []
  const ids = new Set(asks.flatMap(({ transactionIds }) => transactionIds))
  if (copy) for (const { transactionId } of copy.journal) ids.delete(transactionId)
  return keysOf(accountId, ids)
}

/**
 * Lists the purchases whose follow-ups to look up. An earlier request of the group may close a hold that is
 * open here. A later capture is late then, whatever came before the hold was closed.
 */
function originalKeys(account: Account | undefined, asks: readonly Ask[], dueAt: Date): readonly EntryKey[] {
  if (!account || isWhole(account)) return []
  return keysOf(account.id, new Set(asks.flatMap(({ originalIds }) => originalIds?.(account, dueAt) ?? [])))
}

/** Whether the journal holds the whole history, so that the ledger has nothing to add. */
function isWhole({ version, journal }: Account): boolean {
  return version === BigInt(journal.length)
}

function keysOf(accountId: AccountId, ids: ReadonlySet<TransactionId>): readonly EntryKey[] {
  return Array.from(ids, (transactionId) => ({ accountId, transactionId }))
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
