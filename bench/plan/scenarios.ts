import { DECLINED_AMOUNT } from '../dataset/loaded-account.js'
import type { LoadShape, Workload } from '../load/job.js'
import type { Scenario, ScenarioGroup } from '../report/measurements.js'

/** How large a run of the benchmark is. Everything that has a size is here. */
export type Plan = {
  /** Times that everything is done, each time in another order. */
  readonly rounds: number
  /** The sides that take part, by their ids. */
  readonly sides: readonly string[]
  /** Accounts in an ordinary database. */
  readonly accounts: number
  /** Callers of the closed loops, for `throughput`: the best of them shows the capacity. */
  readonly callers: readonly number[]
  /** Callers when all of them use one account. */
  readonly hotCallers: readonly number[]
  /**
   * Loads that a side gets before anything of it is measured: many callers, and one, since a side may do otherwise with a single request, and
   * what has hardly run is slow.
   */
  readonly warmup: readonly { readonly callers: number; readonly durationMs: number }[]
  readonly window: { readonly warmupMs: number; readonly durationMs: number }
  /** Parts of our capacity that requests arrive at, for `latency`. */
  readonly latencyShares: readonly number[]
  /** Part of the slowest side's capacity that all are compared at, for `latency`; absent when they are not. */
  readonly commonShare?: number
  /** Parts of our capacity that requests arrive at, for `overload`. */
  readonly overloadShares: readonly number[]
  /** Rounds of latency and overload. */
  readonly openRounds: number
  readonly openWindow: { readonly warmupMs: number; readonly durationMs: number }
  /**
   * Length of the parts of an open loop that are told of one by one, in milliseconds; such a loop may outlast the connections that it began with.
   * Absent where only the whole is told of. Calls are unary then.
   */
  readonly windowMs?: number
  /** Most calls under way in an open loop: far more than the service lets wait. */
  readonly inFlightMax: number
  /** The same load on few and on many accounts; absent when there is no time for it. */
  readonly size?: {
    readonly accounts: number
    readonly rounds: number
    readonly callers: readonly number[]
    /** Part of our capacity that requests arrive at. */
    readonly share: number
    /** Accounts of the large database whose whole history is verified, twice: any, and such as were used. */
    readonly verified: number
  }
  /** A few purchases beside other work; absent when there is no time for it. */
  readonly beside?: {
    readonly rounds: number
    readonly window: { readonly warmupMs: number; readonly durationMs: number }
    /** Purchases in one second of the caller that is measured. */
    readonly ratePerSecond: number
    /** The same of a modest caller, which is to lose none of them. */
    readonly modestRatePerSecond: number
    /** Rules of an import. */
    readonly rules: number
  }
  /** Purchases, holds and captures, and purchases while holds expire; absent when there is no time for it. */
  readonly rail?: {
    /** Number of sessions. Each takes `turns` turns with every load of the closed loops. */
    readonly rounds: number
    readonly turns: number
    /** Accounts of each load. */
    readonly accounts: number
    readonly callers: number
    /** Accounts with a hold that falls due beside purchases. */
    readonly expiring: number
    /** From before they are written until the first hold falls due: the writing is to be over by then. */
    readonly writtenMsMax: number
    /** Time in which all of them fall due, evenly. Purchases are measured for as long. */
    readonly fallDueMs: number
    /** How long purchases are measured without them. */
    readonly quietMs: number
    /** Purchases in one second beside them. */
    readonly ratePerSecond: number
  }
  /** Longest wait for the machine to be calm before a run, and for what was left to do after it, in milliseconds. */
  readonly calmMsMax: number
  readonly seed: number
}

const sides = ['echo', 'bare-update', 'revision-check', 'lock-document', 'transaction', 'ours'] as const

/** `make bench`: about 25 minutes on two cores. */
export const wholePlan: Plan = {
  rounds: 3,
  sides,
  accounts: 10_000,
  callers: [1, 8, 32, 128],
  hotCallers: [128],
  warmup: [
    { callers: 64, durationMs: 2_500 },
    { callers: 1, durationMs: 2_000 },
  ],
  window: { warmupMs: 500, durationMs: 2_000 },
  latencyShares: [0.5, 0.7],
  commonShare: 0.7,
  overloadShares: [0.5, 0.7, 0.9, 1, 1.5, 2],
  openRounds: 2,
  openWindow: { warmupMs: 700, durationMs: 3_300 },
  inFlightMax: 4_000,
  size: { accounts: 1_000_000, rounds: 2, callers: [1, 128], share: 0.5, verified: 1_000 },
  beside: {
    rounds: 2,
    window: { warmupMs: 1_000, durationMs: 10_000 },
    ratePerSecond: 100,
    modestRatePerSecond: 20,
    rules: 20_000,
  },
  rail: {
    rounds: 2,
    turns: 3,
    accounts: 4_000,
    callers: 128,
    expiring: 100_000,
    writtenMsMax: 30_000,
    fallDueMs: 60_000,
    quietMs: 30_000,
    ratePerSecond: 100,
  },
  calmMsMax: 1_500,
  seed: 20_261_123,
}

/** `make bench kind=quick`: about four minutes, to see that it works. Its figures are for nobody. */
export const quickPlan: Plan = {
  rounds: 1,
  sides: ['echo', 'bare-update', 'lock-document', 'ours'],
  accounts: 1_000,
  callers: [1, 64],
  hotCallers: [64],
  warmup: [{ callers: 32, durationMs: 800 }],
  window: { warmupMs: 200, durationMs: 1_000 },
  latencyShares: [0.5],
  overloadShares: [2],
  openRounds: 1,
  openWindow: { warmupMs: 300, durationMs: 1_200 },
  inFlightMax: 4_000,
  size: { accounts: 20_000, rounds: 1, callers: [64], share: 0.5, verified: 200 },
  beside: {
    rounds: 1,
    window: { warmupMs: 500, durationMs: 4_000 },
    ratePerSecond: 100,
    modestRatePerSecond: 20,
    rules: 20_000,
  },
  rail: {
    rounds: 1,
    turns: 1,
    accounts: 200,
    callers: 64,
    expiring: 1_000,
    writtenMsMax: 2_000,
    fallDueMs: 3_000,
    quietMs: 2_000,
    ratePerSecond: 100,
  },
  calmMsMax: 300,
  seed: 20_261_123,
}

/** `make bench kind=beside`: the part of the whole run that shows purchases beside other work. */
export function besideOnly({ size: _, rail: __, ...plan }: Plan): Plan {
  return { ...plan, rounds: 0, openRounds: 0 }
}

/** Connections of the load generator: calls take turns among them. Each may carry a thousand calls at once. */
export const CONNECTIONS = 4
/** Connections of every server to MongoDB: the service's own default. */
export const POOL_SIZE = 20

/** 10 % repeats; of the rest 20 % that no wallet covers, 30 % that CASH pays because MEAL cannot, and 50 % that FOOD pays. */
const mix = {
  amount: { min: 100, max: 20_000 },
  declinedAmount: DECLINED_AMOUNT,
  benefitMccs: ['5411', '5412'],
  cashMccs: ['5811', '5812'],
  merchants: [
    merchant('PADARIA DO ZE', 'SAO PAULO'),
    merchant('MERCADO BOM PRECO', 'RIO DE JANEI'),
    merchant('RESTAURANTE DA ANA', 'GOIANIA'),
  ],
  repeatShare: 0.1,
  declineShare: 0.2,
  cashShare: 0.375,
} as const

export type WorkloadOptions = {
  readonly seed: number
  /** New for every run on one database. */
  readonly transactionPrefix: string
  readonly accounts: number
  readonly hotAccount: boolean
  readonly shape: LoadShape
}

/** What every side is sent. */
export function workload({ accounts, shape, ...options }: WorkloadOptions): Workload {
  return { ...mix, ...options, accounts: accountRange(accounts), repeatDistance: repeatDistance(shape) }
}

/** So far behind that the original has mostly been answered, and so near that slow sides get their repeats, too. */
function repeatDistance(shape: LoadShape): NonNullable<Workload['repeatDistance']> {
  if (shape.type === 'open') return { min: 200, max: 400 }
  const min = Math.max(50, 2 * shape.callers)
  return { min, max: 2 * min }
}

/** Accounts `bench-0000000` and so on. */
export function accountRange(count: number) {
  return { prefix: 'bench-', count } as const
}

type Modes = readonly Scenario['mode'][]

/** Closed loops: by callers over all accounts, and on one account. */
export function closedScenarios(plan: Plan, modes: Modes): readonly Scenario[] {
  const scenario = (group: ScenarioGroup, mode: Scenario['mode'], callers: number): Scenario => ({
    id: `${group}-${mode}-${callers}`,
    group,
    title: `${count(callers, 'caller')}${group === 'hot' ? ', one account' : ''}${suffix(mode)}`,
    mode,
    load: { type: 'closed', callers },
    accounts: plan.accounts,
  })
  return modes.flatMap((mode) => [
    ...plan.callers.map((callers) => scenario('throughput', mode, callers)),
    ...plan.hotCallers.map((callers) => scenario('hot', mode, callers)),
  ])
}

/** Requests that arrive whether answers come or not. */
export type OpenScenario = Scenario & {
  readonly load: { readonly type: 'open'; readonly ratePerSecond: number }
}

/** Open loops at parts of a capacity. */
export function openScenarios(
  plan: Plan,
  {
    group,
    mode,
    capacity,
    shares,
  }: {
    readonly group: 'latency' | 'overload'
    readonly mode: Scenario['mode']
    /** Answers in one second. */
    readonly capacity: number
    readonly shares: readonly number[]
  },
): readonly OpenScenario[] {
  return shares.map((share) => ({
    id: `${group}-${mode}-${percent(share)}`,
    group,
    title: `${percent(share)} % of capacity${suffix(mode)}`,
    mode,
    load: { type: 'open', ratePerSecond: Math.max(1, Math.round(capacity * share)) },
    accounts: plan.accounts,
  }))
}

/** A rate that every side can carry. */
export function commonScenario(plan: Plan, ratePerSecond: number): Scenario {
  return {
    id: 'latency-unary-common',
    group: 'latency',
    title: 'a rate that all can carry',
    mode: 'unary',
    load: { type: 'open', ratePerSecond: Math.max(1, Math.round(ratePerSecond)) },
    accounts: plan.accounts,
  }
}

/** The same loads on a database of some size. */
export function sizeScenarios(
  { callers, share }: NonNullable<Plan['size']>,
  { accounts, capacity }: { readonly accounts: number; readonly capacity: number },
): readonly Scenario[] {
  const common = { group: 'size', mode: 'unary', accounts } as const
  const of = `${accounts.toLocaleString('en-US')} accounts`
  const closed = callers.map(
    (number): Scenario => ({
      ...common,
      id: `size-${accounts}-${number}`,
      title: `${count(number, 'caller')}, ${of}`,
      load: { type: 'closed', callers: number },
    }),
  )
  const ratePerSecond = Math.max(1, Math.round(capacity * share))
  const open: Scenario = {
    ...common,
    id: `size-${accounts}-open`,
    title: `${percent(share)} % of capacity, ${of}`,
    load: { type: 'open', ratePerSecond },
  }
  return [...closed, open]
}

/** What the load generator does for a scenario. */
export function shapeOf({ load }: Scenario, plan: Plan): LoadShape {
  if (load.type === 'closed') return { ...load, ...plan.window }
  return { ...load, ...plan.openWindow, inFlightMax: plan.inFlightMax }
}

/** As ISO 8583 DE43 has it: 25 characters, 12, a space and the country. */
function merchant(name: string, city: string): string {
  return `${name.padEnd(25)}${city.padStart(12)} BR`
}

function percent(share: number): number {
  return Math.round(share * 100)
}

function suffix(mode: Scenario['mode']): string {
  return mode === 'stream' ? ', stream' : ''
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
