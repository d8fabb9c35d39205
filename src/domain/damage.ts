import type { AccountId } from './account.js'

/** Something that cannot be, found in the books. */
export type Damage = {
  /** Empty when a document names no account. */
  readonly accountId: AccountId
  readonly kind: DamageKind
  /** What was found and what should be, for people. */
  readonly detail: string
}

/** Each invariant of the books, by the name of its breach. */
export type DamageKind =
  /** A document that cannot be read at all. */
  | 'UNREADABLE'
  /** Entries of an account that does not exist. */
  | 'ACCOUNT_MISSING'
  /** A place in the history that neither the ledger nor the journal fills. */
  | 'ENTRY_MISSING'
  /** An entry in the ledger above the account's version. */
  | 'ENTRY_BEYOND_VERSION'
  /** The ledger's copy of an entry differs from the journal's. */
  | 'COPIES_DIFFER'
  /** One transaction id on two entries. */
  | 'TRANSACTION_TWICE'
  /** The journal is empty, has a gap, or does not end at the version. */
  | 'JOURNAL_BROKEN'
  /** A wallet holds something else than the sum of its entries. */
  | 'BALANCE_DIFFERS'
  /** An entry's balance after it is not the balance before plus its change. */
  | 'BALANCE_AFTER_WRONG'
  /** The sum of a wallet's entries falls below zero. */
  | 'BALANCE_NEGATIVE'
  /** An entry moved something else than its amount, or money moved where none should. */
  | 'MOVEMENT_WRONG'
  /** Something else was given back than was left, or to another wallet, or of something that never paid. */
  | 'REVERSAL_WRONG'
  /** A purchase was debited something else than the early reversals leave; or an early reversal came after its purchase. */
  | 'REVERSAL_IGNORED'
  /** The status is not the one that the history leads to. */
  | 'STATUS_DIFFERS'
  /** The limits are not those that the history leads to. */
  | 'LIMITS_DIFFER'
  /** What a wallet spent on its latest day, or in that month, is something else than the sum of its entries. */
  | 'SPENDING_DIFFERS'
  /** A purchase is counted in a day that was over for its wallet. */
  | 'DAY_WRONG'
  /** A reversal came before its purchase and the account does not say so. */
  | 'MARK_FORGOTTEN'
