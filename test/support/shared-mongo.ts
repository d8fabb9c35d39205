import { serveTestMongo, stopTestMongo } from './mongo.js'

/** Starts the database server of the run before its first test. Where the tests run in parallel, all processes use this one. */
export async function mochaGlobalSetup(): Promise<void> {
  await serveTestMongo()
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestMongo()
}
