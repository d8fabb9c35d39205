import type { Account } from '../../domain/account.js'

/**
 * Converts accounts to a compact form for long-lived copies. One account is about forty objects, and the
 * garbage collector visits all live objects: with 50,000 accounts it repeatedly paused every request for a
 * third of a second.
 */
export interface Packing {
  pack(account: Account): unknown
  /** Restores an account from the result of `pack`. */
  unpack(packed: unknown): Account
}

/** Keeps accounts as objects. Suits a small number of accounts. */
export const noPacking: Packing = {
  pack: (account) => account,
  unpack: (packed) => packed as Account,
}
