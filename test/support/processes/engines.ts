import { randomUUID } from 'node:crypto'
import type { Db } from 'mongodb'
import { authorize } from '../../../src/application/authorize.js'
import type { Purchase } from '../../../src/domain/decide.js'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import type { Core } from '../../../src/service/core.js'
import { openCore, testBudget } from '../database/accounts.js'
import { useDatabase } from '../database/database-fixture.js'
import { testMongoUri } from '../database/mongo.js'
import { WAIT_MS_MAX } from '../eventually.js'

export type Engines = {
  readonly cores: readonly Core[]
  readonly db: Db
}

/**
 * Opens so many engines on one empty database, like so many processes, and closes them after the tests of the
 * suite.
 */
export function useEngines(count: number): () => Engines {
  const database = useDatabase()
  let cores: readonly Core[] = []
  before(async () => {
    const uri = await testMongoUri()
    cores = await Promise.all(Array.from({ length: count }, () => openCore(uri, database().databaseName)))
  })
  after(() => postAll(cores))
  return () => ({ cores, db: database() })
}

/** Closes engines, which first post everything that they have decided. May be repeated. */
export async function postAll(cores: readonly Core[]): Promise<void> {
  await Promise.all(cores.map((core) => core.close(WAIT_MS_MAX)))
}

/** A purchase of 10.00 under a new id, paid by the free balance, with the given changes. */
export function somePurchase(purchase: Partial<Purchase> = {}): Purchase {
  return { transactionId: randomUUID(), amount: centavos(1_000n), mcc: '5999', merchant: '', ...purchase }
}

/** Decides a purchase by an engine. */
export function decideOn(
  core: Core,
  accountId: string,
  purchase: Purchase,
): Promise<Verdict<AuthorizationEntry>> {
  return authorize(core, accountId, purchase, testBudget())
}

/** Decides purchases at once, each by the next engine in turn. */
export function decideAllOn(
  cores: readonly Core[],
  accountId: string,
  purchases: readonly Purchase[],
): Promise<readonly Verdict<AuthorizationEntry>[]> {
  const decided = purchases.map((purchase, index) => {
    const core = cores[index % cores.length]
    if (!core) throw new Error('there is no engine to decide')
    return decideOn(core, accountId, purchase)
  })
  return Promise.all(decided)
}
