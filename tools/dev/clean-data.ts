import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadEnvFile } from '../../src/config.js'
import { runCommand } from '../command.js'
import { readDevSettings } from './dev-settings.js'
import { isSameMongod, readState } from './local-mongo/mongod-state.js'

/** Files that the service creates in its data folder, and drafts of them. Other files there are not ours. */
const ours = /^(mongo|local-mongo\.json(\.\d+)?|certs|jwt-secret(\.\d+)?)$/

await runCommand('clean-data', async () => {
  loadEnvFile()
  const { dataDir } = readDevSettings(process.env)
  const state = await readState(dataDir)
  if (state && (await isSameMongod(state, join(dataDir, 'mongo')))) {
    throw new Error(`the database in ${dataDir} is running: stop the service first`)
  }
  const names = await readdir(dataDir).catch(() => undefined)
  if (!names) return
  const mine = names.filter((name) => ours.test(name))
  for (const name of mine) await rm(join(dataDir, name), { recursive: true })
  if (mine.length === names.length) await rmdir(dataDir)
})
