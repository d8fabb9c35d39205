import type { Account, AccountId } from '../../domain/account.js'
import { BoundedRecencyMap } from './bounded-recency-map.js'
import type { Packing } from './packing.js'

/** Most journal entries in all the copies together: it bounds the memory, however full the journals are. */
const ENTRIES_MAX = 50_000
/**
 * Most accounts in use, counted with the entries of their journals: room for those of many groups, and far fewer objects than make the
 * garbage collector slow.
 */
const IN_USE_MAX = 4_096
/** Share of copies that must lately have been right for a copy to be used. */
const TRUST_MIN = 0.9
/** Weight of one look at a copy: about the last 64 looks count. */
const TRUST_WEIGHT = 1 / 64

/** A copy of an account as this process committed it last. `right` unless another process was found to have committed since. */
type Copy = {
  readonly version: bigint
  /** Undefined until the account leaves those in use for the first time. */
  packed?: unknown
  /** Entries of its journal. */
  readonly entries: number
  right: boolean
}

/**
 * Copies of the accounts that this process committed last: deciding on one saves reading the account.
 *
 * A copy may be stale, for another process may have committed since. No wrong decision can come of that: a commit names the
 * version it was decided on, so one on top of a stale copy does nothing. But it is a round trip for nothing, so copies
 * are used only while nearly all of them turn out to be right: with several processes on the same accounts they are not.
 *
 * The copies used last stay objects, and all others are packed: packing and unpacking a busy account for each group, its journal
 * included, takes more time than the decisions.
 */
export class RecentAccounts {
  readonly #packing: Packing
  readonly #copies = new BoundedRecencyMap<AccountId, Copy>({
    weightMax: ENTRIES_MAX,
    weightOf: ({ entries }) => entries,
    onEvicted: (id) => this.#inUse.delete(id),
  })
  readonly #inUse = new BoundedRecencyMap<AccountId, Account>({
    weightMax: IN_USE_MAX,
    weightOf: ({ journal }) => 1 + journal.length,
    onEvicted: (id, account) => this.#pack(id, account),
  })
  #trust = 1

  constructor(packing: Packing) {
    this.#packing = packing
  }

  /** The copy to decide on; undefined when the account had better be read. */
  get(id: AccountId): Account | undefined {
    if (this.#trust < TRUST_MIN) return undefined
    const copy = this.#copies.get(id)
    return copy?.right ? (this.#inUse.get(id) ?? this.#unpack(id, copy)) : undefined
  }

  /** Takes an account as it was just read: it shows whether the copy was right. */
  loaded(account: Account): void {
    const copy = this.#copies.get(account.id)
    if (!copy) return
    const right = copy.version === account.version
    this.#judge(right)
    if (right) this.#copies.set(account.id, { ...copy, right })
    else this.#keep(account, { right })
  }

  /** Takes an account as it was just committed, on top of what was read or, with `copied`, of a copy. */
  committed(account: Account, { copied }: { readonly copied: boolean }): void {
    if (copied) this.#judge(true)
    this.#keep(account, { right: this.#copies.get(account.id)?.right ?? true })
  }

  /** Somebody else has committed on top of the copy. Its account is read from now on, until a copy was seen to be right again. */
  stale(id: AccountId): void {
    const copy = this.#copies.get(id)
    if (!copy?.right) return
    copy.right = false
    this.#judge(false)
  }

  /** It is not known what the account has become. */
  forget(id: AccountId): void {
    this.#copies.delete(id)
    this.#inUse.delete(id)
  }

  #keep(account: Account, { right }: { readonly right: boolean }): void {
    const { id, version, journal } = account
    this.#copies.set(id, { version, entries: journal.length, right })
    this.#inUse.set(id, account)
  }

  /** A copy that was packed before, and has not changed since, stays as it was packed. */
  #pack(id: AccountId, account: Account): void {
    const copy = this.#copies.get(id)
    if (copy && copy.packed === undefined) copy.packed = this.#packing.pack(account)
  }

  #unpack(id: AccountId, { packed }: Copy): Account {
    const account = this.#packing.unpack(packed)
    this.#inUse.set(id, account)
    return account
  }

  #judge(right: boolean): void {
    this.#trust += ((right ? 1 : 0) - this.#trust) * TRUST_WEIGHT
  }
}
