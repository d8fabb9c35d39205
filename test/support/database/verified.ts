import { expect } from 'chai'
import type { Db } from 'mongodb'
import { Verify } from '../../../src/application/verify.js'
import type { Discrepancy } from '../../../src/domain/discrepancy.js'
import { MongoAuditStore } from '../../../src/storage/account/mongo-audit-store.js'
import { MongoLedger } from '../../../src/storage/account/mongo-ledger.js'

/** Verifies a database: it must have accounts and no discrepancy. */
export async function cleanBooks(db: Db): Promise<void> {
  const discrepancies: Discrepancy[] = []
  const { accounts } = await new Verify({
    store: new MongoAuditStore(db),
    ledger: new MongoLedger(db),
    repair: false,
    onDiscrepancy: (discrepancy) => discrepancies.push(discrepancy),
    onProgress: () => {},
  }).run()
  expect(discrepancies).to.deep.equal([])
  expect(accounts).to.be.above(0)
}
