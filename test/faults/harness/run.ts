import { interruptedBySignal } from '../../../bench/session/interruption.js'
import { argument } from '../../../tools/command.js'
import { Campaign, type Fault, fullPace, type Pace } from './campaign.js'
import { progressLine } from './report.js'

/** Acknowledged operations that are repeated at the end, unless the plan says otherwise. */
const REPEATS = 2_500
const PROGRESS_MS = 5_000
/** Problems that are printed; the folder has all of them. */
const PRINTED_MAX = 20

/** The plan of one `make faults`. */
export type Plan = {
  /** Printed first, with the seed. */
  readonly headline: string
  /** A further line under the headline. */
  readonly note?: string
  /** Longest time for all strikes; unlimited when absent. */
  readonly secondsMax?: number
  readonly repeats?: number
  /** Default: {@link fullPace}. */
  readonly pace?: Pace
  /** The noun for strikes that did not happen in time. */
  readonly strikes: string
  /** One campaign for each, in order. */
  readonly faults: (seed: number) => Readonly<Record<string, Fault>>
}

/**
 * Runs the campaigns of a plan, and prints progress, figures and problems.
 *
 * @throws Error unless every strike happened and no problem was found.
 */
export async function runPlan(name: string, plan: Plan): Promise<void> {
  const seed = wholeNumber('seed', Math.floor(Math.random() * 2 ** 32))
  console.log(`${name}-test: ${plan.headline}, seed=${seed}`)
  if (plan.note !== undefined) console.log(plan.note)
  const interruption = interruptedBySignal(`${name}-test`)
  const timeout = plan.secondsMax === undefined ? [] : [AbortSignal.timeout(plan.secondsMax * 1_000)]
  const signal = AbortSignal.any([interruption, ...timeout])
  const failures: string[] = []
  for (const [title, fault] of Object.entries(plan.faults(seed))) {
    if (interruption.aborted) break
    try {
      const { pace = fullPace } = plan
      await runOne(plan, await Campaign.start(fault, { name, seed, pace, signal }), {
        seed,
        interruption,
      })
    } catch (error) {
      failures.push(`${title}: ${error instanceof Error ? error.message : error}`)
    }
  }
  if (failures.length > 0) throw new Error(failures.join('; '))
}

async function runOne(plan: Plan, campaign: Campaign, { seed, interruption }: Run): Promise<void> {
  const { prepared, folder, problems } = campaign
  console.log(`data and logs are in ${folder}, until it is over`)
  let keepFolder = true
  const progress = setInterval(() => {
    if (prepared.progress) console.log(progressLine(campaign, prepared.progress()))
  }, PROGRESS_MS)
  try {
    await campaign.run()
    clearInterval(progress)
    keepFolder = !interruption.aborted
    if (interruption.aborted) throw new Error('interrupted')
    console.log('all strikes are over; comparing everything shown with everything acknowledged')
    const ending = await campaign.inspect({ repeats: plan.repeats ?? REPEATS })
    for (const problem of problems.all.slice(0, PRINTED_MAX)) console.log(JSON.stringify(problem))
    console.log(prepared.report(ending))
    keepFolder = problems.total > 0
  } finally {
    clearInterval(progress)
    await campaign.close({ keepFolder })
    if (keepFolder) console.error(`seed=${seed}; data, logs and problems stay in ${folder}`)
  }
  if (campaign.missing > 0)
    throw new Error(`the time was over, ${campaign.missing} ${plan.strikes} are missing`)
  if (keepFolder) throw new Error(`${problems.total} problems`)
}

type Run = { readonly seed: number; readonly interruption: AbortSignal }

/** An argument as a whole number of at most ten digits. */
export function wholeNumber(name: string, fallback: number): number {
  const text = argument(name) ?? String(fallback)
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${name}= is a whole number, for example ${name}=${fallback}`)
  return Number(text)
}

/** An argument that lists some of these names, in their order. Default: all of them. */
export function chosenFrom<Name extends string>(names: readonly Name[], given: string): readonly Name[] {
  const wanted = argument(given)?.split(',')
  if (wanted === undefined) return names
  const chosen = names.filter((name) => wanted.includes(name))
  if (chosen.length < wanted.length) throw new Error(`${given}= lists some of ${names.join(',')}`)
  return chosen
}
