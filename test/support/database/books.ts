import type { Db } from 'mongodb'
import type { AccountDocument } from '../../../src/storage/account/account-document.js'
import type { EntryDocument } from '../../../src/storage/account/entry-document.js'
import type { LedgerDocument } from '../../../src/storage/account/ledger-document.js'
import type { Balances } from './accounts.js'

/** One account in the database, with every entry that the database holds of it. */
export type Book = {
  readonly accountId: string
  readonly version: bigint
  readonly balances: Balances
  /** Journal and ledger together, each entry once, in the order of `seq`. */
  readonly entries: readonly BookEntry[]
  /** Number of entries in the ledger. */
  readonly posted: number
}

export type BookEntry = Omit<EntryDocument, 'transaction'> & { readonly transaction: string }

/** Reads the books of every account of a database, without our own code. */
export async function readBooks(db: Db): Promise<readonly Book[]> {
  const accounts = await db.collection<AccountDocument>('accounts').find().toArray()
  return await Promise.all(accounts.map((account) => bookOf(db, account)))
}

/** Reads the book of one account. */
export async function readBook(db: Db, accountId: string): Promise<Book> {
  const account = await db.collection<AccountDocument>('accounts').findOne({ _id: accountId })
  if (!account) throw new Error(`there is no account ${accountId}`)
  return await bookOf(db, account)
}

/**
 * The discrepancies of the books: none if every centavo is explained. The rules for every account: entries
 * are numbered 1, 2, 3, ... up to its version; each balance after an entry is the sum of the movements so
 * far, and never negative; the last of them are the balances of the account; and no entry differs between
 * journal and ledger.
 */
export async function wrongInBooks(db: Db): Promise<readonly string[]> {
  const books = await readBooks(db)
  if (books.length === 0) return ['there is not one account to look at']
  return books.flatMap((book) => wrongInBook(book).map((what) => `account ${book.accountId}: ${what}`))
}

async function bookOf(db: Db, account: AccountDocument): Promise<Book> {
  const { _id: accountId, version, wallets: balances, journal } = account
  const ledger = await db.collection<LedgerDocument>('ledger').find({ '_id.account': accountId }).toArray()
  const posted = ledger.map(({ _id, ...fields }) => ({ transaction: _id.transaction, ...fields }))
  const bySeq = new Map([...posted, ...journal].map((entry) => [`${entry.seq} ${entry.transaction}`, entry]))
  const entries = [...bySeq.values()].sort((a, b) => Number(a.seq - b.seq))
  return { accountId, version, balances, entries, posted: posted.length }
}

function wrongInBook(book: Book): readonly string[] {
  const wrong = book.entries.flatMap(({ seq }, index) =>
    seq === BigInt(index + 1) ? [] : [`entry ${index + 1} has the number ${seq}`],
  )
  if (book.version !== BigInt(book.entries.length)) {
    wrong.push(`version ${book.version}, but ${book.entries.length} entries`)
  }
  const wallets = new Set(book.entries.flatMap(({ wallet }) => wallet ?? []))
  for (const wallet of [...wallets, ...Object.keys(book.balances)]) wrong.push(...wrongInWallet(book, wallet))
  return wrong
}

function wrongInWallet({ entries, balances }: Book, name: string): readonly string[] {
  const wrong: string[] = []
  let sum = 0n
  for (const { seq, delta = 0n, balance_after } of entries.filter(({ wallet }) => wallet === name)) {
    sum += delta
    if (sum < 0n) wrong.push(`${name} is ${sum} after entry ${seq}`)
    if (sum !== balance_after) wrong.push(`${name} is ${sum} after entry ${seq}, which says ${balance_after}`)
  }
  const balance = balances[name] ?? 0n
  if (sum !== balance) wrong.push(`${name} holds ${balance}, but its entries add up to ${sum}`)
  return wrong
}
