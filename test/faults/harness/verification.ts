import { Verify, type VerifySummary } from '../../../src/application/verify.js'
import type { LedgerDocument } from '../../../src/storage/account/ledger-document.js'
import { MongoAuditStore } from '../../../src/storage/account/mongo-audit-store.js'
import { MongoLedger } from '../../../src/storage/account/mongo-ledger.js'
import { createClient } from '../../../src/storage/client.js'
import type { Problems } from './problems.js'

/** The default database of a service. */
export const DATABASE = 'benefits'

/** The audited books. */
export type Verified = {
  readonly accounts: number
  readonly entries: number
  /** Entries among them that no caller has asked for: expiries of holds. */
  readonly expiries: number
  /** Entries that the first audit posted. */
  readonly unposted: number
}

/** Audits the whole database, posts what the faults left in journals, and audits it again. */
export async function verifyBooks(mongodbUri: string, problems: Problems): Promise<Verified> {
  const client = createClient({ uri: mongodbUri, poolSizeMax: 4 })
  const db = client.db(DATABASE)
  const audit = async (repair: boolean): Promise<VerifySummary> =>
    await new Verify({
      store: new MongoAuditStore(db),
      ledger: new MongoLedger(db),
      repair,
      onDiscrepancy: ({ accountId, kind, detail }) =>
        problems.found({ kind: 'DAMAGE', accountId, detail: `${kind}: ${detail}` }),
      onProgress: () => {},
    }).run()
  try {
    const { unposted } = await audit(true)
    const after = await audit(false)
    if (after.unposted > 0)
      problems.found({ kind: 'DAMAGE', detail: `${after.unposted} entries are unposted after the repair` })
    const expiries = await db.collection<LedgerDocument>('ledger').countDocuments({ kind: 'EXPIRY' })
    return { ...after, expiries, unposted }
  } finally {
    await client.close()
  }
}
