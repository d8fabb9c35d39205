import { runCommand } from '../../../tools/command.js'
import { anySeed, runCampaign, wholeNumber } from '../harness/run.js'
import { Campaign } from './crash.js'
import { figuresOf, progressOf } from './report.js'

const KILLS = 50
/** Longest time for load and kills, in seconds. */
const SECONDS_MAX = 1_200

await runCommand('crash-test', async () => {
  const kills = wholeNumber('kills', KILLS)
  const seed = anySeed()
  console.log(`crash-test: ${kills} kills of the service and ${kills} of the database, seed=${seed}`)
  await runCampaign({
    name: 'crash-test',
    seed,
    seconds: wholeNumber('seconds', SECONDS_MAX),
    start: (options) => Campaign.start({ ...options, kills }),
    progress: progressOf,
    figures: figuresOf,
    missing: ({ kills: done }) => {
      const missing = 2 * kills - done.service - done.database
      return missing > 0 ? `${missing} kills are` : undefined
    },
  })
})
