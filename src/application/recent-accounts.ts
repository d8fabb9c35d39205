import type { Account, AccountId } from '../domain/account.js'
import type { Packing } from './packing.js'
import { RecencyMap } from './recency-map.js'

/** Most journal entries in all the copies together: it bounds the memory, however full the journals are. */
const ENTRIES_MAX = 50_000
/** Share of copies that must lately have been right for a copy to be used. */
const TRUST_MIN = 0.9
/** Weight of one look at a copy: about the last 64 looks count. */
const TRUST_WEIGHT = 1 / 64

/** An account as this process committed it last. `right` unless somebody else was found to have committed since. */
type Copy = {
  readonly version: bigint
  readonly packed: unknown
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
 */
export class RecentAccounts {
  readonly #packing: Packing
  readonly #copies = new RecencyMap<AccountId, Copy>()
  #entries = 0
  #trust = 1

  constructor(packing: Packing) {
    this.#packing = packing
  }

  /** The copy to decide on; undefined when the account had better be read. */
  get(id: AccountId): Account | undefined {
    if (this.#trust < TRUST_MIN) return undefined
    const copy = this.#copies.get(id)
    return copy?.right ? this.#packing.unpack(copy.packed) : undefined
  }

  /** Takes an account as it was just read: it shows whether the copy was right. */
  loaded(account: Account): void {
    const copy = this.#copies.get(account.id)
    if (!copy) return
    const right = copy.version === account.version
    this.#judge(right)
    this.#keep(account.id, right ? { ...copy, right } : this.#copyOf(account, { right }))
  }

  /** Takes an account as it was just committed, on top of what was read or, with `copied`, of a copy. */
  committed(account: Account, { copied }: { readonly copied: boolean }): void {
    if (copied) this.#judge(true)
    this.#keep(account.id, this.#copyOf(account, { right: this.#copies.get(account.id)?.right ?? true }))
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
    const copy = this.#copies.get(id)
    if (!copy) return
    this.#copies.delete(id)
    this.#entries -= copy.entries
  }

  #keep(id: AccountId, copy: Copy): void {
    this.#entries += copy.entries - (this.#copies.get(id)?.entries ?? 0)
    this.#copies.set(id, copy)
    while (this.#entries > ENTRIES_MAX) {
      const [, { entries }] = this.#copies.deleteOldest()
      this.#entries -= entries
    }
  }

  #judge(right: boolean): void {
    this.#trust += ((right ? 1 : 0) - this.#trust) * TRUST_WEIGHT
  }

  #copyOf(account: Account, { right }: { readonly right: boolean }): Copy {
    const { version, journal } = account
    return { version, packed: this.#packing.pack(account), entries: journal.length, right }
  }
}
