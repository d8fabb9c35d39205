import { join } from 'node:path'
import type { Fault } from '../harness/campaign.js'
import { ReplicaSet } from '../harness/replica-set.js'
import { campaignTable, count } from '../harness/report.js'
import { type Plan, wholeNumber } from '../harness/run.js'

const KILLS = 50

/** Kills the service and its database, each so many times, concurrently. */
export function crash(kills: number): Fault<'SERVICE' | 'DATABASE'> {
  return {
    strikes: (['SERVICE', 'DATABASE'] as const).map((kind) => Array.from({ length: kills }, () => kind)),
    prepare: async (campaign) => {
      const { folder, onCrash, services, struck } = campaign
      const database = await ReplicaSet.prepare({ folder: join(folder, 'data'), onCrash })
      const killed = (kind: string) => struck.get(kind) ?? 0
      return {
        uri: database.uri,
        start: () => database.start(),
        strike: (kind, random) => (kind === 'SERVICE' ? services.crash(random) : database.crash()),
        close: () => database.stop(),
        progress: () => `${killed('SERVICE')} kills of the service, ${killed('DATABASE')} of the database`,
        report: (ending) =>
          campaignTable(campaign, ending, {
            above: [
              ['Node.js, MongoDB', `${process.versions.node}, ${database.version}`],
              ['kills of the service', count(killed('SERVICE'))],
              ['kills of the database', count(killed('DATABASE'))],
            ],
          }),
      }
    },
  }
}

export function crashPlan(): Plan {
  const kills = wholeNumber('kills', KILLS)
  return {
    headline: `${kills} kills of the service and ${kills} of the database`,
    secondsMax: wholeNumber('seconds', 1_200),
    strikes: 'kills',
    faults: () => ({ crash: crash(kills) }),
  }
}
