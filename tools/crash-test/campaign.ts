import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Asker } from './asker.js'
import { Book } from './book.js'
import { Database } from './database.js'
import { Inspection } from './inspection.js'
import { killAtRandom } from './killer.js'
import { Load } from './load.js'
import { Problems } from './problems.js'
import { Random } from './random.js'
import { Services } from './services.js'
import { verifyBooks } from './verification.js'

const SERVICE_PROCESSES = 2
const WORKERS = 24

export type CampaignOptions = {
  /** Kills of the service, and as many of the database. */
  readonly kills: number
  readonly seed: number
  /** Ends the load and the kills early. */
  readonly signal: AbortSignal
}

type Processes = { readonly folder: string; readonly database: Database; readonly services: Services }

/**
 * Kills the service and its database again and again under load, and then compares what the service shows with what it had
 * acknowledged. Everything runs on this machine, in a folder of its own.
 */
export class Campaign {
  /** Holds the data and the logs. */
  readonly folder: string
  readonly startedAtMs = performance.now()
  readonly kills = { service: 0, database: 0 }
  readonly problems: Problems
  readonly book: Book
  readonly asker: Asker
  readonly database: Database
  readonly #services: Services
  readonly #options: CampaignOptions
  readonly #random: Random
  readonly #failed = new AbortController()
  readonly #signal: AbortSignal

  /** Starts the database and the services. Nothing is left when that fails. */
  static async start(options: CampaignOptions): Promise<Campaign> {
    const problems = new Problems()
    const folder = await mkdtemp(join(tmpdir(), 'benefits-crash-test-'))
    const database = await Database.prepare({
      folder: join(folder, 'data'),
      onCrash: (reason) => problems.found({ kind: 'PROCESS', detail: reason }),
    })
    const services = new Services({
      mongodbUri: database.uri,
      count: SERVICE_PROCESSES,
      logFile: join(folder, 'services.log'),
      problems,
    })
    const campaign = new Campaign(options, { folder, database, services }, problems)
    try {
      await database.start()
      await services.start()
    } catch (error) {
      await campaign.close({ keepFolder: false })
      throw error
    }
    return campaign
  }

  private constructor(options: CampaignOptions, processes: Processes, problems: Problems) {
    this.#options = options
    this.folder = processes.folder
    this.database = processes.database
    this.#services = processes.services
    this.problems = problems
    this.book = new Book(problems)
    this.#random = new Random(options.seed)
    this.#signal = AbortSignal.any([options.signal, this.#failed.signal])
    // What was begun gets its answer, unless the processes cannot be started again.
    this.asker = new Asker({ ...processes, book: this.book, problems, signal: this.#failed.signal })
  }

  /** Load and kills, until there were enough kills; then every operation that was begun gets its answer. */
  async run(): Promise<void> {
    const { asker, book, problems } = this
    const random = this.#random.fork()
    const load = new Load({ asker, book, problems, random, workers: WORKERS, signal: this.#signal })
    await load.start()
    await Promise.all([
      this.#killAtRandom('service', (own) => this.#services.crash(own)),
      this.#killAtRandom('database', () => this.database.crash()),
    ])
    await load.stop()
  }

  /** Asks again for some of what was acknowledged, then compares every account with the book. */
  async inspect({ repeats }: { readonly repeats: number }): Promise<void> {
    const { asker, book, problems } = this
    const services = this.#services
    const inspection = new Inspection({ services, asker, book, problems, random: this.#random.fork() })
    await inspection.repeat(repeats)
    await inspection.compareAll()
  }

  /** Ends the services in order, and has `verify` look at the books, settle what is left, and look again. */
  async verify(): Promise<{
    readonly accounts: number
    readonly entries: number
    readonly unsettled: number
  }> {
    const { problems, database } = this
    await this.#services.stop()
    const { unsettled } = await verifyBooks(database.uri, { repair: true, problems })
    const after = await verifyBooks(database.uri, { repair: false, problems })
    if (after.unsettled > 0) {
      problems.found({ kind: 'DAMAGE', detail: `${after.unsettled} entries are unsettled after the repair` })
    }
    return { ...after, unsettled }
  }

  /** Ends every process, and removes the folder or leaves it with a list of the problems in it. */
  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    await this.#services.stop()
    await this.database.stop()
    if (!keepFolder) return await rm(this.folder, { recursive: true, force: true })
    const lines = this.problems.all.map((problem) => `${JSON.stringify(problem)}\n`)
    await writeFile(join(this.folder, 'problems.ndjson'), lines.join(''))
  }

  async #killAtRandom(what: 'service' | 'database', kill: (random: Random) => Promise<void>): Promise<void> {
    const random = this.#random.fork()
    try {
      await killAtRandom({
        kills: this.#options.kills,
        random,
        answers: () => this.book.acknowledged + this.book.repeats,
        kill: () => kill(random),
        onKill: () => {
          this.kills[what] += 1
        },
        signal: this.#signal,
      })
    } catch (error) {
      this.problems.found({ kind: 'STALLED', detail: `killing the ${what}: ${error}` })
      this.#failed.abort()
    }
  }
}
