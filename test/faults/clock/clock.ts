import { join } from 'node:path'
import { tokenOfYears } from '../../support/clients/card-holder.js'
import { WallClocks } from '../../support/processes/wall-clock.js'
import type { Fault } from '../harness/campaign.js'
import { ReplicaSet } from '../harness/replica-set.js'
import { campaignTable, count } from '../harness/report.js'
import { type Plan, wholeNumber } from '../harness/run.js'
import { kinds, type StepKind, steps } from './steps.js'
import { Symptoms } from './symptoms.js'

const ROUNDS = 10
/** Answers required after a step before the services are checked. */
const ANSWERS_AFTER = 50

/** Steps the wall clocks of the services, so often in each way. The clock of the database stays unchanged. */
export function clock(rounds: number): Fault<StepKind> {
  const wallClocks = new WallClocks()
  const clocks = [wallClocks.of(0), wallClocks.of(1)] as const
  return {
    strikes: [Array.from({ length: rounds }, () => kinds).flat()],
    services: {
      count: clocks.length,
      // The service rejects nothing for lack of time, which has nothing to do with clocks.
      env: { QUEUE_WAIT_MS: '60000' },
      envOf: (place) => wallClocks.environment(place),
      token: tokenOfYears(Date.now()),
    },
    prepare: async (campaign) => {
      const { folder, onCrash, problems, services, struck } = campaign
      const database = await ReplicaSet.prepare({ folder: join(folder, 'data'), onCrash })
      const symptoms = new Symptoms(services, problems)
      wallClocks.open()
      return {
        uri: database.uri,
        start: () => database.start(),
        strike: async (kind, random) => {
          await symptoms.look('quiet')
          await steps[kind].step(clocks, random)
          await campaign.untilAnswered(ANSWERS_AFTER)
          await symptoms.look(kind)
        },
        nowMs: () => Math.max(...clocks.map((wallClock) => wallClock.nowMs())),
        afterLoad: () => symptoms.readLogs(),
        close: async () => {
          await database.stop()
          wallClocks.close()
        },
        progress: () => `${campaign.strikes} steps`,
        report: (ending) =>
          campaignTable(campaign, ending, {
            above: [
              ['Node.js, MongoDB', `${process.versions.node}, ${database.version}`],
              ...kinds.map((kind) => [steps[kind].title, `${count(struck.get(kind) ?? 0)} times`] as const),
            ],
            below: [
              ['looks at metrics and readiness', count(symptoms.looks)],
              ['durations and states that a step has changed', count(problems.count('TIME'))],
            ],
          }),
      }
    },
  }
}

export function clockPlan(): Plan {
  const rounds = wholeNumber('rounds', ROUNDS)
  return {
    headline: `${rounds} times each of ${kinds.join(', ')}`,
    secondsMax: wholeNumber('seconds', 1_200),
    strikes: 'steps',
    faults: () => ({ clock: clock(rounds) }),
  }
}
