import { firstViolation, numbersFrom, simulate, simulateOne, Total } from '../test/simulation/histories.js'
import { knownMistakes } from '../test/simulation/known-mistakes.js'
import { planFrom } from '../test/simulation/plan.js'
import { shrink } from '../test/simulation/shrink.js'
import type { Outcome } from '../test/simulation/simulation.js'
import { loadPatched, loadSubject, type Subject } from '../test/support/engine-sources.js'
import { argument, countArgument, runCommand } from './command.js'

const SEEDS = 100_000
/** Most histories until a planted mistake must have been found. */
const TEETH_SEEDS_MAX = 50_000
/** One history in so many is simulated twice, to see that nothing but its seed decides what happens in it. */
const TWICE_EVERY = 200
const PROGRESS_MS = 5_000

// Errors are answers here, made by the thousand: nobody reads where they come from.
Error.stackTraceLimit = 0

await runCommand('simulate-engine', async () => {
  const subject = await loadSubject()
  const seeds = countArgument('seeds')
  const seed = seedArgument()
  if (argument('teeth') === 'yes') return await showTeeth(subject)
  if (seed !== undefined && seeds === undefined) return await replay(seed, subject)
  await run(seed ?? 0, seeds ?? SEEDS, subject)
})

/** Simulates many histories, and stops at the first in which something is wrong. */
async function run(first: number, count: number, subject: Subject): Promise<void> {
  console.log(`simulate-engine: ${figure(count)} histories, from seed=${first}`)
  const startMs = performance.now()
  const perSecond = (histories: number) => figure((histories * 1_000) / (performance.now() - startMs))
  const total = new Total()
  const toRepeat = new Map<number, number>()
  let bad: number | undefined
  let isInterrupted = false
  process.once('SIGINT', () => {
    isInterrupted = true
  })
  let toldMs = startMs
  const onEnd = (seed: number, outcome: Outcome): boolean => {
    total.add(outcome)
    if (seed % TWICE_EVERY === 0) toRepeat.set(seed, outcome.hash)
    if (outcome.violation !== undefined) bad = seed
    if (performance.now() - toldMs > PROGRESS_MS) {
      toldMs = performance.now()
      console.log(`${figure(total.histories)} histories, ${perSecond(total.histories)} a second`)
    }
    return bad === undefined && !isInterrupted
  }
  await simulate(numbersFrom(first, first + count), { subject, onEnd })
  console.log(figuresOf(total, perSecond(total.histories)))
  if (bad !== undefined) return await tellOf(bad, subject)
  for (const [seed, hash] of toRepeat) {
    const again = await simulateOne(planFrom(seed), { subject })
    if (again.hash !== hash) throw new Error(`seed=${seed} did not go the same way twice`)
  }
  if (isInterrupted) throw new Error('interrupted')
  console.log(`${figure(toRepeat.size)} of them went the same way twice; nothing was wrong in any`)
}

/** One history, line by line. */
async function replay(seed: number, subject: Subject): Promise<void> {
  const { violation, hash } = await simulateOne(planFrom(seed), { subject, onLine: console.log })
  console.log(`seed=${seed} went the way ${hash.toString(16)}`)
  if (violation !== undefined) throw new Error(violation)
}

/** The shortest history that can be made of one in which something is wrong. */
async function tellOf(seed: number, subject: Subject): Promise<never> {
  console.log(`\nseed=${seed}, with as little in it as possible:`)
  const plan = await shrink(planFrom(seed), { subject })
  const { violation } = await simulateOne(plan, { subject, onLine: console.log })
  console.log(violation)
  throw new Error(`something is wrong; all of it: make simulate-engine seed=${seed}`)
}

/** How long each planted mistake goes unnoticed. */
async function showTeeth(subject: Subject): Promise<void> {
  let missed = 0
  for (const mistake of knownMistakes) {
    const patched = mistake.patches ? await loadPatched(mistake.patches) : subject
    const found = await firstViolation(numbersFrom(0, TEETH_SEEDS_MAX), { subject: patched, mistake })
    if (!found) missed += 1
    const how = found ? `seed=${found.seed}: ${found.violation}` : `not found in ${TEETH_SEEDS_MAX} histories`
    console.log(`${mistake.name}\n  ${how}`)
  }
  if (missed > 0) throw new Error(`${missed} of ${knownMistakes.length} mistakes were not found`)
  console.log(`all of ${knownMistakes.length} mistakes were found`)
}

function figuresOf({ histories, steps, coverage }: Total, perSecond: string): string {
  const rows = [
    ['histories', figure(histories)],
    ['histories a second', perSecond],
    ['histories a second of processor time', figure((histories * 1_000_000) / process.cpuUsage().user)],
    ['steps', figure(steps)],
    ...coverage.all.map(([what, times]) => [what, figure(times)]),
  ]
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(45)} ${value}`).join('\n')
}

function figure(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function seedArgument(): number | undefined {
  const value = argument('seed')
  if (value === undefined) return undefined
  if (!/^\d{1,9}$/.test(value)) throw new Error('seed= is a whole number of at most nine digits')
  return Number(value)
}
