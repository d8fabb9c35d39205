import type { AccountId } from '../../domain/account-status.js'
import type { Entry } from '../../domain/entry.js'
import type { EntryFields } from './entry-document.js'
import { entryOf } from './entry-reader.js'
import { fieldsOf } from './entry-writer.js'

/** An entry as stored in `ledger`. */
export type LedgerDocument = EntryFields & { readonly _id: LedgerKey }

/** The key of a ledger entry. MongoDB compares it with the order of its fields. */
export type LedgerKey = { readonly account: AccountId; readonly transaction: string }

/** Writes an entry for the ledger. */
export function ledgerDocument(entry: Entry): LedgerDocument {
  return { _id: ledgerKey(entry), ...fieldsOf(entry) }
}

/** Builds the key of a ledger entry, with its fields always in the same order. */
export function ledgerKey(key: { readonly accountId: AccountId; readonly transactionId: string }): LedgerKey {
  return { account: key.accountId, transaction: key.transactionId }
}

/**
 * Reads a ledger entry.
 *
 * @throws InvariantError when the document is not a valid entry.
 */
export function entryOfLedger(document: LedgerDocument): Entry {
  return entryOf(document._id.account, document._id.transaction, document)
}
