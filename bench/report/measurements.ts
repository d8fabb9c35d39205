import type { LoadResult } from '../load/result.js'

/** Everything that one run of the benchmark has measured: the report is made from this alone. */
export type Measurements = {
  /** ISO 8601, in UTC. */
  readonly takenAt: string
  /** Commit that was measured, and whether files had been changed since. */
  readonly commit: string
  readonly dirty: boolean
  readonly machine: Machine
  /** Such as `Node.js` and `20.20.2`, in the order in which they are shown. */
  readonly versions: readonly (readonly [name: string, version: string])[]
  readonly sides: readonly Side[]
  readonly scenarios: readonly Scenario[]
  /** In the order in which they were taken. */
  readonly runs: readonly Run[]
  readonly goals: readonly Goal[]
  readonly loading?: readonly Loading[]
}

export type Machine = {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
}

/** One of those that are compared. */
export type Side = {
  readonly id: string
  /** Short, for charts. */
  readonly name: string
  /** A floor does less than is needed, and shows what cannot be beaten; a rival does the same job another way. */
  readonly kind: 'floor' | 'rival' | 'ours'
  /** What it does, in one sentence, for the report. */
  readonly what: string
}

/** One load under which sides are compared. */
export type Scenario = {
  readonly id: string
  /** Scenarios of one group are in one chart and one table, in the order of the list. */
  readonly group: ScenarioGroup
  /** In a few words, for tables. */
  readonly title: string
  readonly mode: 'unary' | 'stream'
  readonly load:
    | { readonly type: 'closed'; readonly callers: number }
    | { readonly type: 'open'; readonly ratePerSecond: number }
  readonly accounts: number
}

/**
 * What a scenario is about: `throughput` by callers over many accounts; `hot`, one account; `latency` at a rate below what can be
 * had; `overload`, at rates above it; `size`, the same load on few and on many accounts; `beside`, a few purchases beside other work;
 * `rail`, what the card rail sends.
 */
export type ScenarioGroup = 'throughput' | 'hot' | 'latency' | 'overload' | 'size' | 'beside' | 'rail'

/** One side under one scenario, once. Runs of one round were taken one after another: only they are set in relation. */
export type Run = {
  readonly round: number
  readonly scenario: string
  readonly side: string
  readonly result: LoadResult
  /** Processor time from the start of the run until the processes were calm again, in milliseconds. */
  readonly cpuMs?: { readonly service: number; readonly mongod: number }
  /** How busy the machine was before the run: load average of one minute, and the share of all cores that was busy, from 0 to 1. */
  readonly calm?: { readonly loadAverage: number; readonly busyShare: number }
  /** Largest resident memory of the service that was seen during the run. */
  readonly rssBytesMax?: number
  /** Where other work went on beside. */
  readonly beside?: Beside
  /** What was wrong with the books afterwards, one sentence each; empty when every centavo was found. */
  readonly discrepancies: readonly string[]
}

/** Work that went on beside the purchases that were measured, and a caller that sends few of them. */
export type Beside = {
  /** Absent when the measured purchases, and those of the modest caller, were alone. */
  readonly other?: { readonly unit: string; readonly perSecond: number }
  /** Absent where there was no modest caller. */
  readonly modest?: { readonly offered: number; readonly rejected: number }
}

/** How a database was filled before it was measured with. */
export type Loading = {
  readonly accounts: number
  readonly entries: number
  readonly seconds: number
  readonly verifiedAccounts: number
  readonly discrepancies: number
}

/** Something that we set out to reach. */
export type Goal = {
  readonly id: string
  /** In words, without the number. */
  readonly title: string
  readonly figure: Figure
  readonly of: Place
  /** Where given, the goal is about `of` divided by `over`, in each round. */
  readonly over?: Place | BestRival
  readonly bound: { readonly atLeast: number } | { readonly atMost: number }
}

/** Latencies are in milliseconds. */
export type Figure = 'perSecond' | 'p50' | 'p99'

/** Of all rivals under the scenario the one with the largest figure, in each round anew. */
export type BestRival = { readonly scenario: string; readonly side: 'BEST_RIVAL' }

export type Place = { readonly scenario: string; readonly side: string }
