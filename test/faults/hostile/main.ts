import { argument, runCommand } from '../../../tools/command.js'
import { count, tableOf } from '../harness/report.js'
import { anySeed, interruptedBySignal, wholeNumber } from '../harness/run.js'
import { Campaign, phasesNamed } from './campaign.js'
import { type Phase, phases } from './plan.js'
import { phaseLines, quietLine } from './report.js'

const CASES = 1_000_000
/** Such as leave the service something to do besides. */
const CASES_PER_SECOND = 1_200
/** For attacks that are no count of cases. */
const SECONDS = 30
/** Problems that are printed; more are in the folder. */
const PRINTED_MAX = 20

await runCommand('hostile-test', async () => {
  const seed = anySeed()
  const named = argument('attacks')?.split(',')
  const options = {
    cases: wholeNumber('cases', CASES),
    casesPerSecond: wholeNumber('rate', CASES_PER_SECOND),
    seconds: wholeNumber('seconds', SECONDS),
    attacks: named ? phasesNamed(named) : phases,
    seed,
  }
  console.log(`hostile-test: ${count(options.cases)} cases, ${options.attacks.length} attacks, seed=${seed}`)
  const campaign = await Campaign.start({ ...options, signal: interruptedBySignal('hostile-test') })
  console.log(`data and logs are in ${campaign.folder}, until it is over`)
  let keepFolder = true
  try {
    await attackAll(campaign, options.attacks)
    for (const problem of campaign.problems.all.slice(0, PRINTED_MAX)) console.log(JSON.stringify(problem))
    keepFolder = campaign.problems.total > 0
  } finally {
    await campaign.close({ keepFolder })
    if (keepFolder) console.error(`hostile-test: seed=${seed}; data and logs stay in ${campaign.folder}`)
  }
  if (keepFolder) throw new Error(`${campaign.problems.total} problems`)
})

async function attackAll(campaign: Campaign, attacks: readonly Phase[]): Promise<void> {
  const quiet = await campaign.quiet()
  console.log(quietLine(quiet))
  let cases = 0
  let memoryBytes = 0
  // What changes the rules for everybody comes after all that is measured.
  const beside = attacks.filter((phase) => phase.beside)
  const apart = attacks.filter((phase) => !phase.beside)
  const make = async (phase: Phase) => {
    const figures = await campaign.attack(phase, quiet)
    cases += phase.share === undefined ? 0 : figures.result.cases
    memoryBytes = Math.max(memoryBytes, figures.peak.memoryBytes)
    console.log(phaseLines(figures, quiet))
  }
  for (const phase of beside) await make(phase)
  console.log(`${quietLine(await campaign.quiet())}, afterwards`)
  for (const phase of apart) await make(phase)
  const { accounts, entries, used } = await campaign.verify()
  const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`
  console.log(
    tableOf([
      ['cases', count(cases)],
      ['most memory of the service; in the end', `${mib(memoryBytes)}; ${mib(used.memoryBytes)}`],
      ['accounts; entries in the ledger', `${count(accounts)}; ${count(entries)}`],
      ['verify', campaign.problems.count('DAMAGE') === 0 ? 'clean' : 'damaged'],
      ['problems of any kind', count(campaign.problems.total)],
    ]),
  )
}
