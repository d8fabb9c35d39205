import { exampleAccounts, exampleRules } from '../src/application/seed-examples.js'
import { type Config, loadEnvFile, readConfig } from '../src/config.js'
import { createCore } from '../src/core.js'
import { formatReais } from '../src/domain/money.js'
import { runCommand } from './command.js'
import { openDatabase } from './database.js'

/** Time for the last entries to reach the ledger, in milliseconds. */
const CLOSE_MS_MAX = 5_000

const tell = (message: string) => console.error(message)

await runCommand('seed', async () => {
  loadEnvFile()
  const config = readConfig({ ...process.env, SEED_EXAMPLES: 'true' })
  const database = await openDatabase(config)
  try {
    await seed(config, database.uri)
  } finally {
    await database.stop()
  }
  for (const { id, balance } of exampleAccounts) {
    console.log(`account ${id}, opened with R$ ${formatReais(balance)} in each wallet`)
  }
  for (const { name, mcc } of exampleRules) console.log(`merchant rule ${name} -> ${mcc}`)
})

async function seed(config: Config, mongodbUri: string): Promise<void> {
  const core = createCore({
    config,
    mongodbUri,
    onSettleFailure: (error) => tell(`settling will be tried again: ${error}`),
    onDamage: ({ accountId, transactionId }) =>
      tell(`the ledger holds something else in the place of ${transactionId} of account ${accountId}`),
    onCatalogFailure: (error) => tell(`the catalog could not be read: ${error}`),
    onCatalogUnwatched: () => {},
  })
  try {
    await core.prepare()
  } finally {
    await core.close(CLOSE_MS_MAX)
  }
}
