import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../../test/support/service-process.js'
import { Asker } from './asker.js'
import { Book } from './book.js'
import { Inspection } from './inspection.js'
import { Load } from './load.js'
import type { Problems } from './problems.js'
import { Random } from './random.js'
import { Services } from './services.js'
import { verifyBooks } from './verification.js'

const SERVICE_PROCESSES = 2
const WORKERS = 24

export type TrialOptions = {
  /** Holds the data and the logs. */
  readonly folder: string
  readonly mongodbUri: string
  readonly seed: number
  readonly problems: Problems
  /** Ends the load early. */
  readonly signal: AbortSignal
  /** What the services are told besides. */
  readonly env?: Environment
  /** What one of them is told besides, by its place. */
  readonly envOf?: (place: number) => Environment
  /** What they are called with. Default: a token that is good for an hour. */
  readonly token?: string
}

/** What `verify` found in the end, and how much of it the first time had to post. */
export type Verified = { readonly accounts: number; readonly entries: number; readonly unposted: number }

/**
 * Several processes of the service on one database, under load, and a book of what they had acknowledged, which is compared with what
 * they show in the end. What goes wrong meanwhile is up to whoever runs it.
 */
export class Trial {
  readonly startedAtMs = performance.now()
  readonly book: Book
  readonly asker: Asker
  readonly services: Services
  /** Aborted when the load is to end early, or the trial has failed. */
  readonly signal: AbortSignal
  readonly #options: TrialOptions
  readonly #random: Random
  readonly #failed = new AbortController()

  constructor(options: TrialOptions) {
    const { folder, mongodbUri, problems, env = {}, envOf, token } = options
    this.#options = options
    this.services = new Services({
      mongodbUri,
      env,
      ...(envOf && { envOf }),
      ...(token !== undefined && { token }),
      count: SERVICE_PROCESSES,
      logFile: join(folder, 'services.log'),
      problems,
    })
    this.book = new Book(problems)
    this.#random = new Random(options.seed)
    this.signal = AbortSignal.any([options.signal, this.#failed.signal])
    // What was begun gets its answer, unless the processes cannot be started again.
    const { book, services } = this
    this.asker = new Asker({ book, services, problems, signal: this.#failed.signal })
  }

  /** Answers so far, repeated ones too. */
  get answers(): number {
    return this.book.acknowledged + this.book.repeats
  }

  /** Numbers for something else that goes on at the same time. */
  fork(): Random {
    return this.#random.fork()
  }

  /** Puts load on the services until `disturb` has ended; then every operation that was begun gets its answer. */
  async underLoad(disturb: () => Promise<void>): Promise<void> {
    const { asker, book, signal } = this
    const { problems } = this.#options
    const load = new Load({ asker, book, problems, random: this.fork(), workers: WORKERS, signal })
    await load.start()
    await disturb()
    await load.stop()
  }

  /** Ends everything, because it makes no sense to go on. */
  fail(detail: string): void {
    this.#options.problems.found({ kind: 'STALLED', detail })
    this.#failed.abort()
  }

  /** Asks again for some of what was acknowledged, then compares every account with the book. */
  async inspect({ repeats }: { readonly repeats: number }): Promise<void> {
    const { asker, book, services } = this
    const { problems } = this.#options
    const inspection = new Inspection({ services, asker, book, problems, random: this.fork() })
    await inspection.repeat(repeats)
    await inspection.compareAll()
  }

  /**
   * Ends the services in order, and has `verify` look at the books, post what is left, and look again. It may have a way of its own to
   * the database.
   */
  async verify(uri = this.#options.mongodbUri): Promise<Verified> {
    const { problems } = this.#options
    await this.services.stop()
    const { unposted } = await verifyBooks(uri, { repair: true, problems })
    const after = await verifyBooks(uri, { repair: false, problems })
    if (after.unposted > 0) {
      problems.found({ kind: 'DAMAGE', detail: `${after.unposted} entries are unposted after the repair` })
    }
    return { ...after, unposted }
  }
}

/** A new folder for the data and the logs of a campaign. */
export async function campaignFolder(name: string, within = tmpdir()): Promise<string> {
  return await mkdtemp(join(within, `benefits-${name}-`))
}

/** Removes the folder, or leaves it with a list of the problems in it. */
export async function leaveFolder(
  folder: string,
  { keep, problems }: { readonly keep: boolean; readonly problems: Problems },
): Promise<void> {
  if (!keep) return await rm(folder, { recursive: true, force: true })
  const lines = problems.all.map((problem) => `${JSON.stringify(problem)}\n`)
  await writeFile(join(folder, 'problems.ndjson'), lines.join(''))
}
