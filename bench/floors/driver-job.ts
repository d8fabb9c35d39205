import type { AccountRange } from '../load/job.js'

/** What the bare driver is to do: JSON on standard input. */
export type DriverJob = {
  readonly mongodbUri: string
  readonly database: string
  readonly poolSize: number
  /** Loaded in the shape of the rivals. */
  readonly accounts: AccountRange
  readonly operation: DriverOperation
  /** Updates in one bulk write. */
  readonly batch: number
  /** Operations under way at once. */
  readonly inFlight: number
  readonly warmupMs: number
  readonly durationMs: number
  readonly seed: number
}

export type DriverOperation = 'findOneAndUpdate' | 'bulkWrite'

/** What it did: JSON on standard output. */
export type DriverResult = {
  /** Accounts updated in the measured time. */
  readonly updates: number
  /** The same with those of the warm-up. */
  readonly allUpdates: number
  /** In milliseconds, a fraction. */
  readonly durationMs: number
  /** Processor time of the process in the measured time, in milliseconds. */
  readonly cpuMs: number
}
