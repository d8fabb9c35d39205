import type { Account } from '../../domain/account.js'

/**
 * How accounts are kept that may live for long. As objects one is forty of them, and the garbage collector goes through all that live: with
 * 50,000 accounts everybody waited for it, for a third of a second, again and again.
 */
export interface Packing {
  pack(account: Account): unknown
  /** Takes what `pack` has made. */
  unpack(packed: unknown): Account
}

/** Accounts stay what they are: for few of them. */
export const noPacking: Packing = {
  pack: (account) => account,
  unpack: (packed) => packed as Account,
}
