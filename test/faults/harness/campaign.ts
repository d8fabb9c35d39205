import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Random } from '../../../tools/random.js'
import { eventually } from '../../support/eventually.js'
import { Book } from './book.js'
import { Inspection } from './inspection.js'
import { type Between, Load } from './load.js'
import { Problems } from './problems.js'
import { RetryingClient } from './retrying-client.js'
import { type ServiceSettings, Services } from './services.js'
import { type Verified, verifyBooks } from './verification.js'

/** Answers required before a strike, so that each strike meets a load. */
const ANSWERS = { min: 1, max: 200 }

/** The result of a whole campaign, besides its problems. */
export type Ending = Verified & {
  readonly repeated: number
  /** Purchases whose sums were compared. */
  readonly purchases: number
}

/**
 * One kind of fault: its strikes, and its part of the campaign. The campaign passes only kinds of `strikes`
 * to `strike`.
 */
export type Fault<Kind extends string = string> = {
  /** The strikes, each by the name of its kind. Several lists run concurrently. */
  readonly strikes: readonly (readonly Kind[])[]
  /** With a load, strikes come in random order and at random times. Default: true. */
  readonly isUnderLoad?: boolean
  readonly services?: ServiceSettings
  /** Parent of the folder for data and logs. Default: the system's folder for temporary files. */
  readonly parent?: string
  /** Finds addresses and creates files for the fault. Leaves nothing behind when it fails. */
  readonly prepare: (campaign: Campaign) => Promise<PreparedFault<Kind>>
}

export type PreparedFault<Kind extends string = string> = {
  /** Connection string for the services, read at the start of each. */
  readonly uri: string
  /** Connection string for the audit of the books, if it differs. */
  readonly booksUri?: string
  /** Starts the servers that will fail. The services start afterwards, unless this has started them. */
  readonly start: () => Promise<void>
  /** Strikes in this way, and returns after the repair. */
  strike(kind: Kind, random: Random): Promise<void>
  /** Runs beside the load until that ends. */
  readonly beside?: (isOver: () => boolean) => Promise<void>
  /** Looks for traces of the fault right after the load. */
  readonly afterLoad?: () => void
  /** Looks for traces of the fault after the inspection of the books, while the services still run. */
  readonly inspect?: () => void
  /** The latest time by a clock of a service, in milliseconds. Default: the clock of this machine. */
  readonly nowMs?: () => number
  /** Returns the number of entries that the fault itself has made, besides the load. Default: none. */
  readonly ownEntries?: () => number
  /** Removes everything that `prepare` and `start` have created, even if `start` failed halfway. */
  readonly close: () => Promise<void>
  /** The progress of the strikes in a few words; without it the command prints none. */
  readonly progress?: () => string
  /** The figures printed at the end. */
  readonly report: (ending: Ending) => string
}

/** The speed of a campaign. */
export type Pace = {
  /** Longest pause before a strike, in milliseconds. */
  readonly strikePauseMsMax: number
  /** Pause of a worker of the load between two scenarios, in milliseconds. */
  readonly workerPauseMs: Between
}

/** The pace of a long campaign: nearly as much load as the machine carries. */
export const fullPace: Pace = { strikePauseMsMax: 3_000, workerPauseMs: { min: 0, max: 30 } }

export type CampaignOptions = {
  readonly name: string
  readonly seed: number
  readonly pace: Pace
  /** Ends the load and the strikes early. */
  readonly signal: AbortSignal
}

/**
 * Runs services on one database under load while a fault strikes. Then it compares everything that the
 * services show with everything that they acknowledged. All of it runs on this machine, in a separate folder.
 */
export class Campaign {
  readonly startedAtMs = performance.now()
  /** Holds the data and the logs. */
  readonly folder: string
  readonly fault: Fault
  readonly problems = new Problems()
  readonly book = new Book(this.problems)
  readonly services: Services
  readonly client: RetryingClient
  /** Finished strikes, by kind. */
  readonly struck = new Map<string, number>()
  /** Aborted when the load must end early, or the campaign has failed. */
  readonly signal: AbortSignal
  readonly #random: Random
  readonly #pace: Pace
  readonly #failed = new AbortController()
  #prepared: PreparedFault | undefined

  /** Prepares and starts the fault, then the services. Leaves no process behind when that fails. */
  static async start(fault: Fault, options: CampaignOptions): Promise<Campaign> {
    const folder = await mkdtemp(join(fault.parent ?? tmpdir(), `benefits-${options.name}-test-`))
    const campaign = new Campaign(fault, folder, options)
    try {
      campaign.#prepared = await fault.prepare(campaign)
      await campaign.prepared.start()
      await campaign.services.start()
    } catch (error) {
      await campaign.close({ keepFolder: false })
      throw error
    }
    return campaign
  }

  private constructor(fault: Fault, folder: string, { pace, seed, signal }: CampaignOptions) {
    const { book, problems } = this
    this.folder = folder
    this.fault = fault
    this.services = new Services({
      ...fault.services,
      mongodbUri: () => this.prepared.uri,
      logFile: join(folder, 'services.log'),
      problems,
    })
    this.#random = new Random(seed)
    this.#pace = pace
    this.signal = AbortSignal.any([signal, this.#failed.signal])
    // A begun operation gets its answer even after the time is over, unless the campaign has failed.
    const { services } = this
    this.client = new RetryingClient({ book, services, problems, signal: this.#failed.signal })
  }

  get prepared(): PreparedFault {
    if (!this.#prepared) throw new Error('the fault is not prepared yet')
    return this.#prepared
  }

  /** Answers so far, including those to repeats. */
  get answers(): number {
    return this.book.acknowledged + this.book.repeats
  }

  /** Finished strikes. */
  get strikes(): number {
    return [...this.struck.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Remaining strikes. */
  get missing(): number {
    return this.fault.strikes.flat().length - this.strikes
  }

  /** Random numbers for one activity. */
  fork(): Random {
    return this.#random.fork()
  }

  /** Adds a problem when a part of the campaign ends on its own. */
  readonly onCrash = (detail: string): void => {
    this.problems.found({ kind: 'PROCESS', detail })
  }

  /** Runs load and strikes until there were enough, then waits for the answers to all begun operations. */
  async run(): Promise<void> {
    const { book, client, fault, problems, signal } = this
    const load =
      fault.isUnderLoad === false
        ? undefined
        : new Load({ client, book, problems, random: this.fork(), pauseMs: this.#pace.workerPauseMs, signal })
    await load?.start()
    let isOver = false
    const beside = this.prepared.beside?.(() => isOver || signal.aborted)
    await Promise.all(fault.strikes.map((kinds) => this.#strikeAll(kinds)))
    isOver = true
    await load?.stop()
    await beside
    this.prepared.afterLoad?.()
  }

  /** Repeats some acknowledged operations, compares every account with the book, and has the books audited. */
  async inspect({ repeats }: { readonly repeats: number }): Promise<Ending> {
    const { book, client, prepared, problems, services } = this
    const repeatsBefore = book.repeats
    const nowMs = prepared.nowMs ?? Date.now
    const inspection = new Inspection({ services, client, book, problems, random: this.fork(), nowMs })
    await inspection.repeat(repeats)
    await inspection.compareAll()
    const purchases = await inspection.comparePurchases()
    const repeated = book.repeats - repeatsBefore
    prepared.inspect?.()
    await services.stop()
    return { ...(await verifyBooks(prepared.booksUri ?? prepared.uri, problems)), repeated, purchases }
  }

  /** Stops every process. Removes the folder, or leaves it with a list of the problems. */
  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    await this.services.stop()
    await this.#prepared?.close()
    if (!keepFolder) return await rm(this.folder, { recursive: true, force: true })
    const lines = this.problems.all.map((problem) => `${JSON.stringify(problem)}\n`)
    await writeFile(join(this.folder, 'problems.ndjson'), lines.join(''))
  }

  /**
   * Waits for so many more answers.
   *
   * @throws Error when they do not come in time.
   */
  async untilAnswered(count: number): Promise<void> {
    const wanted = this.answers + count
    await eventually(`${count} more answers`, () => this.answers >= wanted || this.signal.aborted)
  }

  async #strikeAll(kinds: readonly string[]): Promise<void> {
    const isUnderLoad = this.fault.isUnderLoad !== false
    const random = this.fork()
    for (const kind of isUnderLoad ? random.shuffled(kinds) : kinds) {
      try {
        if (isUnderLoad) await this.untilAnswered(random.between(ANSWERS))
        if (isUnderLoad) await delay(random.below(this.#pace.strikePauseMsMax))
        if (this.signal.aborted) return
        await this.prepared.strike(kind, random)
        this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1)
      } catch (error) {
        // Later results would mean nothing.
        this.problems.found({ kind: 'STALLED', detail: `${kind}: ${error}` })
        this.#failed.abort()
        return
      }
    }
  }
}
