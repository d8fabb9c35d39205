import { join } from 'node:path'
import { tokenOfYears } from '../../support/card-holder.js'
import { campaignFolder, leaveFolder, Trial } from '../harness/campaign.js'
import { Database } from '../harness/database.js'
import { killAtRandom, untilAnswered } from '../harness/killer.js'
import { Problems } from '../harness/problems.js'
import { ServiceClocks } from './service-clocks.js'
import { type StepKind, steps } from './steps.js'
import { Symptoms } from './symptoms.js'

/** Answers that must come after a step before the services are looked at. */
const ANSWERS_AFTER = 50

export type CampaignOptions = {
  /** How often each of the kinds befalls the clocks. */
  readonly rounds: number
  readonly kinds: readonly StepKind[]
  readonly seed: number
  /** Ends the load and the steps early. */
  readonly signal: AbortSignal
}

type Parts = { readonly folder: string; readonly database: Database; readonly problems: Problems }

/**
 * Steps the wall clocks of the services again and again under load, and then compares what the services show with what they had
 * acknowledged. Everything runs on this machine, in a folder of its own; the database's clock stays as it is.
 */
export class Campaign {
  /** Holds the data and the logs. */
  readonly folder: string
  readonly problems: Problems
  readonly database: Database
  readonly trial: Trial
  readonly symptoms: Symptoms
  /** How many steps of each kind there were. */
  readonly done = new Map<StepKind, number>()
  readonly #options: CampaignOptions
  readonly #clocks = new ServiceClocks()

  /** Starts the database and the services. Nothing is left when that fails. */
  static async start(options: CampaignOptions): Promise<Campaign> {
    const problems = new Problems()
    const folder = await campaignFolder('clock-test')
    const database = await Database.prepare({
      folder: join(folder, 'data'),
      onCrash: (reason) => problems.found({ kind: 'PROCESS', detail: reason }),
    })
    const campaign = new Campaign(options, { folder, database, problems })
    try {
      campaign.#clocks.open()
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
    this.trial = new Trial({
      folder,
      mongodbUri: database.uri,
      seed,
      problems,
      signal,
      // Nothing is refused for being slow: that is no matter of clocks.
      env: { QUEUE_WAIT_MS: '60000' },
      envOf: this.#clocks.environmentOf,
      token: tokenOfYears(Date.now()),
    })
    this.symptoms = new Symptoms(this.trial.services, problems)
  }

  /** How many steps there were. */
  get total(): number {
    return [...this.done.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Load and steps, until there were enough of each; then every operation that was begun gets its answer. */
  async run(): Promise<void> {
    await this.trial.underLoad(() => this.#stepAtRandom())
    this.symptoms.readLogs()
  }

  /** Ends every process, and removes the folder or leaves it with a list of the problems in it. */
  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    const { folder, problems, trial, database } = this
    await trial.services.stop()
    await database.stop()
    this.#clocks.close()
    await leaveFolder(folder, { keep: keepFolder, problems })
  }

  async #stepAtRandom(): Promise<void> {
    const { trial, symptoms } = this
    const { rounds, kinds } = this.#options
    const random = trial.fork()
    const left = random.shuffled(Array.from({ length: rounds }, () => kinds).flat())
    try {
      await killAtRandom({
        kills: left.length,
        random,
        answers: () => trial.answers,
        kill: async () => {
          const kind = left.pop()
          if (kind === undefined) return
          await symptoms.look('quiet')
          await steps[kind](this.#clocks, random)
          await untilAnswered({ answers: () => trial.answers, signal: trial.signal }, ANSWERS_AFTER)
          await symptoms.look(kind)
          this.done.set(kind, (this.done.get(kind) ?? 0) + 1)
        },
        onKill: () => {},
        signal: trial.signal,
      })
    } catch (error) {
      trial.fail(String(error))
    }
  }
}
