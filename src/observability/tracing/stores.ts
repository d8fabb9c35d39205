import type { AccountChange, AccountStore, CommitResult } from '../../application/account-store.js'
import type { EntryKey, Ledger } from '../../application/ledger.js'
import type { Account } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import type { Entry, FollowUpEntry } from '../../domain/entry.js'
import type { FollowedRequests } from './requests.js'
import type { RoundTrips } from './round-trips.js'

/** The state that both traced stores share. */
export type StoreTracing = { readonly requests: FollowedRequests; readonly trips: RoundTrips }

/** The account store with a span for each round trip that a followed call waits for. */
export class TracedAccountStore implements AccountStore {
  readonly #store: AccountStore
  readonly #tracing: StoreTracing

  constructor(store: AccountStore, tracing: StoreTracing) {
    this.#store = store
    this.#tracing = tracing
  }

  load(ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Account>> {
    return this.#store.load(ids)
  }

  loadWithEntries(
    ids: readonly AccountId[],
    keys: readonly EntryKey[],
  ): Promise<{ readonly accounts: ReadonlyMap<AccountId, Account>; readonly entries: readonly Entry[] }> {
    const { requests, trips } = this.#tracing
    return trips.follow({
      name: 'engine.read',
      members: requests.deciding(keys),
      attributes: { 'benefits.accounts': ids.length, 'benefits.entries': keys.length },
      work: () => this.#store.loadWithEntries(ids, keys),
    })
  }

  commit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]> {
    const { requests, trips } = this.#tracing
    if (!requests.areDeciding) return this.#store.commit(changes)
    const entries = changes.flatMap(entriesOf)
    return trips.follow({
      name: 'engine.commit',
      members: requests.deciding(entries),
      attributes: { 'benefits.accounts': changes.length, 'benefits.entries': entries.length },
      work: () => this.#store.commit(changes),
    })
  }
}

/** The ledger with a span for each round trip that a followed call waits for. */
export class TracedLedger implements Ledger {
  readonly #ledger: Ledger
  readonly #tracing: StoreTracing

  constructor(ledger: Ledger, tracing: StoreTracing) {
    this.#ledger = ledger
    this.#tracing = tracing
  }

  find(keys: readonly EntryKey[]): Promise<readonly Entry[]> {
    return this.#read('engine.read', keys, () => this.#ledger.find(keys))
  }

  findFollowUps(originals: readonly EntryKey[]): Promise<readonly FollowUpEntry[]> {
    return this.#read('engine.read_follow_ups', originals, () => this.#ledger.findFollowUps(originals))
  }

  append(entries: readonly Entry[]): Promise<readonly Entry[]> {
    return this.#ledger.append(entries)
  }

  missing(entries: readonly Entry[]): Promise<readonly Entry[]> {
    return this.#ledger.missing(entries)
  }

  #read<T>(name: string, keys: readonly EntryKey[], work: () => Promise<T>): Promise<T> {
    const { requests, trips } = this.#tracing
    const members = requests.deciding(keys)
    return trips.follow({ name, members, attributes: { 'benefits.entries': keys.length }, work })
  }
}

/** Lists the entries that a change adds to the journal. */
function entriesOf({ before, after }: AccountChange): readonly Entry[] {
  return after.journal.filter(({ seq }) => seq > before.version)
}
