import { ENTRIES_PER_ACCOUNT } from '../dataset/loaded-account.js'
import type { CallErrors, LoadResult } from '../load/result.js'
import { capacityOf } from '../plan/capacity.js'
import { closedScenarios, type OpenScenario, openScenarios, type Plan } from '../plan/scenarios.js'
import { sidesNamed } from '../plan/sides.js'
import { numberText } from '../report/markdown.js'
import type { Run } from '../report/measurements.js'
import type { Database } from '../session/database.js'
import { commitOf, machine, versions } from '../session/environment.js'
import { Session } from '../session/session.js'
import type { Watched } from './look.js'
import { type LongRunPlan, sessionPlan } from './plan.js'
import type { LongRunRecord } from './record.js'
import { notAtRest, restOf } from './rest.js'
import { seriesOf } from './series.js'
import { Watcher } from './watcher.js'

/** Entries that `verify` goes through in less than ten minutes; of more than that it looks at some accounts only. */
const VERIFIED_ENTRIES_MAX = 8_000_000
/** Of all calls, how many may be rejected for overload: 999 of 1000 purchases are to be decided. */
const REJECTED_SHARE_MAX = 0.001
/** Accounts that it looks at then, twice: any, and such as were used. */
const SAMPLED_ACCOUNTS = 2_000
/** Time between two lines of progress, in milliseconds. */
const PROGRESS_MS = 60_000

export type LongRunOptions = {
  readonly plan: LongRunPlan
  readonly database: Database
  readonly signal: AbortSignal
  /** Called with progress for the person who waits. */
  readonly onProgress: (line: string) => void
}

/** The service under a load that it can carry, watched for a long time, and its books afterwards. */
export async function longRun(options: LongRunOptions): Promise<LongRunRecord> {
  const { plan, database, signal } = options
  const bench = sessionPlan(plan)
  const [side] = sidesNamed(bench.sides)
  if (!side) throw new Error('there is the service itself')
  const session = await Session.open({
    database,
    databaseName: 'long-run',
    keepsDatabase: false,
    accounts: plan.accounts,
    side,
    round: 1,
    plan: bench,
    signal,
  })
  try {
    return await watchedRun(session, bench, options)
  } catch (error) {
    await session.abandon()
    throw error
  }
}

async function watchedRun(session: Session, bench: Plan, options: LongRunOptions): Promise<LongRunRecord> {
  const { plan, database, onProgress } = options
  const capacity = await capacityIn(session, bench, options)
  const scenario = scenarioOf(plan, capacity.perSecond)
  const { ratePerSecond } = scenario.load
  onProgress(`capacity ${numberText(capacity.perSecond)}/s; ${numberText(ratePerSecond)}/s from now on`)

  const watched = watchedIn(session, database)
  const before = await restOf(watched)
  const { run, watcher } = await underWatch(session, scenario, { watched, ...options })
  const after = await restOf(watched, before)

  onProgress('checking the books')
  const decided = [...capacity.runs, run].reduce((sum, { result }) => sum + result.whole.decided, 0)
  const isLarge = plan.accounts * ENTRIES_PER_ACCOUNT + decided > VERIFIED_ENTRIES_MAX
  const startedAtMs = performance.now()
  const discrepancies = await session.close(isLarge ? SAMPLED_ACCOUNTS : undefined)
  const seconds = (performance.now() - startedAtMs) / 1_000
  const { accounts = 0, entries = 0 } = session.verified ?? {}
  const problems = [
    ...[...capacity.runs, run].flatMap((each) => each.discrepancies),
    ...errorsIn(run.result),
    ...notAtRest(before, after),
    ...discrepancies,
  ]
  return {
    takenAt: new Date().toISOString(),
    ...commitOf(),
    machine: machine(),
    versions: versions(database.version),
    seed: plan.seed,
    minutes: plan.minutes,
    accounts: plan.accounts,
    capacityPerSecond: Math.round(capacity.perSecond),
    ratePerSecond,
    load: loadOf(run.result),
    rest: { before, after },
    verified: { accounts, entries, seconds },
    missedLooks: watcher.missed,
    problems,
    ...seriesOf({ looks: watcher.looks, windows: run.result.windows ?? [] }),
  }
}

type Capacity = { readonly perSecond: number; readonly runs: readonly Run[] }

/** What the service can carry on this machine now: the objective is met at this rate, as long as nothing else happens. */
async function capacityIn(
  session: Session,
  bench: Plan,
  { plan: { capacity }, onProgress }: LongRunOptions,
): Promise<Capacity> {
  const closed = closedScenarios(bench, ['unary'])
  const runs: Run[] = []
  for (let round = 1; round <= capacity.rounds; round++) {
    for (const scenario of closed) runs.push(await session.run(scenario))
  }
  const best = capacityOf({ scenarios: closed, runs }, { side: 'ours', mode: 'unary' })
  onProgress(`${numberText(best)}/s by callers who wait for one another`)
  const common = { group: 'latency', mode: 'unary', capacity: best, shares: capacity.shares } as const
  const open = openScenarios(bench, common)
  // What is carried at one rate is carried at every lower one: the place of the highest is found by halving.
  let [from, to] = [0, open.length - 1]
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    const scenario = scenarioAt(open, middle)
    const run = await session.run(scenario, { openWindow: capacity.openWindow })
    runs.push(run)
    const carried = isCarried(run.result)
    onProgress(`${numberText(scenario.load.ratePerSecond)}/s by chance: ${carried ? 'carried' : 'too many'}`)
    if (carried) to = middle
    else from = middle + 1
  }
  return { perSecond: scenarioAt(open, from).load.ratePerSecond, runs }
}

function scenarioAt(scenarios: readonly OpenScenario[], place: number): OpenScenario {
  const scenario = scenarios[place]
  if (!scenario) throw new Error('a plan has a share to try')
  return scenario
}

function isCarried({ measured: { answered, rejected } }: LoadResult): boolean {
  return rejected <= (answered + rejected) * REJECTED_SHARE_MAX
}

function scenarioOf({ share, accounts }: LongRunPlan, capacityPerSecond: number): OpenScenario {
  return {
    id: 'long-run',
    group: 'latency',
    title: 'a long run',
    mode: 'unary',
    load: { type: 'open', ratePerSecond: Math.max(1, Math.round(capacityPerSecond * share)) },
    accounts,
  }
}

function watchedIn({ server }: Session, database: Database): Watched {
  if (server.httpPort === undefined) throw new Error('the service has an HTTP port')
  return { servicePid: server.pid, httpPort: server.httpPort, mongodPid: database.pid }
}

type Watching = LongRunOptions & { readonly watched: Watched }

async function underWatch(
  session: Session,
  scenario: OpenScenario,
  { watched, plan, onProgress }: Watching,
): Promise<{ readonly run: Run; readonly watcher: Watcher }> {
  const watcher = await Watcher.begin(watched, plan.everyMs)
  const startedAtMs = performance.now()
  const progress = setInterval(() => {
    const minute = Math.round((performance.now() - startedAtMs) / 60_000)
    onProgress(`minute ${minute} of ${plan.minutes}: ${nowIn(watcher)}`)
  }, PROGRESS_MS)
  try {
    return { run: await session.run(scenario), watcher }
  } finally {
    clearInterval(progress)
    await watcher.stop()
  }
}

function nowIn({ looks, missed }: Watcher): string {
  const last = looks.at(-1)
  if (!last) return 'the service has not said how it is'
  const { service, machine: computer } = last
  return [
    `${numberText((service.usage?.rssBytes ?? 0) / 2 ** 20)} MiB`,
    `${service.descriptors?.open ?? 0} descriptors`,
    `load average ${numberText(computer.loadAverage)}`,
    ...(missed > 0 ? [`${missed} looks missed`] : []),
  ].join(', ')
}

function loadOf({ measured, whole, renewals }: LoadResult): LongRunRecord['load'] {
  return {
    sent: whole.sent,
    decided: whole.decided,
    errors: whole.errors,
    late: measured.late,
    latency: measured.latency,
    renewals: renewals ?? { connections: 0, resent: 0 },
  }
}

/** A machine that does something else for a moment has calls rejected for overload: as many as the objective allows are no problem. */
function errorsIn({ whole }: LoadResult): readonly string[] {
  const isFew = ({ status, count }: CallErrors) =>
    status === 'RESOURCE_EXHAUSTED' && count <= whole.sent * REJECTED_SHARE_MAX
  return whole.errors
    .filter((errors) => !isFew(errors))
    .map(({ status, count, message }) => `${count} calls ended with ${status}, the first: ${message}`)
}
