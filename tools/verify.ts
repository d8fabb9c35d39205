import type { VerifySummary } from '../src/application/verify.js'
import { type Config, loadEnvFile, readConfig } from '../src/config.js'
import { checkBooks } from '../src/service/check-books.js'
import { argument, runCommand } from './command.js'
import { openDatabase } from './database.js'
import { print } from './print.js'
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

async function verify(config: Config, mongodbUri: string, repair: boolean): Promise<VerifySummary> {
  let progress: ProgressBar | undefined
  const summary = await checkBooks({
    config,
    mongodbUri,
    repair,
    onCount: (accounts) => {
      progress = new ProgressBar(accounts)
    },
    onProgress: (accounts) => progress?.show(accounts),
    onDamage: ({ accountId, kind, detail }) => {
      progress?.clear()
      print(`${accountId === '' ? 'no account' : `account ${accountId}`}: ${kind}: ${detail}`)
    },
  })
  progress?.clear()
  return summary
}
