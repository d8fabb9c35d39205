import { randomBytes } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { Db } from 'mongodb'
import { compare } from '../books/compare.js'
import { auditRival } from '../books/rival-audit.js'
import { sampleOf } from '../books/sample.js'
import { type Totals, totalsOf } from '../books/totals.js'
import { type Verified, verifyBooks } from '../books/verify-books.js'
import { loadBooks } from '../dataset/load-books.js'
import type { LoadJob, LoadShape, Workload } from '../load/job.js'
import type { LoadResult } from '../load/result.js'
import { accountRange, CONNECTIONS, type Plan, POOL_SIZE, shapeOf, workload } from '../plan/scenarios.js'
import type { BenchmarkedSide } from '../plan/sides.js'
import type { Run, Scenario } from '../report/measurements.js'
import { type Calm, untilCalm } from './calm.js'
import type { Database } from './database.js'
import { runJsonProgram } from './json-program.js'
import { type Usage, usageOf } from './processor-time.js'
import { ServerProcess } from './server-process.js'

const LOAD_PROGRAM = 'dist-bench/bench/load/main.js'
/** Room for young objects, in MiB: the generator is to collect garbage rarely, and never in the way of a latency. */
const LOAD_FLAGS = ['--max-semi-space-size=32']
/** Time that the load generator may take beyond its job, in milliseconds: its start, and calls that end late. */
const LOAD_EXTRA_MS = 60_000
/** Pause between two looks at the memory of a server, in milliseconds. */
const SAMPLE_MS = 250
const TOKEN_SECONDS = 7_200

/** The same for all: nobody is let in without it. */
const jwtSecret = randomBytes(32).toString('hex')

/** A token of the server's own kind. */
export function tokenOf(subject: string, scope = 'transactions:authorize transactions:book'): string {
  return jwt.sign({ scope }, jwtSecret, { subject, expiresIn: TOKEN_SECONDS })
}

/** One run of the load generator; the numbers of callers and connections are in the shape, unless they are given. */
export type SessionLoad = {
  readonly mode: LoadJob['mode']
  readonly hotAccount: boolean
  readonly subject?: string
  readonly connections?: number
  /** Where what is sent differs from the ordinary workload. */
  readonly workload?: Partial<Workload>
}

export type SessionOptions = {
  readonly database: Database
  /** Name of the side's database. */
  readonly databaseName: string
  /** Whether its books are there already, and stay there. */
  readonly keepsDatabase: boolean
  readonly accounts: number
  /** Accounts whose whole history is checked at the end, as {@link sampleOf} wants them; all when absent. */
  readonly verified?: number
  readonly side: BenchmarkedSide
  readonly round: number
  readonly plan: Plan
  readonly signal: AbortSignal
}

/**
 * One side under load: a database of its own, freshly loaded; a server process of its own, warmed up; then one scenario after
 * another, and after each of them a look at the books.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #db: Db
  readonly #server: ServerProcess
  #totals: Totals | undefined
  #loads = 0
  #verified: Verified | undefined
  /** What was found wrong outside of any scenario. */
  #discrepancies: readonly string[] = []

  static async open(options: SessionOptions): Promise<Session> {
    const { database, databaseName, keepsDatabase, side, signal } = options
    const db = database.db(databaseName)
    const { shape } = side
    const accounts = accountRange(options.accounts)
    if (shape && !keepsDatabase) await loadBooks(db, { accounts, shape, signal })
    const server = await ServerProcess.start({
      program: side.program,
      env: environment(database.uri, databaseName),
      signal,
    })
    const session = new Session(options, db, server)
    try {
      await session.#warmUp()
    } catch (error) {
      await server.stop().catch(() => {})
      throw error
    }
    return session
  }

  private constructor(options: SessionOptions, db: Db, server: ServerProcess) {
    this.#options = options
    this.#db = db
    this.#server = server
  }

  /** The process that is measured. */
  get server(): Pick<ServerProcess, 'pid' | 'port' | 'httpPort'> {
    return this.#server
  }

  /** Puts the side under the load of the scenario; for as long as the plan says, where nothing else is said. */
  async run(
    scenario: Scenario,
    {
      workload,
      ...windows
    }: Partial<Pick<Plan, 'window' | 'openWindow'>> & Pick<SessionLoad, 'workload'> = {},
  ): Promise<Run> {
    const { side, round } = this.#options
    const plan = { ...this.#options.plan, ...windows }
    const calm = await this.#calm()
    const before = this.#usages()
    const { result, rssBytesMax } = await this.#measured(scenario, shapeOf(scenario, plan), workload)
    // What was left to do after the last answer is part of the work, and is not to disturb the next run.
    await this.#calm()
    const cpuMs = timeBetween(before, this.#usages())
    const found = await this.#compare(result)
    const discrepancies = [...this.#discrepancies, ...found]
    this.#discrepancies = []
    return {
      round,
      scenario: scenario.id,
      side: side.id,
      result,
      ...(cpuMs && { cpuMs }),
      ...(rssBytesMax > 0 && { rssBytesMax }),
      calm,
      discrepancies,
    }
  }

  /** The environment of the server: that of `verify`, too. */
  get env(): Readonly<Record<string, string>> {
    const { database, databaseName } = this.#options
    return environment(database.uri, databaseName)
  }

  /** What `verify` went through when the session was closed; undefined before, and where there are no books of ours. */
  get verified(): Verified | undefined {
    return this.#verified
  }

  /** Ends the server, checks the books from one end to the other, and drops the database. Returns what is wrong, one sentence each. */
  async close(verified = this.#options.verified): Promise<readonly string[]> {
    const errors = await this.#server.errors()
    await this.#server.stop()
    const logged =
      errors.length > 0 ? [`the server logged ${errors.length} errors, the first: ${errors[0]}`] : []
    const found = await this.#audit(verified)
    if (!this.#options.keepsDatabase) await this.#db.dropDatabase()
    return [...this.#discrepancies, ...logged, ...found]
  }

  /** Ends everything at once, without a look at it. */
  async abandon(): Promise<void> {
    await this.#server.stop().catch(() => {})
    if (!this.#options.keepsDatabase) await this.#db.dropDatabase()
  }

  async #warmUp(): Promise<void> {
    const { side, plan } = this.#options
    if (side.shape) this.#totals = await totalsOf(this.#db, side.shape)
    const loads = side.modes.flatMap((mode) => plan.warmup.map((load) => ({ mode, load })))
    for (const { mode, load } of loads) {
      const shape = { type: 'closed', ...load, warmupMs: 0 } as const
      const result = await this.load({ mode, hotAccount: false }, shape)
      const found = await this.#compare(result)
      this.#discrepancies = [
        ...this.#discrepancies,
        ...found.map((discrepancy) => `while warming up: ${discrepancy}`),
      ]
    }
  }

  async #measured(
    { mode, group }: Scenario,
    shape: LoadShape,
    workload: SessionLoad['workload'],
  ): Promise<{ readonly result: LoadResult; readonly rssBytesMax: number }> {
    let rssBytesMax = 0
    const sampler = setInterval(() => {
      rssBytesMax = Math.max(rssBytesMax, usageOf(this.#server.pid)?.rssBytes ?? 0)
    }, SAMPLE_MS)
    try {
      const result = await this.load(
        { mode, hotAccount: group === 'hot', ...(workload && { workload }) },
        shape,
      )
      return { result, rssBytesMax }
    } finally {
      clearInterval(sampler)
    }
  }

  /** Sends purchases, and leaves the books to others. */
  async load(
    { mode, hotAccount, subject = 'benchmark', connections = CONNECTIONS, workload: differing }: SessionLoad,
    shape: LoadShape,
  ): Promise<LoadResult> {
    const { plan, round, accounts, signal } = this.#options
    this.#loads += 1
    const job: LoadJob = {
      target: { host: '127.0.0.1', port: this.#server.port },
      token: tokenOf(subject),
      mode,
      connections: shape.type === 'closed' ? Math.min(shape.callers, connections) : connections,
      workload: {
        ...workload({
          // The same for all sides of a round.
          seed: plan.seed + 1_000 * round + this.#loads,
          transactionPrefix: `round-${round}.${this.#loads}.`,
          accounts,
          hotAccount,
          shape,
        }),
        ...differing,
      },
      shape,
      ...(shape.type === 'open' &&
        mode === 'unary' &&
        plan.windowMs !== undefined &&
        inWindows(plan.windowMs)),
    }
    const timeoutMs = shape.warmupMs + shape.durationMs + LOAD_EXTRA_MS
    return await runJsonProgram<LoadResult>({
      script: LOAD_PROGRAM,
      flags: LOAD_FLAGS,
      input: job,
      timeoutMs,
      signal,
    })
  }

  async #compare({ whole }: LoadResult): Promise<readonly string[]> {
    const { side } = this.#options
    if (!side.shape || !this.#totals) return []
    const before = this.#totals
    this.#totals = await totalsOf(this.#db, side.shape)
    return side.keepsBooks ? compare(whole, before, this.#totals) : []
  }

  async #audit(wanted: number | undefined): Promise<readonly string[]> {
    const { side, accounts } = this.#options
    if (!side.keepsBooks) return []
    if (side.shape === 'RIVAL') return await auditRival(this.#db)
    const sample = wanted === undefined ? undefined : await sampleOf(this.#db, { accounts, wanted })
    this.#verified = await verifyBooks(this.#db, sample)
    return this.#verified.damageFound
  }

  async #calm(): Promise<Calm> {
    return await untilCalm(this.#options.plan.calmMsMax, this.#options.signal)
  }

  #usages(): Usages {
    return { service: usageOf(this.#server.pid), mongod: usageOf(this.#options.database.pid) }
  }
}

type Usages = { readonly service: Usage | undefined; readonly mongod: Usage | undefined }

function timeBetween(before: Usages, after: Usages): Run['cpuMs'] {
  if (!before.service || !before.mongod || !after.service || !after.mongod) return undefined
  return {
    service: after.service.cpuMs - before.service.cpuMs,
    mongod: after.mongod.cpuMs - before.mongod.cpuMs,
  }
}

/** What a long job needs: servers end connections. */
function inWindows(windowMs: number): Pick<LoadJob, 'renewsConnections' | 'windowMs'> {
  return { renewsConnections: true, windowMs }
}

/** How every server is run: as in production. */
function environment(mongodbUri: string, databaseName: string): Readonly<Record<string, string>> {
  return {
    HOST: '127.0.0.1',
    GRPC_PORT: '0',
    HTTP_PORT: '0',
    HTTP_API_PORT: '0',
    MONGODB_URI: mongodbUri,
    MONGODB_DATABASE: databaseName,
    MONGODB_POOL_SIZE: String(POOL_SIZE),
    JWT_SECRET: jwtSecret,
    JWT_REQUIRE_SCOPE: 'true',
    LOG_LEVEL: 'info',
  }
}
