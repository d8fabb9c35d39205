import type { EntryKey } from '../../src/application/ledger.js'
import type { Account } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import { type Entry, type FollowUpEntry, isFollowUp } from '../../src/domain/entry.js'

/** A write of one document, at its place in the log. */
export type Write = { readonly committedThen: number } & (
  | { readonly account: Account; readonly entry?: never }
  | { readonly entry: Entry; readonly account?: never }
)

type Placed<T> = { readonly place: number; readonly value: T }

/**
 * Accounts and ledger as a log of single-document writes. The last writes may be rolled back. Reads may use
 * any place in the log; the first write has place 1.
 */
export class Documents {
  readonly #log: Write[] = []
  readonly #accounts = new Map<AccountId, Placed<Account>[]>()
  readonly #ledger = new Map<string, Placed<Entry>>()
  /** Used places in the accounts' histories: the unique index of the ledger. */
  readonly #seqs = new Set<string>()

  /** Place of the latest write. */
  get length(): number {
    return this.#log.length
  }

  account(id: AccountId, asOf: number): Account | undefined {
    const versions = this.#accounts.get(id)
    for (let at = (versions?.length ?? 0) - 1; at >= 0; at--) {
      const version = versions?.[at]
      if (version && version.place <= asOf) return version.value
    }
    return undefined
  }

  /** The accounts that exist or have existed. */
  get accountIds(): Iterable<AccountId> {
    return this.#accounts.keys()
  }

  entry(key: EntryKey, asOf: number): Entry | undefined {
    const found = this.#ledger.get(keyOf(key))
    return found && found.place <= asOf ? found.value : undefined
  }

  followUps({ accountId, transactionId }: EntryKey, asOf: number): readonly FollowUpEntry[] {
    return this.entries(accountId, asOf)
      .filter(isFollowUp)
      .filter(({ originalId }) => originalId === transactionId)
  }

  /** The ledger's entries of an account, in the order of writing. */
  entries(id: AccountId, asOf: number): readonly Entry[] {
    const found: Entry[] = []
    for (const { place, value } of this.#ledger.values())
      if (place <= asOf && value.accountId === id) found.push(value)
    return found
  }

  /** Number of entries in the ledger, over all accounts. */
  get entryCount(): number {
    return this.#ledger.size
  }

  /** Writes an account. `committedThen` is the majority-committed place at that time. */
  write(account: Account, committedThen: number): void {
    this.#log.push({ account, committedThen })
    const versions = this.#accounts.get(account.id)
    const version = { place: this.length, value: account }
    if (versions) versions.push(version)
    else this.#accounts.set(account.id, [version])
  }

  /** Inserts an entry into the ledger; false when its id or its place in the account's history is taken. */
  insert(entry: Entry, committedThen: number): boolean {
    const key = keyOf(entry)
    const seq = seqOf(entry)
    if (this.#ledger.has(key) || this.#seqs.has(seq)) return false
    this.#log.push({ entry, committedThen })
    this.#ledger.set(key, { place: this.length, value: entry })
    this.#seqs.add(seq)
    return true
  }

  /** The majority-committed place, as known to a member with the log up to this place. */
  committedAt(place: number): number {
    return this.#log[place - 1]?.committedThen ?? 0
  }

  /** Rolls back every write after this place, and returns them, the latest first. */
  takeBack(place: number): readonly Write[] {
    const gone: Write[] = []
    while (this.length > place) {
      const write = this.#log.pop()
      if (!write) break
      gone.push(write)
      if (write.account) this.#accounts.get(write.account.id)?.pop()
      else {
        this.#ledger.delete(keyOf(write.entry))
        this.#seqs.delete(seqOf(write.entry))
      }
    }
    return gone
  }
}

/** An account id has no slash. */
function keyOf({ accountId, transactionId }: EntryKey): string {
  return `${accountId}/${transactionId}`
}

function seqOf({ accountId, seq }: Entry): string {
  return `${accountId}/${seq}`
}
