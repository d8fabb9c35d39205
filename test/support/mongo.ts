import { randomUUID } from 'node:crypto'
import { type EphemeralMongo, startEphemeralMongo } from '../../src/local-mongo/ephemeral-mongo.js'

let running: Promise<EphemeralMongo> | undefined

/** Connection string of the one replica set that all tests share: a real mongod, started by the first who asks. */
export async function testMongoUri(): Promise<string> {
  running ??= startEphemeralMongo({
    env: process.env,
    log: (message) => process.stderr.write(`${message}\n`),
  })
  return (await running).uri
}

/** Name of a database that nobody else uses. */
export function freshDatabaseName(): string {
  return `test-${randomUUID()}`
}

/** Stops the replica set, if anybody asked for it. */
export async function stopTestMongo(): Promise<void> {
  await (await running)?.stop()
  running = undefined
}
