import { parentPort } from 'node:worker_threads'
import { loadPatched, loadSubject } from '../../support/engine-sources.js'
import { numbersFrom, simulate, Total } from '../histories.js'
import { knownMistakes } from '../known-mistakes.js'
import type { Outcome } from '../simulation.js'
import type { Answers, Task } from './task.js'

/** One history in so many is simulated twice, to check that its seed alone determines it. */
const TWICE_EVERY = 200

// The simulation creates thousands of errors as answers, and reads no stack of them.
Error.stackTraceLimit = 0

const subject = await loadSubject()
let underWay: number | undefined

process.on('unhandledRejection', (reason) => {
  throw new Error(`seed=${underWay}: nobody handles what something is rejected with: ${String(reason)}`)
})

parentPort?.on('message', async (task: Task) => parentPort?.postMessage(await answerTo(task)))

async function answerTo(task: Task): Promise<Answers[Task['kind']]> {
  return task.kind === 'HISTORIES' ? await histories(task) : await mistake(task)
}

async function histories({
  first,
  end,
}: Extract<Task, { kind: 'HISTORIES' }>): Promise<Answers['HISTORIES']> {
  const total = new Total()
  const hashes = new Map<number, number>()
  let bad: number | undefined
  const onEnd = (seed: number, outcome: Outcome): boolean => {
    total.addOutcome(outcome)
    if (seed % TWICE_EVERY === 0) hashes.set(seed, outcome.hash)
    if (outcome.violation !== undefined) bad = seed
    return bad === undefined
  }
  await simulate(known(numbersFrom(first, end)), { subject, onEnd })
  const figures = { histories: total.histories, steps: total.steps, counts: total.counts }
  return { figures, hashes, bad }
}

async function mistake({
  place,
  timesMax,
  seedsMax,
}: Extract<Task, { kind: 'MISTAKE' }>): Promise<Answers['MISTAKE']> {
  const planted = knownMistakes[place]
  const patched = planted?.patches ? await loadPatched(planted.patches) : subject
  const total = new Total()
  const found: { readonly seed: number; readonly violation: string }[] = []
  const onEnd = (seed: number, outcome: Outcome): boolean => {
    total.addOutcome(outcome)
    if (outcome.violation !== undefined) found.push({ seed, violation: outcome.violation })
    return found.length < timesMax
  }
  await simulate(known(numbersFrom(0, seedsMax)), { subject: patched, mistake: planted, onEnd })
  return { place, first: found[0], times: found.length, histories: total.histories, steps: total.steps }
}

/** Passes the seeds on, and records each as the current one. */
function* known(seeds: Iterable<number>): Generator<number> {
  for (const seed of seeds) {
    underWay = seed
    yield seed
  }
}
