import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../../support/eventually.js'
import type { Campaign, Fault } from '../harness/campaign.js'
import { perform } from '../harness/operation.js'
import { count, countsOf, seconds } from '../harness/report.js'
import { chosenFrom, type Plan, wholeNumber } from '../harness/run.js'
import { type Case, type CaseName, cases, PASSWORD } from './cases.js'

/** Time for which the database still fails after the log has named the cause, in milliseconds. */
const FAILING_MS = 8_000
/** Answers required after the recovery. */
const ANSWERS = 150
const CALL_MS_MAX = 5_000

const names = Object.keys(cases) as readonly CaseName[]

/** Runs the services against a database that fails in one way, and checks their answers and logs. */
export function database(name: CaseName): Fault {
  const { title, failsFirst = false, cause, prepare }: Case = cases[name]
  return {
    strikes: [[name]],
    prepare: async (campaign) => {
      const { client, folder, onCrash, services } = campaign
      const faulty = await prepare({ folder, onCrash })
      const { set } = faulty
      let uri = faulty.uri ?? set.uri
      let named = ''
      let recoveredAtMs = 0
      let recoveryMs = 0
      let unanswered: ReadonlyMap<string, number> = new Map()
      const recover = async () => {
        await faulty.recover()
        recoveredAtMs = performance.now()
      }
      /** The services start with a failing database, name the cause, and serve when it has recovered. */
      const failFirst = async () => {
        await faulty.fail()
        await services.listen()
        unanswered = await knock(campaign)
        named = await untilNamed(campaign, cause)
        if (faulty.isMisconfigured) {
          findPassword(campaign)
          await services.stop()
          uri = set.uri
        }
        await recover()
      }
      /** The services have a load when their database fails, and continue when it has recovered. */
      const failMeanwhile = async () => {
        const before = new Map(client.unanswered)
        await faulty.fail()
        // A full disk does no harm until more space is needed.
        named = await untilNamed(campaign, cause)
        await delay(FAILING_MS)
        unanswered = difference(client.unanswered, before)
        await recover()
        await campaign.untilAnswered(1)
        recoveryMs = performance.now() - recoveredAtMs
      }
      return {
        get uri() {
          return uri
        },
        booksUri: set.uri,
        start: async () => {
          await (faulty.start ?? (() => set.start()))()
          if (failsFirst) await failFirst()
        },
        strike: async () => {
          if (failsFirst) recoveryMs = (client.silence.firstAnswerAtMs ?? 0) - recoveredAtMs
          else await failMeanwhile()
          await campaign.untilAnswered(ANSWERS)
        },
        inspect: () => findPassword(campaign),
        close: async () => {
          await set.stop()
          await faulty.close?.()
        },
        report: () =>
          [
            `  ${title.padEnd(42)} log: ${named.padEnd(18)} callers: ${countsOf(unanswered)}`,
            `  ${''.padEnd(42)} answers again after ${seconds(recoveryMs)} s, ${count(campaign.book.acknowledged)} acknowledged`,
          ].join('\n'),
      }
    },
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
