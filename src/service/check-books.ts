import { setTimeout as delay } from 'node:timers/promises'
import { Verify, type VerifyOptions, type VerifySummary } from '../application/verify.js'
import type { Config } from '../config.js'
import { MongoAuditStore } from '../storage/account/mongo-audit-store.js'
import { MongoLedger } from '../storage/account/mongo-ledger.js'
import { createClient } from '../storage/client.js'

export type CheckOptions = Pick<VerifyOptions, 'repair' | 'onDamage' | 'onProgress'> & {
  readonly config: Config
  readonly mongodbUri: string
  /** Told before anything else about how many accounts there are. */
  readonly onCount: (accounts: number) => void
}

/** Verifies the books of a database: what the command of the Makefile and the Job of a cluster have in common. */
export async function checkBooks({
  config,
  mongodbUri,
  onCount,
  ...told
}: CheckOptions): Promise<VerifySummary> {
  const client = createClient({ uri: mongodbUri, poolSizeMax: config.mongodbPoolSize })
  try {
    const db = client.db(config.mongodbDatabase)
    const store = new MongoAuditStore(db, { pause: delay })
    onCount(await store.roughCount())
    return await new Verify({ store, ledger: new MongoLedger(db), ...told }).run()
  } finally {
    await client.close()
  }
}
