import { argument, countArgument, runCommand } from '../command.js'
import { interruptedBySignal } from '../interruption.js'
import { ShardCampaign } from './campaign.js'
import { figuresOf, progressOf } from './report.js'

const MOVES = 30
const SEED_MAX = 999_999_999
/** Longest time for load and moves, in milliseconds. */
const TIME_MS_MAX = 1_200_000
/** Acknowledged operations that are asked for once more at the end. */
const REPEATS = 2_500
const PROGRESS_MS = 5_000
/** Problems that are printed; more are in the folder. */
const PRINTED_MAX = 20

await runCommand('shard-test', async () => {
  const moves = countArgument('moves') ?? MOVES
  const seed = argument('seed') === '0' ? 0 : (countArgument('seed') ?? Math.floor(Math.random() * SEED_MAX))
  console.log(`shard-test: ${moves} moves, seed=${seed}`)

  const interruption = interruptedBySignal('shard-test')
  const signal = AbortSignal.any([interruption, AbortSignal.timeout(TIME_MS_MAX)])
  const campaign = await ShardCampaign.start({ moves, seed, signal })
  let keepFolder = true
  try {
    await runWithProgress(campaign)
    keepFolder = !interruption.aborted
    if (interruption.aborted) throw new Error('interrupted')
    await inspect(campaign)
    keepFolder = campaign.problems.total > 0
  } finally {
    await campaign.close({ keepFolder })
    if (keepFolder) console.error(`shard-test: seed=${seed}; logs and problems stay in ${campaign.folder}`)
  }
  const missing = moves - campaign.mover.total
  if (missing > 0) throw new Error(`the time was over, ${missing} moves are missing`)
  if (keepFolder) throw new Error(`${campaign.problems.total} problems`)
})

async function runWithProgress(campaign: ShardCampaign): Promise<void> {
  const progress = setInterval(() => console.log(progressOf(campaign)), PROGRESS_MS)
  try {
    await campaign.run()
  } finally {
    clearInterval(progress)
  }
}

async function inspect(campaign: ShardCampaign): Promise<void> {
  console.log('enough of that; comparing what the service shows with what it had acknowledged')
  await campaign.inspect({ repeats: REPEATS })
  const verified = await campaign.verify()
  for (const problem of campaign.problems.all.slice(0, PRINTED_MAX)) console.log(JSON.stringify(problem))
  console.log(figuresOf(campaign, verified))
}
