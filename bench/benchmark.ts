import { Random } from '../tools/random.js'
import { besideScenarios, MeasuresBeside } from './beside/measure-beside.js'
import { sampleOf } from './books/sample.js'
import { verifyBooks } from './books/verify-books.js'
import { loadBooks } from './dataset/load-books.js'
import { ENTRIES_PER_ACCOUNT } from './dataset/loaded-account.js'
import { capacityOf } from './plan/capacity.js'
import {
  accountRange,
  closedScenarios,
  commonScenario,
  openScenarios,
  type Plan,
  sizeScenarios,
} from './plan/scenarios.js'
import { type BenchmarkedSide, sidesNamed } from './plan/sides.js'
import { MeasuresRail, type RailRun } from './rail/measure-rail.js'
import {
  closedRailScenario,
  expiryScenario,
  quietRailScenario,
  railLoads,
  railScenarios,
} from './rail/rail-loads.js'
import type { Loading, Run, Scenario } from './report/measurements.js'
import { untilCalm } from './session/calm.js'
import type { Database } from './session/database.js'
import { Session, type SessionOptions } from './session/session.js'

const OURS = 'ours'
/** Part of its capacity that a side is asked for at most, where its latency is compared with ours. */
const CARRIED_SHARE = 0.9

export type BenchmarkOptions = {
  readonly plan: Plan
  readonly database: Database
  readonly signal: AbortSignal
  /** Called with progress for the person who waits. */
  readonly onProgress: (line: string) => void
}

/** What a benchmark has measured. */
export type Measured = {
  readonly scenarios: readonly Scenario[]
  readonly runs: readonly Run[]
  readonly loading: readonly Loading[]
}

/** Runs the whole plan, part after part. In each round the sides come in another order. */
export class Benchmark {
  readonly #options: BenchmarkOptions
  readonly #sides: readonly BenchmarkedSide[]
  readonly #random: Random
  readonly #scenarios = new Map<string, Scenario>()
  readonly #runs: Run[] = []
  readonly #loading: Loading[] = []
  #databases = 0

  constructor(options: BenchmarkOptions) {
    this.#options = options
    this.#sides = sidesNamed(options.plan.sides)
    this.#random = new Random(options.plan.seed)
  }

  /** What has been measured so far. */
  get measured(): Measured {
    return {
      scenarios: [...this.#scenarios.values()],
      runs: this.#runs,
      loading: this.#loading,
    }
  }

  async run(): Promise<Measured> {
    await this.#closedLoops()
    await this.#openLoops()
    await this.#sizes()
    await this.#besides()
    await this.#rail()
    return this.measured
  }

  /** How many answers a second each side gives when it is never left alone. */
  async #closedLoops(): Promise<void> {
    const { plan } = this.#options
    for (let round = 1; round <= plan.rounds; round++) {
      for (const side of this.#shuffled(this.#sides))
        await this.#session({ side, round }, closedScenarios(plan, side.modes))
    }
  }

  /** How long an answer takes when requests arrive by themselves: as many as can be had, and more. */
  async #openLoops(): Promise<void> {
    const { plan } = this.#options
    const loads = this.#sides.map((side) => ({ side, scenarios: this.#openScenariosOf(side) }))
    const loaded = loads.filter(({ scenarios }) => scenarios.length > 0)
    for (let round = 1; round <= plan.openRounds; round++) {
      for (const { side, scenarios } of this.#shuffled(loaded))
        await this.#session({ side, round }, scenarios)
    }
  }

  #openScenariosOf(side: BenchmarkedSide): readonly Scenario[] {
    const { plan } = this.#options
    const ours = this.#sides.find(({ id }) => id === OURS)
    if (!ours) return []
    const latency = ours.modes.flatMap((mode) => this.#atPartsOf('latency', mode, plan.latencyShares))
    const common = this.#common()
    if (side.id === OURS)
      return [...common, ...latency, ...this.#atPartsOf('overload', 'unary', plan.overloadShares)]
    return [...common, ...latency].filter((scenario) => this.#carries(side, scenario))
  }

  #atPartsOf(
    group: 'latency' | 'overload',
    mode: Scenario['mode'],
    shares: readonly number[],
  ): readonly Scenario[] {
    const capacity = capacityOf(this.measured, { side: OURS, mode })
    return openScenarios(this.#options.plan, { group, mode, capacity, shares })
  }

  #common(): readonly Scenario[] {
    const { plan } = this.#options
    const capacities = this.#sides.map(({ id }) => capacityOf(this.measured, { side: id, mode: 'unary' }))
    if (plan.commonShare === undefined) return []
    return [commonScenario(plan, Math.min(...capacities) * plan.commonShare)]
  }

  #carries(side: BenchmarkedSide, { mode, load }: Scenario): boolean {
    if (load.type !== 'open' || !side.modes.includes(mode)) return false
    return load.ratePerSecond <= CARRIED_SHARE * capacityOf(this.measured, { side: side.id, mode })
  }

  /** Ours on a large database and on a small one, in alternation. */
  async #sizes(): Promise<void> {
    const { plan, database } = this.#options
    const { size } = plan
    const side = this.#sides.find(({ id }) => id === OURS)
    if (!size || !side) return
    const databaseName = this.#freshName('large')
    await this.#loadLarge(databaseName, size)
    const capacity = capacityOf(this.measured, { side: OURS, mode: 'unary' })
    const large = { databaseName, keepsDatabase: true, accounts: size.accounts, verified: size.verified }
    for (let round = 1; round <= size.rounds; round++) {
      for (const where of this.#shuffled([{ accounts: plan.accounts }, large])) {
        const scenarios = sizeScenarios(size, { accounts: where.accounts, capacity })
        await this.#session({ ...where, side, round }, scenarios)
      }
    }
    await database.db(databaseName).dropDatabase()
  }

  /** A few purchases beside other work: in each round alone, too. */
  async #besides(): Promise<void> {
    const { plan, database, signal, onProgress } = this.#options
    const { beside } = plan
    const side = this.#sides.find(({ id }) => id === OURS)
    if (!beside || !side) return
    const scenarios = besideScenarios(plan, beside)
    for (const scenario of scenarios) this.#scenarios.set(scenario.id, scenario)
    for (let round = 1; round <= beside.rounds; round++) {
      const databaseName = this.#freshName('beside')
      const options = { databaseName, keepsDatabase: false, accounts: plan.accounts, database, plan, signal }
      const session = await Session.open({ ...options, side, round })
      const measured = new MeasuresBeside({ session, plan, beside })
      try {
        await measured.prepare()
        for (const scenario of this.#shuffled(scenarios)) {
          const calm = await untilCalm(plan.calmMsMax, signal)
          const run = await measured.run(scenario)
          this.#runs.push({ ...run, round, scenario: scenario.id, side: side.id, calm, discrepancies: [] })
          onProgress(`round ${round}, beside ${scenario.title}: ${figuresOf(run)}`)
        }
      } catch (error) {
        await session.abandon()
        throw error
      } finally {
        measured.close()
      }
      this.#found(round, side, await session.close())
    }
  }

  /**
   * Purchases, holds and captures, turn after turn; then a few purchases while holds expire. Each turn is a round
   * of its own.
   */
  async #rail(): Promise<void> {
    const { plan, database, signal, onProgress } = this.#options
    const { rail } = plan
    const side = this.#sides.find(({ id }) => id === OURS)
    if (!rail || !side) return
    for (const scenario of railScenarios(rail)) this.#scenarios.set(scenario.id, scenario)
    const keep = (round: number, { id, title }: Scenario, run: RailRun) => {
      this.#runs.push({ ...run, round, scenario: id, side: side.id })
      onProgress(`round ${round}, card rail, ${title}: ${figuresOf(run)}`)
    }
    for (let round = 1; round <= rail.rounds; round++) {
      const databaseName = this.#freshName('rail')
      const measured = await MeasuresRail.open({ databaseName, side, round, rail, plan, database, signal })
      try {
        for (let turn = 1; turn <= rail.turns; turn++) {
          for (const load of this.#shuffled(railLoads).flat())
            keep((round - 1) * rail.turns + turn, closedRailScenario(load, rail), await measured.closed(load))
        }
        keep(round, quietRailScenario(rail), await measured.quiet())
        keep(round, expiryScenario(rail), await measured.expiring())
      } catch (error) {
        await measured.abandon()
        throw error
      }
      this.#found(round, side, await measured.close())
    }
  }

  async #loadLarge(name: string, size: NonNullable<Plan['size']>): Promise<void> {
    const { database, signal, onProgress } = this.#options
    const db = database.db(name)
    const startedAtMs = performance.now()
    const tenth = Math.ceil(size.accounts / 10)
    let shown = 0
    await loadBooks(db, {
      accounts: accountRange(size.accounts),
      shape: 'OURS',
      signal,
      onProgress: (accounts) => {
        if (accounts < shown + tenth) return
        shown = accounts
        onProgress(`loading: ${whole(accounts)} accounts`)
      },
    })
    const seconds = (performance.now() - startedAtMs) / 1_000
    const sample = await sampleOf(db, { accounts: size.accounts, wanted: size.verified })
    const verified = await verifyBooks(db, sample)
    const entries = size.accounts * ENTRIES_PER_ACCOUNT
    this.#loading.push({
      accounts: size.accounts,
      entries,
      seconds,
      verifiedAccounts: verified.accounts,
      discrepancies: verified.discrepancies,
    })
    onProgress(`loaded ${whole(size.accounts)} accounts, ${whole(entries)} entries: ${seconds.toFixed(1)} s`)
  }

  async #session(
    options: Pick<SessionOptions, 'side' | 'round'> &
      Partial<Pick<SessionOptions, 'databaseName' | 'keepsDatabase' | 'accounts' | 'verified'>>,
    scenarios: readonly Scenario[],
  ): Promise<void> {
    const { plan, database, signal, onProgress } = this.#options
    const { side, round } = options
    for (const scenario of scenarios) this.#scenarios.set(scenario.id, scenario)
    const session = await Session.open({
      databaseName: this.#freshName(side.id),
      keepsDatabase: false,
      accounts: plan.accounts,
      ...options,
      database,
      plan,
      signal,
    })
    const runs: Run[] = []
    try {
      for (const scenario of scenarios) {
        const run = await session.run(scenario)
        runs.push(run)
        onProgress(`round ${round}, ${side.name}, ${scenario.title}: ${figuresOf(run)}`)
      }
    } catch (error) {
      await session.abandon()
      throw error
    }
    this.#runs.push(...runs)
    this.#found(round, side, await session.close())
  }

  /** What the books show at the end of a session was done by any of its runs: it stands with the last one. */
  #found(round: number, side: BenchmarkedSide, discrepancies: readonly string[]): void {
    for (const discrepancy of discrepancies)
      this.#options.onProgress(`round ${round}, ${side.name}: ${discrepancy}`)
    const last = this.#runs.pop()
    if (last) this.#runs.push({ ...last, discrepancies: [...last.discrepancies, ...discrepancies] })
  }

  #freshName(what: string): string {
    this.#databases += 1
    return `bench-${this.#databases}-${what}`
  }

  #shuffled<T>(items: readonly T[]): readonly T[] {
    return items
      .map((item) => ({ item, place: this.#random.below(2 ** 32) }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item)
  }
}

function figuresOf({ result, discrepancies = [] }: Pick<Run, 'result'> & Partial<Run>): string {
  const { perSecond, rejected, latency } = result.measured
  return [
    `${whole(perSecond)}/s`,
    `p50 ${latency.p50.toFixed(1)} ms`,
    `p99 ${latency.p99.toFixed(1)} ms`,
    ...(rejected > 0 ? [`${whole(rejected)} rejected`] : []),
    ...discrepancies,
  ].join(', ')
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}
