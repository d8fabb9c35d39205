import { join } from 'node:path'
import type { Random } from '../../../tools/random.js'
import { campaignFolder, leaveFolder, Trial } from '../harness/campaign.js'
import { Database } from '../harness/database.js'
import { killAtRandom } from '../harness/killer.js'
import { Problems } from '../harness/problems.js'

export type CampaignOptions = {
  /** Kills of the service, and as many of the database. */
  readonly kills: number
  readonly seed: number
  /** Ends the load and the kills early. */
  readonly signal: AbortSignal
}

type Parts = { readonly folder: string; readonly database: Database; readonly problems: Problems }

/**
 * Kills the service and its database again and again under load, and then compares what the service shows with what it had
 * acknowledged. Everything runs on this machine, in a folder of its own.
 */
export class Campaign {
  /** Holds the data and the logs. */
  readonly folder: string
  readonly kills = { service: 0, database: 0 }
  readonly problems: Problems
  readonly database: Database
  readonly trial: Trial
  readonly #options: CampaignOptions

  /** Starts the database and the services. Nothing is left when that fails. */
  static async start(options: CampaignOptions): Promise<Campaign> {
    const problems = new Problems()
    const folder = await campaignFolder('crash-test')
    const database = await Database.prepare({
      folder: join(folder, 'data'),
      onCrash: (reason) => problems.found({ kind: 'PROCESS', detail: reason }),
    })
    const campaign = new Campaign(options, { folder, database, problems })
    try {
      await database.start()
      await campaign.trial.services.start()
    } catch (error) {
      await campaign.close({ keepFolder: false })
      throw error
    }
    return campaign
  }

  private constructor(options: CampaignOptions, { folder, database, problems }: Parts) {
    const { seed, signal } = options
    this.#options = options
    this.folder = folder
    this.database = database
    this.problems = problems
    this.trial = new Trial({ folder, mongodbUri: database.uri, seed, problems, signal })
  }

  /** Load and kills, until there were enough kills; then every operation that was begun gets its answer. */
  async run(): Promise<void> {
    const { trial, database } = this
    await trial.underLoad(async () => {
      await Promise.all([
        this.#killAtRandom('service', (own) => trial.services.crash(own)),
        this.#killAtRandom('database', () => database.crash()),
      ])
    })
  }

  /** Ends every process, and removes the folder or leaves it with a list of the problems in it. */
  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    const { folder, problems, trial, database } = this
    await trial.services.stop()
    await database.stop()
    await leaveFolder(folder, { keep: keepFolder, problems })
  }

  async #killAtRandom(what: 'service' | 'database', kill: (random: Random) => Promise<void>): Promise<void> {
    const { trial } = this
    const random = trial.fork()
    try {
      await killAtRandom({
        kills: this.#options.kills,
        random,
        answers: () => trial.answers,
        kill: () => kill(random),
        onKill: () => {
          this.kills[what] += 1
        },
        signal: trial.signal,
      })
    } catch (error) {
      trial.fail(`killing the ${what}: ${error}`)
    }
  }
}
