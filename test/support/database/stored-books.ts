import type { Db } from 'mongodb'
import { type AccountDocument, accountDocument } from '../../../src/storage/account/account-document.js'
import { type LedgerDocument, ledgerDocument } from '../../../src/storage/account/ledger-document.js'
import type { StoredBooks } from './example-books.js'

/** Documents written at a time. */
const LOT = 5_000

/** Writes books into the database without the engine, but subject to the validators. */
export async function storeBooks(db: Db, ...books: readonly StoredBooks[]): Promise<void> {
  const accounts = db.collection<AccountDocument>('accounts')
  const ledger = db.collection<LedgerDocument>('ledger')
  const entries = books.flatMap((one) => one.ledger).map(ledgerDocument)
  await accounts.insertMany(books.map(({ account }) => accountDocument(account)))
  for (let from = 0; from < entries.length; from += LOT)
    await ledger.insertMany(entries.slice(from, from + LOT))
}
