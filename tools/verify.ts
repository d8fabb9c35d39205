import { Verify, type VerifySummary } from '../src/application/verify.js'
import { type Config, loadEnvFile, readConfig } from '../src/config.js'
import { createClient } from '../src/storage/client.js'
import { MongoAuditStore } from '../src/storage/mongo-audit-store.js'
import { MongoLedger } from '../src/storage/mongo-ledger.js'
import { argument, runCommand } from './command.js'
import { openDatabase } from './database.js'
import { ProgressBar } from './progress-bar.js'

await runCommand('verify', async () => {
  loadEnvFile()
  const config = readConfig(process.env)
  const database = await openDatabase(config)
  try {
    const summary = await verify(config, database.uri, argument('repair') === 'yes')
    console.log(JSON.stringify(summary, null, process.stdout.isTTY ? 2 : 0))
    if (summary.damages > 0) process.exitCode = 1
  } finally {
    await database.stop()
  }
})

async function verify(config: Config, uri: string, repair: boolean): Promise<VerifySummary> {
  const client = createClient({ uri, poolSizeMax: config.mongodbPoolSize })
  try {
    const db = client.db(config.mongodbDatabase)
    const store = new MongoAuditStore(db)
    const progress = new ProgressBar(await store.roughCount())
    const summary = await new Verify({
      store,
      ledger: new MongoLedger(db),
      repair,
      onProgress: (accounts) => progress.show(accounts),
      onDamage: ({ accountId, kind, detail }) => {
        progress.clear()
        console.log(`${accountId === '' ? 'no account' : `account ${accountId}`}: ${kind}: ${detail}`)
      },
    }).run()
    progress.clear()
    return summary
  } finally {
    await client.close()
  }
}
