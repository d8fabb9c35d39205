import { setTimeout as delay } from 'node:timers/promises'
import type { Db } from 'mongodb'
import { HOLDS_MAX } from '../../src/domain/open-hold.js'
import type { AccountDocument } from '../../src/storage/account/account-document.js'
import { collections } from '../../src/storage/collections.js'
import { loadBooks } from '../dataset/load-books.js'
import type { Workload } from '../load/job.js'
import { accountRange, type Plan } from '../plan/scenarios.js'
import type { Run } from '../report/measurements.js'
import { untilCalm } from '../session/calm.js'
import { Session, type SessionOptions } from '../session/session.js'
import {
  closedRailScenario,
  dueRange,
  FULL,
  HELD,
  type RailLoad,
  type RailPlan,
  railLoads,
} from './rail-loads.js'

const DAY_MS = 86_400_000
/**
 * Time without purchases before captures, in milliseconds. For 10 seconds after the last purchase, the service
 * keeps most places of its groups for purchases.
 */
const PAUSE_MS = 10_500

/** What a run has measured; its caller names the scenario. */
export type RailRun = Omit<Run, 'round' | 'scenario' | 'side'>

type RailOptions = Omit<SessionOptions, 'keepsDatabase' | 'accounts' | 'verified'> & {
  readonly rail: RailPlan
}

/** The requests of the card rail, in one session. */
export class MeasuresRail {
  readonly #options: RailOptions
  readonly #session: Session
  readonly #db: Db
  /** What was found wrong in the first runs. */
  readonly #discrepancies: string[] = []
  #holdRuns = 0

  /**
   * Writes the accounts of all closed loops, starts the side, and runs each loop once, as a first run reads every
   * account.
   */
  static async open(options: RailOptions): Promise<MeasuresRail> {
    const { database, databaseName, rail, signal } = options
    const db = database.db(databaseName)
    const count = rail.accounts
    const expiries = Array.from({ length: HOLDS_MAX }, () => new Date(Date.now() + DAY_MS))
    const common = { shape: 'OURS', signal } as const
    // The most entries first: with the first accounts come the indexes.
    await loadBooks(db, { ...common, accounts: { prefix: FULL, count }, expiriesOf: () => expiries })
    await loadBooks(db, { ...common, accounts: { prefix: HELD, count } })
    await loadBooks(db, { ...common, accounts: accountRange(count) })
    const session = await Session.open({ ...options, keepsDatabase: true, accounts: count })
    const measured = new MeasuresRail(options, session, db)
    for (const load of railLoads.flat())
      measured.#discrepancies.push(...(await measured.closed(load)).discrepancies)
    return measured
  }

  private constructor(options: RailOptions, session: Session, db: Db) {
    this.#options = options
    this.#session = session
    this.#db = db
  }

  /** New requests that are approved. Captures take the holds of the run before. */
  async closed(load: RailLoad): Promise<RailRun> {
    const { rail, signal } = this.#options
    if (load.kind === 'CAPTURE') await delay(PAUSE_MS, undefined, { signal })
    return await this.#session.run(closedRailScenario(load, rail), {
      window: this.#windowOf(load),
      workload: this.#workloadOf(load),
    })
  }

  /** A few purchases, and nothing else. */
  async quiet(): Promise<RailRun> {
    return await this.#purchases(this.#options.rail.quietMs)
  }

  /** The same while the holds of many other accounts fall due. */
  async expiring(): Promise<RailRun> {
    const { rail, signal } = this.#options
    const { expiring, writtenMsMax, fallDueMs } = rail
    const dueMs = Date.now() + writtenMsMax
    await loadBooks(this.#db, {
      accounts: dueRange(rail),
      shape: 'OURS',
      signal,
      expiriesOf: (account) => [new Date(dueMs + (account * fallDueMs) / expiring)],
    })
    await delay(Math.max(0, dueMs - Date.now()), undefined, { signal })
    const startedAtMs = performance.now()
    const run = await this.#purchases(fallDueMs)
    const seconds = (performance.now() - startedAtMs) / 1_000
    const expired = expiring - (await this.#openHolds())
    return { ...run, beside: { other: { unit: 'expiries', perSecond: expired / seconds } } }
  }

  /**
   * Ends the session, verifies all books, and drops the database. Returns what is wrong, one sentence each.
   */
  async close(): Promise<readonly string[]> {
    const discrepancies = await this.#session.close()
    await this.#db.dropDatabase()
    return [...this.#discrepancies, ...discrepancies]
  }

  /** Ends everything at once, without a look at it. */
  async abandon(): Promise<void> {
    await this.#session.abandon()
    await this.#db.dropDatabase()
  }

  /** Holds go on for four times as long as their captures, so that few captures are without one. */
  #windowOf({ kind }: RailLoad): Plan['window'] {
    const { warmupMs, durationMs } = this.#options.plan.window
    if (kind === 'HOLD') return { warmupMs, durationMs: 2 * durationMs }
    return kind === 'CAPTURE'
      ? { warmupMs: warmupMs / 2, durationMs: durationMs / 2 }
      : { warmupMs, durationMs }
  }

  #workloadOf({ kind, prefix }: RailLoad): Partial<Workload> {
    const { rail, round, plan } = this.#options
    const accounts = { prefix, count: rail.accounts }
    const approved = { kind, accounts, repeatShare: 0, declineShare: 0 }
    if (kind === 'PURCHASE') return approved
    if (kind === 'HOLD') this.#holdRuns += 1
    const run = `held-${round}.${this.#holdRuns}.`
    return { ...approved, seed: plan.seed + 1_000 * round + this.#holdRuns, transactionPrefix: run }
  }

  async #purchases(durationMs: number): Promise<RailRun> {
    const { plan, rail, signal } = this.#options
    const { inFlightMax, openWindow, calmMsMax } = plan
    const calm = await untilCalm(calmMsMax, signal)
    const { ratePerSecond } = rail
    const shape = { type: 'open', ratePerSecond, inFlightMax, ...openWindow, durationMs } as const
    const result = await this.#session.load({ mode: 'unary', hotAccount: false }, shape)
    return { result, calm, discrepancies: [] }
  }

  /** How many of the accounts whose holds fall due still have theirs. */
  async #openHolds(): Promise<number> {
    const accounts = this.#db.collection<AccountDocument>(collections.accounts)
    const { prefix } = dueRange(this.#options.rail)
    return await accounts.countDocuments({
      _id: { $gte: prefix, $lt: `${prefix}a` },
      holds: { $exists: true },
    })
  }
}
