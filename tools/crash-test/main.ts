import { argument, runCommand } from '../command.js'
import { interruptedBySignal } from '../interruption.js'
import { Campaign } from './campaign.js'
import { figuresOf, progressOf } from './report.js'

const KILLS = 50
/** Longest time for load and kills, in seconds. */
const SECONDS_MAX = 1_200
/** Acknowledged operations that are asked for once more at the end. */
const REPEATS = 2_500
const PROGRESS_MS = 5_000
/** Problems that are printed; more are in the folder. */
const PRINTED_MAX = 20

await runCommand('crash-test', async () => {
  const kills = wholeNumber('kills', KILLS)
  const seed = wholeNumber('seed', Math.floor(Math.random() * 2 ** 32))
  const seconds = wholeNumber('seconds', SECONDS_MAX)
  console.log(`crash-test: ${kills} kills of the service and ${kills} of the database, seed=${seed}`)

  const interruption = interruptedBySignal('crash-test')
  const timeout = AbortSignal.timeout(seconds * 1_000)
  const campaign = await Campaign.start({ kills, seed, signal: AbortSignal.any([interruption, timeout]) })
  console.log(`data and logs are in ${campaign.folder}, until it is over`)
  let keepFolder = true
  try {
    await runWithProgress(campaign)
    keepFolder = !interruption.aborted
    if (interruption.aborted) throw new Error('interrupted')
    await inspect(campaign)
    keepFolder = campaign.problems.total > 0
  } finally {
    await campaign.close({ keepFolder })
    if (keepFolder)
      console.error(`crash-test: seed=${seed}; data, logs and problems stay in ${campaign.folder}`)
  }
  const missing = 2 * kills - campaign.kills.service - campaign.kills.database
  if (missing > 0) throw new Error(`the time was over, ${missing} kills are missing`)
  if (keepFolder) throw new Error(`${campaign.problems.total} problems`)
})

async function runWithProgress(campaign: Campaign): Promise<void> {
  const progress = setInterval(() => console.log(progressOf(campaign)), PROGRESS_MS)
  try {
    await campaign.run()
  } finally {
    clearInterval(progress)
  }
}

async function inspect(campaign: Campaign): Promise<void> {
  console.log('enough of that; comparing what the service shows with what it had acknowledged')
  const repeatsBefore = campaign.book.repeats
  await campaign.inspect({ repeats: REPEATS })
  const repeated = campaign.book.repeats - repeatsBefore
  const verified = await campaign.verify()
  for (const problem of campaign.problems.all.slice(0, PRINTED_MAX)) console.log(JSON.stringify(problem))
  console.log(figuresOf(campaign, { ...verified, repeated }))
}

function wholeNumber(name: string, fallback: number): number {
  const text = argument(name) ?? String(fallback)
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${name}= is a whole number, for example ${name}=${fallback}`)
  return Number(text)
}
