import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../../support/eventually.js'
import type { Campaign, Fault, PreparedFault } from '../harness/campaign.js'
import { perform } from '../harness/perform.js'
import { count, countsOf, seconds } from '../harness/report.js'
import { chosenFrom, type Plan, wholeNumber } from '../harness/run.js'
import { type Case, type CaseName, cases, type FaultyDatabase, PASSWORD } from './cases.js'

/** Time for which the database still fails after the log has named the cause, in milliseconds. */
const FAILING_MS = 8_000
/** Answers required after the recovery. */
const ANSWERS = 150
const CALL_MS_MAX = 5_000

const names = Object.keys(cases) as readonly CaseName[]

/** Runs the services against a database that fails in one way, and checks their answers and logs. */
export function database(name: CaseName): Fault {
  const failing: Case = cases[name]
  return {
    strikes: [[name]],
    prepare: async (campaign) => {
      const { folder, onCrash } = campaign
      return new DatabaseFault(campaign, failing, await failing.prepare({ folder, onCrash }))
    },
  }
}

/** A database that fails once: before the services have started, or while they have a load. */
class DatabaseFault implements PreparedFault {
  /** The cause that the log named. */
  #named = ''
  #recoveredAtMs = 0
  #recoveryMs = 0
  #unanswered: ReadonlyMap<string, number> = new Map()
  #uri: string
  readonly #campaign: Campaign
  readonly #case: Case
  readonly #faulty: FaultyDatabase

  constructor(campaign: Campaign, failing: Case, faulty: FaultyDatabase) {
    this.#campaign = campaign
    this.#case = failing
    this.#faulty = faulty
    this.#uri = faulty.uri ?? faulty.set.uri
  }

  get uri(): string {
    return this.#uri
  }

  get booksUri(): string {
    return this.#faulty.set.uri
  }

  async start(): Promise<void> {
    const { set, start = () => set.start() } = this.#faulty
    await start()
    if (this.#case.failsFirst) await this.#failFirst()
  }

  async strike(): Promise<void> {
    const { client } = this.#campaign
    if (this.#case.failsFirst) this.#recoveryMs = (client.silence.firstAnswerAtMs ?? 0) - this.#recoveredAtMs
    else await this.#failMeanwhile()
    await this.#campaign.untilAnswered(ANSWERS)
  }

  inspect(): void {
    findPassword(this.#campaign)
  }

  async close(): Promise<void> {
    await this.#faulty.set.stop()
    await this.#faulty.close?.()
  }

  report(): string {
    const { title } = this.#case
    const callers = countsOf(this.#unanswered)
    const acknowledged = count(this.#campaign.book.acknowledged)
    return [
      `  ${title.padEnd(42)} log: ${this.#named.padEnd(18)} callers: ${callers}`,
      `  ${''.padEnd(42)} answers again after ${seconds(this.#recoveryMs)} s, ${acknowledged} acknowledged`,
    ].join('\n')
  }

  /** The services start with a failing database, name the cause, and serve when it has recovered. */
  async #failFirst(): Promise<void> {
    const { services } = this.#campaign
    await this.#faulty.fail()
    await services.listen()
    this.#unanswered = await knock(this.#campaign)
    this.#named = await untilNamed(this.#campaign, this.#case.cause)
    if (this.#faulty.isMisconfigured) {
      findPassword(this.#campaign)
      await services.stop()
      this.#uri = this.#faulty.set.uri
    }
    await this.#recover()
  }

  /** The services have a load when their database fails, and continue when it has recovered. */
  async #failMeanwhile(): Promise<void> {
    const { client } = this.#campaign
    const before = new Map(client.unanswered)
    await this.#faulty.fail()
    // A full disk does no harm until more space is needed.
    this.#named = await untilNamed(this.#campaign, this.#case.cause)
    await delay(FAILING_MS)
    this.#unanswered = difference(client.unanswered, before)
    await this.#recover()
    await this.#campaign.untilAnswered(1)
    this.#recoveryMs = performance.now() - this.#recoveredAtMs
  }

  async #recover(): Promise<void> {
    await this.#faulty.recover()
    this.#recoveredAtMs = performance.now()
  }
}

export function databasePlan(): Plan {
  const chosen = chosenFrom(names, 'cases')
  return {
    headline: chosen.join(', '),
    secondsMax: wholeNumber('seconds', 1_200),
    repeats: 200,
    strikes: 'cases',
    faults: () => Object.fromEntries(chosen.map((name) => [name, database(name)])),
  }
}

/** Calls each process once: it must answer UNAVAILABLE. */
async function knock({ problems, services }: Campaign): Promise<ReadonlyMap<string, number>> {
  const statuses = new Map<string, number>()
  for (const { client } of services.all) {
    const reply = await perform(client, { kind: 'open', accountId: 'nobody', id: 'nothing' }, CALL_MS_MAX)
    const status = reply.type === 'ANSWER' ? 'OK' : reply.status
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const detail = `a call ended with ${status} before there was a database`
    if (status !== 'UNAVAILABLE') problems.found({ kind: 'RULE', detail })
  }
  return statuses
}

/** Waits until the log of every process names one of these causes, and returns the cause in the first log. */
async function untilNamed({ problems, services }: Campaign, due: readonly string[]): Promise<string> {
  let named = ''
  try {
    for (const { service } of services.all) {
      const event = await eventually(`the log names ${due.join(' or ')}`, () =>
        service.events.find(({ cause }) => typeof cause === 'string' && due.includes(cause)),
      )
      named ||= String(event['cause'])
    }
  } catch (error) {
    problems.found({ kind: 'RULE', detail: String(error) })
  }
  return named
}

function findPassword({ problems, services }: Campaign): void {
  for (const { service } of services.all) {
    if (`${service.stdout}${service.stderr}`.includes(PASSWORD))
      problems.found({ kind: 'RULE', detail: 'the password is in a log' })
  }
}

function difference(after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>) {
  const counts = Array.from(after, ([status, count]) => [status, count - (before.get(status) ?? 0)] as const)
  return new Map(counts.filter(([, count]) => count > 0))
}
