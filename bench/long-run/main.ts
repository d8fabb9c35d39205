import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countArgument, runCommand } from '../../tools/command.js'
import { clockText } from '../clock-text.js'
import { buildPrograms } from '../session/build.js'
import { PROJECT } from '../session/children.js'
import { Database } from '../session/database.js'
import { interruptedBySignal } from '../session/interruption.js'
import { memoryFolder } from '../session/memory-folder.js'
import { publish, writeRecord } from './files.js'
import { longRun } from './long-run.js'
import { figuresOf, problemsIn } from './page.js'
import { type LongRunPlan, longRunPlan } from './plan.js'
import type { LongRunRecord } from './record.js'
import { isJudged } from './verdict.js'

const NAME = 'long-run'
/** The token of the callers, the load generator and the room for entries are made for so long, in minutes. */
const MINUTES_MAX = 100
/** The load generator's numbers of accounts have seven digits, and more than this takes long to load. */
const ACCOUNTS_MAX = 1_000_000
const SEED_MAX = 2 ** 29

await runCommand(NAME, async () => {
  const minutes = between('minutes', { min: 1, max: MINUTES_MAX, usual: longRunPlan.minutes })
  const percent = between('share', { min: 1, max: 95, usual: Math.round(longRunPlan.share * 100) })
  const accounts = between('accounts', { min: 1, max: ACCOUNTS_MAX, usual: longRunPlan.accounts })
  const plan = {
    ...longRunPlan,
    minutes,
    accounts,
    share: percent / 100,
    seed: countArgument('seed') ?? anySeed(),
  }
  const signal = interruptedBySignal(NAME)
  const startedAtMs = performance.now()
  const progress = (line: string) => console.log(`${clockText(performance.now() - startedAtMs)}  ${line}`)

  progress(`${minutes} minutes at ${percent} % of capacity, ${accounts} accounts, seed=${plan.seed}`)
  await buildPrograms()
  const database = await Database.start(progress, memoryFolder())
  try {
    const record = await longRun({ plan, database, signal, onProgress: progress })
    const problems = problemsIn(record)
    console.log(figuresOf(record))
    if (!isJudged(record)) console.log('The run was too short for slopes to be judged.')
    const isPublished = isAsPublished(plan) && problems.length === 0
    console.log(`figures and picture are in ${await written(record, { isPublished })}`)
    for (const problem of problems) console.error(problem)
    if (problems.length > 0) throw new Error(`${problems.length} problems`)
  } catch (error) {
    throw signal.aborted ? new Error('interrupted') : error
  } finally {
    await database.stop()
  }
})

/** Whether the run is of the size that the documentation tells of. */
function isAsPublished({ minutes, share, accounts }: LongRunPlan): boolean {
  return minutes >= longRunPlan.minutes && share === longRunPlan.share && accounts === longRunPlan.accounts
}

/** Writes a run into the documentation, or where it disturbs nobody. Returns where. */
async function written(
  record: LongRunRecord,
  { isPublished }: { readonly isPublished: boolean },
): Promise<string> {
  if (isPublished) {
    await publish(join(PROJECT, '.docs'), record)
    return '.docs/reliability'
  }
  const folder = await mkdtemp(join(tmpdir(), 'benefits-long-run-'))
  await writeRecord(folder, record)
  return folder
}

function between(
  name: string,
  { min, max, usual }: { readonly min: number; readonly max: number; readonly usual: number },
): number {
  const value = countArgument(name) ?? usual
  if (value < min || value > max) throw new Error(`${name}= is a whole number from ${min} to ${max}`)
  return value
}

function anySeed(): number {
  return 1 + Math.floor(Math.random() * SEED_MAX)
}
