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
/** Acknowledged operations that are asked for once more at the end. */
const REPEATS = 3_000

export type CampaignOptions = {
  /** Kills of the service, and as many of the database. */
  readonly kills: number
  readonly seed: number
  /** Ends everything early. */
  readonly signal: AbortSignal
}

/** What the database says in the end. */
export type Books = {
  readonly accounts: number
  /** Entries that only journals held after the service had ended; the repair has copied them. */
  readonly unsettled: number
}

/**
 * Kills the service and its database again and again under load, and then compares what the service shows with what it had
 * acknowledged. Everything runs on this machine, in a folder of its own.
 */
export class Campaign {
  readonly folder: string
  readonly problems = new Problems()
  readonly book = new Book(this.problems)
  readonly kills = { service: 0, database: 0 }
  readonly database: Database
  readonly asker: Asker
  readonly #services: Services
  readonly #options: CampaignOptions
  readonly #random: Random
  readonly #inspection: Inspection

  /** Starts the database and the services. */
  static async start(options: CampaignOptions): Promise<Campaign> {
    const folder = await mkdtemp(join(tmpdir(), 'benefits-crash-test-'))
    ...
  }
