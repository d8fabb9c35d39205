import { join } from 'node:path'
import { campaignFolder, leaveFolder, Trial } from '../harness/campaign.js'
import { killAtRandom, untilAnswered } from '../harness/killer.js'
import { Problems } from '../harness/problems.js'
import { ReplicaSet } from '../harness/replica-set.js'
import { type EventKind, events } from './events.js'
import { Gaps } from './gaps.js'
import type { SetSettings } from './set-settings.js'
import { StaleReads } from './stale-reads.js'

/** Answers that must come after an event before it counts as over. */
const ANSWERS_AFTER = 100

export type CampaignOptions = {
  /** How often each of the kinds befalls a primary. */
  readonly rounds: number
  readonly kinds: readonly EventKind[]
  readonly settings: SetSettings
  readonly seed: number
  /** Ends the load and the events early. */
  readonly signal: AbortSignal
}

type Parts = { readonly folder: string; readonly set: ReplicaSet; readonly problems: Problems }

/**
 * Takes the primary of a replica set away, again and again and in several ways, under load, and then compares what the service shows with
 * what it had acknowledged. Everything runs on this machine, in a folder of its own.
 */
export class Campaign {
  /** Holds the data and the logs. */
  readonly folder: string
  readonly problems: Problems
  readonly set: ReplicaSet
  readonly trial: Trial
  readonly gaps = new Gaps()
  readonly staleReads: StaleReads
  readonly #options: CampaignOptions

  /** Starts the database and the services. Nothing is left when that fails. */
  static async start(options: CampaignOptions): Promise<Campaign> {
    const problems = new Problems()
    const folder = await campaignFolder('failover-test')
    const set = await ReplicaSet.prepare({
      ...options,
      folder: join(folder, 'data'),
      callers: () => campaign.#callers(),
      onCrash: (reason) => problems.found({ kind: 'PROCESS', detail: reason }),
    })
    const campaign: Campaign = new Campaign(options, { folder, set, problems })
    try {
      await set.start()
      await campaign.trial.services.start()
    } catch (error) {
      await campaign.close({ keepFolder: false })
      throw error
    }
    return campaign
  }

  private constructor(options: CampaignOptions, { folder, set, problems }: Parts) {
    const { seed, signal } = options
    this.#options = options
    this.folder = folder
    this.set = set
    this.problems = problems
    this.trial = new Trial({ folder, mongodbUri: set.uri, seed, problems, signal })
    this.staleReads = new StaleReads(this.trial, problems)
  }

  /** Load and events, until there were enough of each; then every operation that was begun gets its answer. */
  async run(): Promise<void> {
    let isOver = false
    const reading = this.staleReads.run(() => isOver || this.trial.signal.aborted)
    await this.trial.underLoad(() => this.#strikeAtRandom())
    isOver = true
    await reading
  }

  /** Ends every process, and removes the folder or leaves it with a list of the problems in it. */
  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    const { folder, problems, trial, set } = this
    await trial.services.stop()
    await set.stop()
    await leaveFolder(folder, { keep: keepFolder, problems })
  }

  async #strikeAtRandom(): Promise<void> {
    const { trial } = this
    const { rounds, kinds, signal } = this.#options
    const random = trial.fork()
    const left = random.shuffled(Array.from({ length: rounds }, () => kinds).flat())
    try {
      await killAtRandom({
        kills: left.length,
        random,
        answers: () => trial.answers,
        kill: async () => {
          const kind = left.pop()
          if (kind) await this.#strike(kind)
        },
        onKill: () => {},
        signal: AbortSignal.any([signal, trial.signal]),
      })
    } catch (error) {
      trial.fail(String(error))
    }
  }

  /** One event, from before it until everything is as it was. */
  async #strike(kind: EventKind): Promise<void> {
    const { set, gaps, trial } = this
    const primary = await set.untilPrimaryAmong(set.members)
    const longestSilenceMs = trial.asker.silence.watch()
    await events[kind](set, primary)
    await set.untilWhole()
    await untilAnswered({ answers: () => trial.answers, signal: trial.signal }, ANSWERS_AFTER)
    gaps.add(kind, longestSilenceMs())
  }

  #callers(): ReadonlyMap<number, string> {
    return new Map(this.trial.services.all.map(({ service }, place) => [service.pid, `service ${place + 1}`]))
  }
}
