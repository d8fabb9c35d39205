import { setTimeout as delay } from 'node:timers/promises'
import { Verify, type VerifyOptions, type VerifySummary } from '../application/verify.js'
import type { Config } from '../config.js'
import { MongoAuditStore } from '../storage/account/mongo-audit-store.js'
import { MongoLedger } from '../storage/account/mongo-ledger.js'
import { createClient } from '../storage/client.js'

export type CheckOptions = Pick<VerifyOptions, 'repair' | 'onDiscrepancy' | 'onProgress'> & {
  readonly config: Config
  /** Called first, with the estimated number of accounts. */
  readonly onCount: (accounts: number) => void
}

/** Verifies the books of a database, for the command line and for the entry point `verify.ts`. */
export async function checkBooks({ config, onCount, ...options }: CheckOptions): Promise<VerifySummary> {
  const client = createClient({ uri: config.mongodbUri, poolSizeMax: config.mongodbPoolSize })
  try {
    const db = client.db(config.mongodbDatabase)
    const store = new MongoAuditStore(db, { pause: delay })
    onCount(await store.estimatedCount())
    return await new Verify({ store, ledger: new MongoLedger(db), ...options }).run()
  } finally {
    await client.close()
  }
}
