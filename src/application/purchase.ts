import type { AccountHistory } from '../domain/account.js'
import type { AccountId } from '../domain/account-status.js'
import { type Entry, type FollowUpEntry, isPurchase, type TransactionId } from '../domain/entry.js'
import { decideExpiry } from '../domain/expiry.js'
import { invariant } from '../domain/invariant.js'
import { type PurchaseState, type PurchaseSums, restIn, stateOf, sumsOf } from '../domain/purchase-sums.js'
import type { Clock } from './clock.js'
import { type HistoryStores, historyOf, readHistories } from './engine/history.js'
import { readPlaces } from './places.js'

/** A purchase with all that followed it. */
export type PurchaseOverview = {
  /** Sums over the entries. A hold that is due counts as expired. */
  readonly sums: PurchaseSums
  /** Amount that is still held, in centavos. */
  readonly rest: bigint
  /** Absent when nothing was ever held or spent. */
  readonly state?: PurchaseState
  /** The recorded entries, oldest first, declined ones included. */
  readonly entries: readonly Entry[]
}

/** The purchase, or why there is none. */
export type PurchaseReading =
  | { readonly purchase: PurchaseOverview }
  | { readonly missing: 'ACCOUNT' | 'PURCHASE' }

export type PurchasesOptions = HistoryStores & { readonly clock: Clock }

/** Reads purchases from journal and ledger. */
export class Purchases {
  readonly #options: PurchasesOptions
  readonly #places = readPlaces()

  constructor(options: PurchasesOptions) {
    this.#options = options
  }

  /**
   * Finds a purchase: an entry that is one, or entries that name one that the service has never seen.
   *
   * @throws UndecidedError OVERLOADED when too many callers are waiting.
   */
  async find(accountId: AccountId, id: TransactionId): Promise<PurchaseReading> {
    const reads = { transactionIds: [id], originalIds: () => [id] }
    const dueAt = this.#options.clock.now()
    const { accounts, past } = await this.#places.run(() =>
      readHistories(this.#options, [{ accountId, asks: [reads] }], dueAt),
    )
    const [account] = accounts
    invariant(account !== undefined, 'every purchase that is read has its account')
    if (account.status === 'UNOPENED') return { missing: 'ACCOUNT' }
    const purchase = overviewOf(historyOf(account, past), id, dueAt)
    return purchase ? { purchase } : { missing: 'PURCHASE' }
  }
}

function overviewOf(history: AccountHistory, id: TransactionId, dueAt: Date): PurchaseOverview | undefined {
  const found = history.find(id)
  const original = found && isPurchase(found) ? found : undefined
  const followUps = history.followUpsOf(id)
  const entries: Entry[] = [...(original ? [original] : []), ...followUps]
  if (entries.length === 0) return undefined
  const sums = sumsOf(original, [...followUps, ...dueExpiry(history, id, dueAt)])
  const state = stateOf(sums)
  return { sums, rest: restIn(sums), ...(state && { state }), entries: entries.sort(bySeq) }
}

/** Returns the expiry that the next decision on the account will book. */
function dueExpiry(history: AccountHistory, id: TransactionId, dueAt: Date): readonly FollowUpEntry[] {
  const verdict = decideExpiry(history, id, dueAt)
  return verdict.type === 'RECORD' ? [verdict.entry] : []
}

function bySeq(a: Entry, b: Entry): number {
  return a.seq < b.seq ? -1 : 1
}
