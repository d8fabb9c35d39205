import { countArgument, runCommand } from '../../../tools/command.js'
import { anySeed, runCampaign, wholeNumber } from '../harness/run.js'
import { figuresOf, progressOf } from './report.js'
import { ShardCampaign } from './shard.js'

const MOVES = 30
/** Longest time for load and moves, in seconds. */
const SECONDS_MAX = 1_200

await runCommand('shard-test', async () => {
  const moves = countArgument('moves') ?? MOVES
  const seed = anySeed()
  console.log(`shard-test: ${moves} moves, seed=${seed}`)
  await runCampaign({
    name: 'shard-test',
    seed,
    seconds: wholeNumber('seconds', SECONDS_MAX),
    start: (options) => ShardCampaign.start({ ...options, moves }),
    progress: progressOf,
    figures: figuresOf,
    missing: ({ mover }) => {
      const missing = moves - mover.total
      return missing > 0 ? `${missing} moves are` : undefined
    },
  })
})
