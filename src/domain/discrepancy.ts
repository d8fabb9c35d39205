import type { AccountId } from './account-status.js'

/** A violated invariant, found in the books. */
export type Discrepancy = {
  /** Empty when a document names no account. */
  readonly accountId: AccountId
  readonly kind: DiscrepancyKind
  /** Actual and expected values, for people. */
  readonly detail: string
}

/** Kinds of discrepancy, one for each invariant of the books. */
export type DiscrepancyKind =
  /** A document cannot be read at all. */
  | 'UNREADABLE'
  /** The ledger has entries of an account that does not exist. */
  | 'ACCOUNT_MISSING'
  /** A `seq` of the history is in neither the ledger nor the journal. */
  | 'ENTRY_MISSING'
  /** An entry in the ledger has a `seq` above the account's version. */
  | 'ENTRY_BEYOND_VERSION'
  /** The ledger's copy of an entry differs from the journal's. */
  | 'COPIES_DIFFER'
  /** Two entries have the same transaction id. */
  | 'TRANSACTION_TWICE'
  /** The journal is empty, has a gap, or does not end at the version. */
  | 'JOURNAL_BROKEN'
  /** A wallet's available balance differs from the sum of its entries. */
  | 'BALANCE_DIFFERS'
  /** A wallet's held money differs from the sum of its entries. */
  | 'HELD_DIFFERS'
  /** A wallet's owed money differs from the sum of its entries. */
  | 'OWED_DIFFERS'
  /** An available, held or owed amount recorded by an entry is not the amount before plus the change. */
  | 'BALANCE_AFTER_WRONG'
  /** The available, held or owed sum of a wallet's entries falls below zero. */
  | 'BALANCE_NEGATIVE'
  /** An entry moved an amount other than its own, or moved money where none should move. */
  | 'MOVEMENT_WRONG'
  /** The account's list of open holds differs from the one that the history leads to. */
  | 'HOLDS_DIFFER'
  /** An entry took more from a hold than its rest, or changed a hold that was not open on that wallet. */
  | 'HOLD_WRONG'
  /** A hold expired before its time. */
  | 'EXPIRY_EARLY'
  /** A capture or an advice spent another amount than the entries before it leave, or another wallet's. */
  | 'CAPTURE_WRONG'
  /** A purchase paid another amount than its early captures leave, or an early capture came after it. */
  | 'CAPTURE_IGNORED'
  /** A capture or an advice came before its purchase, and the account's flag for that is not set. */
  | 'EARLY_CAPTURE_FORGOTTEN'
  /** A refund went to another wallet than the one that paid, or its route is missing. */
  | 'REFUND_WRONG'
  /** A reversal, a refund or a credit paid more or less of a debt than it should. */
  | 'DEBT_WRONG'
  /** The reason of an entry does not fit the entries before it. */
  | 'REASON_WRONG'
  /** An entry gave back to other days than those that counted the amount, or counts on no day. */
  | 'DAYS_WRONG'
  /**
   * A reversal gave back another amount than was left, paid another wallet, or reversed a purchase that never
   * paid.
   */
  | 'REVERSAL_WRONG'
  /**
   * A purchase paid another amount than its early reversals leave, or an early reversal came after its
   * purchase.
   */
  | 'REVERSAL_IGNORED'
  /** The status differs from the one that the history leads to. */
  | 'STATUS_DIFFERS'
  /** The limits differ from those that the history leads to. */
  | 'LIMITS_DIFFER'
  /** A wallet's spending on its latest day, or in that month, differs from the sum of its entries. */
  | 'SPENDING_DIFFERS'
  /** A purchase is counted in a day that was already over for its wallet. */
  | 'DAY_WRONG'
  /** A reversal came before its purchase, and the account's flag for that is not set. */
  | 'MARK_FORGOTTEN'
