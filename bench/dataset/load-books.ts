import type { Collection, Db, Document } from 'mongodb'
import type { Account } from '../../src/domain/account.js'
import { accountDocument } from '../../src/storage/account/account-document.js'
import { type LedgerDocument, ledgerDocument } from '../../src/storage/account/ledger-document.js'
import { collections } from '../../src/storage/collections.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { accountIdAt } from '../load/account-id.js'
import type { AccountRange } from '../load/job.js'
import { loadedAccount } from './loaded-account.js'
import { rivalCollections } from './rival-collections.js'

/** Accounts written by one insert, and with them their entries: what is held in memory, times the inserts under way. */
const LOT = 500
/** Inserts of accounts and their entries that are under way at once. */
const LOTS_AT_ONCE = 3

export type LoadOptions = {
  readonly accounts: AccountRange
  /** In whose collections, and how an account is written. */
  readonly shape: 'OURS' | 'RIVAL'
  /** When the open holds of an account expire, in rising order; by default it has none. */
  readonly expiriesOf?: (account: number) => readonly Date[]
  readonly signal: AbortSignal
  /** Called from time to time with the number of accounts. */
  readonly onProgress?: (accounts: number) => void
}

/**
 * Writes accounts and their ledger straight into a database that has none of them, in memory that does not grow with their number, and then makes the
 * indexes: of what is there already they are made several times as fast. Everything is on disk at the end.
 */
export async function loadBooks(db: Db, options: LoadOptions): Promise<void> {
  const { accounts, expiriesOf = () => [], onProgress } = options
  const target = targetOf(db, options.shape)
  let next = 0
  let done = 0
  const work = async () => {
    while (next < accounts.count) {
      options.signal.throwIfAborted()
      const from = next
      next = Math.min(from + LOT, accounts.count)
      const upTo = next
      const lot = Array.from({ length: upTo - from }, (_, index) =>
        loadedAccount(accountIdAt(accounts, from + index), expiriesOf(from + index)),
      )
      await writeLot(target, lot)
      done += upTo - from
      onProgress?.(done)
    }
  }
  await Promise.all(Array.from({ length: LOTS_AT_ONCE }, work))
  await ensureSchema(db)
  await db.admin().command({ fsync: 1 })
}

type Target = {
  readonly accounts: Collection
  readonly ledger: Collection<LedgerDocument>
  readonly documentOf: (account: Account) => Document
}

function targetOf(db: Db, shape: LoadOptions['shape']): Target {
  const names = shape === 'OURS' ? collections : rivalCollections
  return {
    accounts: db.collection(names.accounts),
    ledger: db.collection<LedgerDocument>(names.ledger),
    documentOf: shape === 'OURS' ? postedDocument : rivalDocument,
  }
}

async function writeLot({ accounts, ledger, documentOf }: Target, lot: readonly Account[]): Promise<void> {
  // Nobody waits for these to be durable one by one: they are at the end, together.
  const options = { ordered: false, writeConcern: { w: 1, journal: false } } as const
  await accounts.insertMany(lot.map(documentOf), options)
  await ledger.insertMany(
    lot.flatMap(({ journal }) => journal.map(ledgerDocument)),
    options,
  )
}

/** Our account with everything in the ledger: the journal keeps only the entry that made the version. */
function postedDocument(account: Account): Document {
  return accountDocument({ ...account, journal: account.journal.slice(-1) })
}

function rivalDocument({ id, status, wallets, version }: Account): Document {
  return { _id: id, status, wallets: Object.fromEntries(wallets), revision: version }
}
