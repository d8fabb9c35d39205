import { Verify, type VerifySummary } from '../../src/application/verify.js'
import { MongoAuditStore } from '../../src/storage/account/mongo-audit-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'
import { createClient } from '../../src/storage/client.js'
import type { Problems } from './problems.js'

/** Database of a service that was told no other. */
const DATABASE = 'benefits'

/** Runs `verify` over the whole database, and with `repair` posts what the kills left in journals. */
export async function verifyBooks(
  mongodbUri: string,
  { repair, problems }: { readonly repair: boolean; readonly problems: Problems },
): Promise<VerifySummary> {
  const client = createClient({ uri: mongodbUri, poolSizeMax: 4 })
  const db = client.db(DATABASE)
  try {
    return await new Verify({
      store: new MongoAuditStore(db),
      ledger: new MongoLedger(db),
      repair,
      onDiscrepancy: ({ accountId, kind, detail }) =>
        problems.found({ kind: 'DAMAGE', accountId, detail: `${kind}: ${detail}` }),
      onProgress: () => {},
    }).run()
  } finally {
    await client.close()
  }
}
