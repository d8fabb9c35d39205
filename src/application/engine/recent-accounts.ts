import type { Account } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import type { AccountCodec } from './account-codec.js'
import { BoundedRecencyMap } from './bounded-recency-map.js'

/**
 * Most journal entries in all copies together. Bounds the memory, however full the journals are. Open holds
 * count, too.
 */
const ENTRIES_MAX = 50_000
/** Packed open holds that need about the memory of one packed entry. */
const HOLDS_PER_ENTRY = 8
/**
 * Most unpacked accounts, counted together with their entries. Enough for many groups, and few enough objects
 * to keep the garbage collector fast.
 */
const IN_USE_MAX = 4_096
/** Share of recent copies that must have been right for copies to be used. */
const TRUST_MIN = 0.9
/** Weight of one copy in that share: about the last 64 copies count. */
const TRUST_WEIGHT = 1 / 64

/**
 * A copy of an account as this process last committed it. `right` until another process is found to have
 * committed.
 */
type Copy = {
  readonly version: bigint
  /** Undefined until the account first leaves the accounts in use. */
  packed?: unknown
  /** Number of entries that it counts for. */
  readonly entries: number
  right: boolean
}

/**
 * Copies of the accounts that this process last committed. Deciding on a copy saves a read.
 *
 * A copy may be stale, because another process may have committed. That causes no wrong decision: a commit
 * names the version it was decided on, so a commit on top of a stale copy does nothing. It does waste a round
 * trip. So copies are used only while nearly all of them turn out to be right, which they do not when several
 * processes share accounts.
 *
 * The latest copies stay objects, and all others are packed. Packing and unpacking a busy account and its
 * journal for each group would take more time than the decisions.
 */
export class RecentAccounts {
  readonly #codec: AccountCodec
  readonly #copies = new BoundedRecencyMap<AccountId, Copy>({
    weightMax: ENTRIES_MAX,
    weightOf: ({ entries }) => entries,
    onEvicted: (id) => this.#inUse.delete(id),
  })
  readonly #inUse = new BoundedRecencyMap<AccountId, Account>({
    weightMax: IN_USE_MAX,
    weightOf: (account) => 1 + entriesOf(account),
    onEvicted: (id, account) => this.#pack(id, account),
  })
  #trust = 1

  constructor(codec: AccountCodec) {
    this.#codec = codec
  }

  /** Returns the copy to decide on; undefined when the account should be read. */
  get(id: AccountId): Account | undefined {
    if (this.#trust < TRUST_MIN) return undefined
    const copy = this.#copies.get(id)
    return copy?.right ? (this.#inUse.get(id) ?? this.#unpack(id, copy)) : undefined
  }

  /** Takes an account as just read, which shows whether its copy was right. */
  loaded(account: Account): void {
    const copy = this.#copies.get(account.id)
    if (!copy) return
    const right = copy.version === account.version
    this.#judge(right)
    if (right) this.#copies.set(account.id, { ...copy, right })
    else this.#keep(account, { right })
  }

  /** Takes an account as just committed. `copied`: the decision was made on a copy. */
  committed(account: Account, { copied }: { readonly copied: boolean }): void {
    if (copied) this.#judge(true)
    this.#keep(account, { right: this.#copies.get(account.id)?.right ?? true })
  }

  /**
   * Marks a copy as stale: another process has committed. Its account is read until a copy of it proves right
   * again.
   */
  stale(id: AccountId): void {
    const copy = this.#copies.get(id)
    if (!copy?.right) return
    copy.right = false
    this.#judge(false)
  }

  /** Drops the copy, because the state of the account is unknown. */
  forget(id: AccountId): void {
    this.#copies.delete(id)
    this.#inUse.delete(id)
  }

  #keep(account: Account, { right }: { readonly right: boolean }): void {
    const { id, version } = account
    this.#copies.set(id, { version, entries: entriesOf(account), right })
    this.#inUse.set(id, account)
  }

  /** Packs the copy of an account, unless an earlier packed form is still current. */
  #pack(id: AccountId, account: Account): void {
    const copy = this.#copies.get(id)
    if (copy && copy.packed === undefined) copy.packed = this.#codec.pack(account)
  }

  #unpack(id: AccountId, { packed }: Copy): Account {
    const account = this.#codec.unpack(packed)
    this.#inUse.set(id, account)
    return account
  }

  #judge(right: boolean): void {
    this.#trust += ((right ? 1 : 0) - this.#trust) * TRUST_WEIGHT
  }
}

/** Returns the number of entries that a copy counts for: those of its journal, and its open holds. */
function entriesOf({ journal, holds }: Account): number {
  return journal.length + Math.ceil(holds.length / HOLDS_PER_ENTRY)
}
