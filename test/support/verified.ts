import { expect } from 'chai'
import type { Db } from 'mongodb'
import { Verify } from '../../src/application/verify.js'
import type { Damage } from '../../src/domain/damage.js'
import { MongoAuditStore } from '../../src/storage/account/mongo-audit-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'

/** Verifies a database: there must be accounts in it, and nothing wrong with any of them. */
export async function cleanBooks(db: Db): Promise<void> {
  const damages: Damage[] = []
  const { accounts } = await new Verify({
    store: new MongoAuditStore(db),
    ledger: new MongoLedger(db),
    repair: false,
    onDamage: (damage) => damages.push(damage),
    onProgress: () => {},
  }).run()
  expect(damages).to.deep.equal([])
  expect(accounts).to.be.above(0)
}
