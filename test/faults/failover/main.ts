import { argument, runCommand } from '../../../tools/command.js'
import { anySeed, runCampaign, wholeNumber } from '../harness/run.js'
import { Campaign } from './failover.js'
import { figuresOf, kinds, progressOf } from './report.js'
import { type SetSettings, type SettingsName, setSettings, withElectionTimeout } from './set-settings.js'

const ROUNDS = 10
/** Longest time for load and failovers, in seconds. */
const SECONDS_MAX = 2_400

await runCommand('failover-test', async () => {
  const rounds = wholeNumber('rounds', ROUNDS)
  const seed = anySeed()
  const chosen = chosenKinds()
  const settings = chosenSettings()
  console.log(`failover-test: ${rounds} times each of ${chosen.join(', ')}, seed=${seed}`)
  console.log(`on a replica set with ${JSON.stringify({ ...settings.settings, ...settings.parameters })}`)
  await runCampaign({
    name: 'failover-test',
    seed,
    seconds: wholeNumber('seconds', SECONDS_MAX),
    start: (options) => Campaign.start({ ...options, rounds, kinds: chosen, settings }),
    progress: progressOf,
    figures: figuresOf,
    missing: ({ gaps }) => {
      const missing = rounds * chosen.length - gaps.total
      return missing > 0 ? `${missing} failovers are` : undefined
    },
  })
})

/** All kinds, unless some are named. */
function chosenKinds() {
  const named = argument('kinds')?.split(',')
  if (named === undefined) return kinds
  const chosen = kinds.filter((kind) => named.includes(kind))
  if (chosen.length < named.length) throw new Error(`kinds= lists some of ${kinds.join(',')}`)
  return chosen
}

function chosenSettings(): SetSettings {
  const name = argument('profile') ?? 'recommended'
  if (!isSettingsName(name)) throw new Error(`profile= is one of ${Object.keys(setSettings).join(', ')}`)
  const election = argument('election')
  return withElectionTimeout(
    setSettings[name],
    election === undefined ? undefined : wholeNumber('election', 0),
  )
}

function isSettingsName(name: string): name is SettingsName {
  return name in setSettings
}
