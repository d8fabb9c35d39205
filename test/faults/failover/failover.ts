import { join } from 'node:path'
import { argument } from '../../../tools/command.js'
import type { Campaign, Fault } from '../harness/campaign.js'
import { ReplicaSet } from '../harness/replica-set.js'
import { campaignTable, count, seconds } from '../harness/report.js'
import { chosenFrom, type Plan, wholeNumber } from '../harness/run.js'
import { processBehind } from './peer.js'
import { StaleReads } from './stale-reads.js'
import { kinds, type StrikeKind, strikes } from './strikes.js'

const ROUNDS = 10
const MEMBERS = 3
/** Answers required after a strike before it counts as over. */
const ANSWERS_AFTER = 100

/** Detection time of a replica set for a lost primary. The runbook explains each figure. */
type Profile = {
  /** Settings of the replica set configuration. */
  readonly settings: Readonly<Record<string, number>>
  /** Startup parameters of every mongod. */
  readonly parameters: Readonly<Record<string, number>>
}

/** The recommendation of the runbook. */
const recommended: Profile = {
  settings: { electionTimeoutMillis: 2_000, heartbeatIntervalMillis: 500, heartbeatTimeoutSecs: 2 },
  parameters: { oplogNetworkTimeoutBufferSeconds: 1 },
}
/** MongoDB's default settings. Its elections come late enough for a busy machine. */
export const standard: Profile = { settings: {}, parameters: {} }

const profiles: Readonly<Record<string, Profile>> = { recommended, default: standard }

type FailoverOptions = {
  /** Strikes of each kind. */
  readonly rounds: number
  readonly kinds: readonly StrikeKind[]
  readonly profile: Profile
}

/** Removes the primary of a replica set in several ways, and reads right after each acknowledgement. */
export function failover({ rounds, kinds: chosen, profile }: FailoverOptions): Fault<StrikeKind> {
  return {
    strikes: [Array.from({ length: rounds }, () => chosen).flat()],
    prepare: async (campaign) => {
      const { client, folder, onCrash, problems } = campaign
      const { settings, parameters } = profile
      const set: ReplicaSet = await ReplicaSet.prepare({
        size: MEMBERS,
        folder: join(folder, 'data'),
        isGated: true,
        peerOf: (connection) => {
          const names = namesOf(campaign, set)
          return names.get(processBehind(connection, names.keys()) ?? 0)
        },
        settings,
        args: Object.entries(parameters).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
        onCrash,
      })
      const staleReads = new StaleReads(campaign)
      const gapsMs = new Map<StrikeKind, number[]>()
      let latest = ''
      return {
        uri: set.uri,
        start: () => set.start(),
        strike: async (kind) => {
          const primary = await set.untilPrimaryAmong(set.members)
          const longestSilenceMs = client.silence.watch()
          await strikes[kind].strike(set, primary)
          await set.untilWhole()
          await campaign.untilAnswered(ANSWERS_AFTER)
          const gapMs = longestSilenceMs()
          gapsMs.set(kind, [...(gapsMs.get(kind) ?? []), gapMs])
          latest = `, the latest (${kind}) ${seconds(gapMs)} s without an answer`
        },
        beside: (isOver) => staleReads.run(isOver),
        close: () => set.stop(),
        progress: () => `${campaign.strikes} failovers${latest}`,
        report: (ending) =>
          campaignTable(campaign, ending, {
            above: [
              ['Node.js, MongoDB', `${process.versions.node}, ${set.version}`],
              ...Array.from(gapsMs, ([kind, gaps]) => [strikes[kind].title, gapText(gaps)] as const),
            ],
            below: [
              ['reads right after an acknowledgement', count(staleReads.reads)],
              ['  of these stale', count(problems.count('STALE'))],
            ],
          }),
      }
    },
  }
}

export function failoverPlan(): Plan {
  const rounds = wholeNumber('rounds', ROUNDS)
  const chosen = chosenFrom(kinds, 'kinds')
  const profile = chosenProfile()
  return {
    headline: `${rounds} times each of ${chosen.join(', ')}`,
    note: `on a replica set with ${JSON.stringify({ ...profile.settings, ...profile.parameters })}`,
    secondsMax: wholeNumber('seconds', 2_400),
    strikes: 'failovers',
    faults: () => ({ failover: failover({ rounds, kinds: chosen, profile }) }),
  }
}

/** The services and the members, by process id: gates can separate them from each other. */
function namesOf({ services }: Campaign, set: ReplicaSet): ReadonlyMap<number, string> {
  const names = new Map(services.all.map(({ service }, place) => [service.pid, `service ${place + 1}`]))
  for (const { name, mongod } of set.members) if (mongod.pid !== undefined) names.set(mongod.pid, name)
  return names
}

function gapText(gapsMs: readonly number[]): string {
  const sorted = gapsMs.toSorted((a, b) => a - b)
  const [median = 0, longest = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
  return `${sorted.length} times; without an answer ${seconds(median)} s (median), ${seconds(longest)} s (most)`
}

function chosenProfile(): Profile {
  const profile = profiles[argument('profile') ?? 'recommended']
  if (!profile) throw new Error(`profile= is one of ${Object.keys(profiles).join(', ')}`)
  if (argument('election') === undefined) return profile
  return { ...profile, settings: { ...profile.settings, electionTimeoutMillis: wholeNumber('election', 0) } }
}
