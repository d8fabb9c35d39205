import { argument } from '../../../tools/command.js'
import type { Trial } from './campaign.js'
import type { Problems } from './problems.js'
import type { Ending } from './report.js'

/** Acknowledged operations that are asked for once more at the end. */
const REPEATS = 2_500
const PROGRESS_MS = 5_000
/** Problems that are printed; more are in the folder. */
const PRINTED_MAX = 20

/** A campaign whose processes run. */
export type RunnableCampaign = {
  readonly folder: string
  readonly problems: Problems
  readonly trial: Trial
  /** Does what it is for, and ends when every operation that was begun has its answer. */
  readonly run: () => Promise<void>
  /** Ends every process, and removes the folder or leaves it. */
  readonly close: (options: { readonly keepFolder: boolean }) => Promise<void>
}

export type CampaignRun<C extends RunnableCampaign> = {
  /** Of the command. */
  readonly name: string
  readonly seed: number
  /** Longest time for the load, in seconds. */
  readonly seconds: number
  readonly start: (options: { readonly seed: number; readonly signal: AbortSignal }) => Promise<C>
  /** One line for somebody who waits. */
  readonly progress: (campaign: C) => string
  /** The figures of the whole campaign. */
  readonly figures: (campaign: C, ending: Ending) => string
  /** What else was to be done when the time was over; undefined when nothing was. */
  readonly missing: (campaign: C) => string | undefined
}

/** Runs a campaign as a command: progress, figures, and an error unless everything was done and nothing was found. */
export async function runCampaign<C extends RunnableCampaign>(options: CampaignRun<C>): Promise<void> {
  const { name, seed } = options
  const interruption = interruptedBySignal(name)
  const timeout = AbortSignal.timeout(options.seconds * 1_000)
  const campaign = await options.start({ seed, signal: AbortSignal.any([interruption, timeout]) })
  console.log(`data and logs are in ${campaign.folder}, until it is over`)
  let keepFolder = true
  try {
    await runWithProgress(campaign, options.progress)
    if (interruption.aborted) {
      keepFolder = false
      throw new Error('interrupted')
    }
    await inspect(campaign, options.figures)
    keepFolder = campaign.problems.total > 0
  } finally {
    await campaign.close({ keepFolder })
    if (keepFolder) console.error(`${name}: seed=${seed}; data, logs and problems stay in ${campaign.folder}`)
  }
  const missing = options.missing(campaign)
  if (missing !== undefined) throw new Error(`the time was over, ${missing} missing`)
  if (keepFolder) throw new Error(`${campaign.problems.total} problems`)
}

/** What the command was given, as a whole number of at most ten digits. */
export function wholeNumber(name: string, fallback: number): number {
  const text = argument(name) ?? String(fallback)
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${name}= is a whole number, for example ${name}=${fallback}`)
  return Number(text)
}

/** The seed that the command was given, or any. */
export function anySeed(): number {
  return wholeNumber('seed', Math.floor(Math.random() * 2 ** 32))
}

async function runWithProgress<C extends RunnableCampaign>(campaign: C, progressOf: (campaign: C) => string) {
  const progress = setInterval(() => console.log(progressOf(campaign)), PROGRESS_MS)
  try {
    await campaign.run()
  } finally {
    clearInterval(progress)
  }
}

async function inspect<C extends RunnableCampaign>(campaign: C, figuresOf: CampaignRun<C>['figures']) {
  const { trial, problems } = campaign
  console.log('enough of that; comparing what the service shows with what it had acknowledged')
  const repeatsBefore = trial.book.repeats
  await trial.inspect({ repeats: REPEATS })
  const repeated = trial.book.repeats - repeatsBefore
  const verified = await trial.verify()
  for (const problem of problems.all.slice(0, PRINTED_MAX)) console.log(JSON.stringify(problem))
  console.log(figuresOf(campaign, { ...verified, repeated }))
}

/** Aborted by Ctrl-C and its like. The second one ends the process, and everything that it has started. */
export function interruptedBySignal(name: string): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1)
      console.error(`${name}: ending what was begun`)
      controller.abort()
    })
  }
  return controller.signal
}
