import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { argument, runCommand } from '../command.js'
import { count, seconds } from '../crash-test/figures.js'
import { campaignMongod } from '../crash-test/mongod.js'
import { anySeed, interruptedBySignal, wholeNumber } from '../crash-test/run-campaign.js'
import { campaignFolder } from '../crash-test/trial.js'
import { type CaseName, cases } from './cases.js'
import { consult, type Finding } from './consultation.js'

const names = Object.keys(cases) as readonly CaseName[]
/** Longest time for the load of all cases, in seconds. */
const SECONDS_MAX = 1_200
/** Problems that are printed of each case; more are in the folder. */
const PRINTED_MAX = 10

await runCommand('misbehave-test', async () => {
  const seed = anySeed()
  const chosen = chosenCases()
  console.log(`misbehave-test: ${chosen.join(', ')}, seed=${seed}`)
  const interruption = interruptedBySignal('misbehave-test')
  const timeout = AbortSignal.timeout(wholeNumber('seconds', SECONDS_MAX) * 1_000)
  const signal = AbortSignal.any([interruption, timeout])
  const binary = await campaignMongod()
  const folder = await campaignFolder('misbehave-test')
  console.log(`data and logs are in ${folder}, until it is over`)
  const failed: string[] = []
  for (const name of chosen) {
    if (signal.aborted) break
    const problem = await tell(consult({ name, binary, folder: join(folder, name), seed, signal }), folder)
    if (problem) failed.push(name)
  }
  if (failed.length > 0)
    console.error(`misbehave-test: seed=${seed}; data, logs and problems stay in ${folder}`)
  else await rm(folder, { recursive: true, force: true })
  if (signal.aborted) throw new Error('it was ended before all cases were done')
  if (failed.length > 0) throw new Error(`problems with ${failed.join(', ')}`)
})

/** Prints what came of a case; says whether it has a problem. */
async function tell(consultation: Promise<Finding>, folder: string): Promise<boolean> {
  try {
    const { problems, ...finding } = await consultation
    console.log(lineOf(finding))
    for (const problem of problems.all.slice(0, PRINTED_MAX)) console.log(JSON.stringify(problem))
    const lines = problems.all.map((problem) => `${JSON.stringify(problem)}\n`)
    await appendFile(join(folder, 'problems.ndjson'), lines.join(''))
    return problems.total > 0
  } catch (error) {
    console.log(String(error))
    return true
  }
}

function lineOf({ title, cause, unanswered, acknowledged, recoveryMs }: Omit<Finding, 'problems'>): string {
  const statuses = Array.from(unanswered, ([status, number]) => `${status} ${count(number)}`).join(', ')
  return [
    `  ${title.padEnd(42)} log: ${cause.padEnd(18)} callers: ${statuses}`,
    `  ${''.padEnd(42)} answers again after ${seconds(recoveryMs)} s, ${count(acknowledged)} acknowledged`,
  ].join('\n')
}

/** All of them, unless some are named. */
function chosenCases(): readonly CaseName[] {
  const named = argument('cases')?.split(',')
  if (named === undefined) return names
  const chosen = names.filter((name) => named.includes(name))
  if (chosen.length < named.length) throw new Error(`cases= lists some of ${names.join(',')}`)
  return chosen
}
