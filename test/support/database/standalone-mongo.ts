import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findMongod } from '../../../tools/dev/local-mongo/find-mongod.js'
import { WatchedInstance } from '../../../tools/dev/local-mongo/watched-instance.js'

/** A mongod that belongs to no replica set. */
export type StandaloneMongo = {
  readonly uri: string
  /** Stops it and removes its data. */
  readonly remove: () => Promise<void>
}

export async function startStandaloneMongo(): Promise<StandaloneMongo> {
  const dbPath = await mkdtemp(join(tmpdir(), 'standalone-mongo-'))
  const binary = await findMongod({ env: process.env, log: () => {} })
  const instance = new WatchedInstance({
    binary,
    dbPath,
    port: 0,
    args: ['--nounixsocket'],
    onCrash: () => {},
  })
  const { port } = await instance.launch()
  return {
    uri: `mongodb://127.0.0.1:${port}/`,
    remove: async () => {
      await instance.end()
      await rm(dbPath, { recursive: true, force: true })
    },
  }
}
