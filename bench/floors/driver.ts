import { text } from 'node:stream/consumers'
import type { AnyClientBulkWriteModel, Collection } from 'mongodb'
import { createClient } from '../../src/storage/client.js'
import { Random } from '../../tools/random.js'
import { rivalCollections } from '../dataset/rival-collections.js'
import { accountIdAt } from '../load/account-id.js'
import type { RivalAccount } from '../servers/rival-books.js'
import type { DriverJob, DriverResult } from './driver-job.js'

/** What is changed: one centavo, so that there is always enough. */
const debit = { $inc: { 'wallets.FOOD': -1n, revision: 1n } }

// The floor under everything that keeps its accounts in MongoDB: the driver alone, its options the service's own.
const job: DriverJob = JSON.parse(await text(process.stdin))
const client = createClient({ uri: job.mongodbUri, poolSizeMax: job.poolSize })
await client.connect()
const accounts = client.db(job.database).collection<RivalAccount>(rivalCollections.accounts)
const random = new Random(job.seed)
const operation = job.operation === 'bulkWrite' ? () => bulkWrite(accounts) : () => findOneAndUpdate(accounts)

let updates = 0
const endsAtMs = performance.now() + job.warmupMs + job.durationMs
const workers = Array.from({ length: job.inFlight }, work)
await new Promise((resolve) => setTimeout(resolve, job.warmupMs))
const before = { updates, cpu: process.cpuUsage(), atMs: performance.now() }
await Promise.all(workers)
const { user, system } = process.cpuUsage(before.cpu)
const result: DriverResult = {
  updates: updates - before.updates,
  allUpdates: updates,
  durationMs: performance.now() - before.atMs,
  cpuMs: (user + system) / 1_000,
}
process.stdout.write(JSON.stringify(result))
await client.close()

async function work(): Promise<void> {
  while (performance.now() < endsAtMs) {
    const updated = await operation()
    updates += updated
  }
}

async function findOneAndUpdate(collection: Collection<RivalAccount>): Promise<number> {
  const updated = await collection.findOneAndUpdate(anyAccount(), debit, {
    projection: { revision: 1 },
    returnDocument: 'after',
  })
  return updated ? 1 : 0
}

async function bulkWrite(collection: Collection<RivalAccount>): Promise<number> {
  const { namespace } = collection
  const models = Array.from(
    { length: job.batch },
    (): AnyClientBulkWriteModel<RivalAccount> => ({
      namespace,
      name: 'updateOne',
      filter: anyAccount(),
      update: debit,
    }),
  )
  const options = { ordered: false, verboseResults: true }
  const { modifiedCount } = await client.bulkWrite<Record<string, RivalAccount>>(models, options)
  return modifiedCount
}

function anyAccount() {
  const _id = accountIdAt(job.accounts, random.below(job.accounts.count))
  return { _id, 'wallets.FOOD': { $gte: 1n } }
}
