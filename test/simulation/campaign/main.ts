import { argument, countArgument, runCommand } from '../../../tools/command.js'
import { loadSubject, type Subject } from '../../support/engine-sources.js'
import { simulateOne, Total } from '../histories.js'
import { knownMistakes } from '../known-mistakes.js'
import { planFrom } from '../plan.js'
import { shrink } from '../shrink.js'
import type { Answers, Task } from './task.js'
import { shareOut, THREADS } from './threads.js'

const SEEDS = 100_000
/** Histories that a thread simulates before it reports. */
const HISTORIES_TOGETHER = 10
/** Detections after which the search for a planted mistake ends: the time to the first one is mostly luck. */
const SELFCHECK_TIMES = 20
/** Most histories searched for a planted mistake. */
const SELFCHECK_SEEDS_MAX = 50_000
const PROGRESS_MS = 5_000

// The simulation creates thousands of errors as answers, and reads no stack of them.
Error.stackTraceLimit = 0

await runCommand('simulate-engine', async () => {
  const subject = await loadSubject()
  const seeds = countArgument('seeds')
  const seed = seedArgument()
  if (argument('selfcheck') === 'yes') return await runSelfcheck()
  if (seed !== undefined && seeds === undefined) return await replay(seed, subject)
  await run(seed ?? 0, seeds ?? SEEDS, subject)
})

/** Simulates many histories on all processors, and stops at the first violation. */
async function run(first: number, count: number, subject: Subject): Promise<void> {
  console.log(`simulate-engine: ${figure(count)} histories, from seed=${first}, by ${THREADS} threads`)
  const startMs = performance.now()
  const perSecond = (histories: number) => figure((histories * 1_000) / (performance.now() - startMs))
  const total = new Total()
  const toRepeat = new Map<number, number>()
  let bad: number | undefined
  let isInterrupted = false
  process.once('SIGINT', () => {
    isInterrupted = true
  })
  let printedMs = startMs
  await shareOut(tasksOf(first, first + count), ({ figures, hashes, bad: found }) => {
    total.add(figures)
    for (const [seed, hash] of hashes) toRepeat.set(seed, hash)
    // Earlier histories may end after the one with the violation.
    if (found !== undefined) bad = Math.min(found, bad ?? found)
    if (performance.now() - printedMs > PROGRESS_MS) {
      printedMs = performance.now()
      console.log(`${figure(total.histories)} histories, ${perSecond(total.histories)} a second`)
    }
    return bad === undefined && !isInterrupted
  })
  console.log(figuresOf(total, perSecond(total.histories)))
  if (bad !== undefined) return await reportShortest(bad, subject)
  if (isInterrupted) throw new Error('interrupted')
  for (const [seed, hash] of toRepeat) {
    const again = await simulateOne(planFrom(seed), { subject })
    if (again.hash !== hash) throw new Error(`seed=${seed} did not go the same way twice`)
  }
  console.log(`${figure(toRepeat.size)} of them went the same way twice; nothing was wrong in any`)
}

function* tasksOf(first: number, end: number): Generator<Extract<Task, { kind: 'HISTORIES' }>> {
  for (let at = first; at < end; at += HISTORIES_TOGETHER)
    yield { kind: 'HISTORIES', first: at, end: Math.min(at + HISTORIES_TOGETHER, end) }
}

/** One history, line by line. */
async function replay(seed: number, subject: Subject): Promise<void> {
  const { violation, hash } = await simulateOne(planFrom(seed), { subject, onLine: console.log })
  console.log(`seed=${seed} went the way ${hash.toString(16)}`)
  if (violation !== undefined) throw new Error(violation)
}

/** The shortest history with a violation that shrinking finds. */
async function reportShortest(seed: number, subject: Subject): Promise<never> {
  console.log(`\nseed=${seed}, with as little in it as possible:`)
  const plan = await shrink(planFrom(seed), { subject })
  const { violation } = await simulateOne(plan, { subject, onLine: console.log })
  console.log(violation)
  throw new Error(`something is wrong; all of it: make simulate-engine seed=${seed}`)
}

/** Histories until each planted mistake is detected. */
async function runSelfcheck(): Promise<void> {
  const limits = { timesMax: SELFCHECK_TIMES, seedsMax: SELFCHECK_SEEDS_MAX }
  const tasks = knownMistakes.map((_, place) => ({ kind: 'MISTAKE', place, ...limits }) as const)
  const answers = new Map<number, Answers['MISTAKE']>()
  let printed = 0
  await shareOut(tasks, (answer) => {
    answers.set(answer.place, answer)
    for (let next = answers.get(printed); next; next = answers.get(printed)) {
      console.log(noticedText(next))
      printed += 1
    }
    return true
  })
  const missed = [...answers.values()].filter(({ times }) => times === 0).length
  if (missed > 0) throw new Error(`${missed} of ${knownMistakes.length} mistakes were not found`)
  console.log(`all of ${knownMistakes.length} mistakes were found`)
}

function noticedText({ place, first, times, histories, steps }: Answers['MISTAKE']): string {
  const name = knownMistakes[place]?.name
  if (!first) return `${name}\n  not found in ${figure(histories)} histories`
  const often = `once in ${figure(histories / times)} histories, or ${figure(steps / times)} steps`
  return `${name}\n  ${often}, the first time at seed=${first.seed}: ${first.violation}`
}

function figuresOf({ histories, steps, counts }: Total, perSecond: string): string {
  const { user, system } = process.cpuUsage()
  const rows = [
    ['histories', figure(histories)],
    ['histories a second', perSecond],
    ['histories a second of processor time', figure((histories * 1_000_000) / (user + system))],
    ['steps', figure(steps)],
    ...[...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => [what, figure(times)]),
  ]
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(50)} ${value}`).join('\n')
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
