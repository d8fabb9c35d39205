import { runCommand } from '../../../tools/command.js'
import { anySeed, runCampaign, wholeNumber } from '../harness/run.js'
import { Campaign } from './clock.js'
import { figuresOf, kinds, progressOf } from './report.js'

const ROUNDS = 10
/** Longest time for load and steps, in seconds. */
const SECONDS_MAX = 1_200

await runCommand('clock-test', async () => {
  const rounds = wholeNumber('rounds', ROUNDS)
  const seed = anySeed()
  console.log(`clock-test: ${rounds} times each of ${kinds.join(', ')}, seed=${seed}`)
  await runCampaign({
    name: 'clock-test',
    seed,
    seconds: wholeNumber('seconds', SECONDS_MAX),
    start: (options) => Campaign.start({ ...options, rounds, kinds }),
    progress: progressOf,
    figures: figuresOf,
    missing: ({ total }) => {
      const missing = rounds * kinds.length - total
      return missing > 0 ? `${missing} steps are` : undefined
    },
  })
})
