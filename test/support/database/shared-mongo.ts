import { buildBenchPrograms } from '../processes/bench-programs.js'
import { serveTestMongo, stopTestMongo } from './mongo.js'

/** Creates what all files of a run share: the database server, and the programs of the benchmark. */
export async function mochaGlobalSetup(): Promise<void> {
  await Promise.all([serveTestMongo(), buildBenchPrograms()])
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestMongo()
}
