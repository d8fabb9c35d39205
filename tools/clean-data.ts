import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadEnvFile, readConfig } from '../src/config.js'
import { isSameMongod, readState } from '../src/local-mongo/mongod-state.js'
import { runCommand } from './command.js'

/** What the service makes in its data folder; anything else there is somebody else's. */
const ours = ['mongo', 'local-mongo.json', 'jwt-secret']

await runCommand('clean-data', async () => {
  loadEnvFile()
  const { dataDir } = readConfig(process.env)
  const state = await readState(dataDir)
  if (state && (await isSameMongod(state, join(dataDir, 'mongo')))) {
    throw new Error(`the database in ${dataDir} is running: stop the service first`)
  }
  for (const name of ours) await rm(join(dataDir, name), { recursive: true, force: true })
  const left = await readdir(dataDir).catch(() => undefined)
  if (left?.length === 0) await rmdir(dataDir)
})
