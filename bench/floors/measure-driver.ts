import type { Db } from 'mongodb'
import { accountRange, DRIVER_BATCH, DRIVER_IN_FLIGHT, type Plan, POOL_SIZE } from '../plan/scenarios.js'
import type { DriverFloor } from '../report/measurements.js'
import type { Database } from '../session/database.js'
import { runJsonProgram } from '../session/json-program.js'
import { usageOf } from '../session/processor-time.js'
import type { DriverJob, DriverOperation, DriverResult } from './driver-job.js'

const PROGRAM = 'dist-bench/bench/floors/driver.js'
/** Time that the driver may take beyond its measured time, in milliseconds. */
const EXTRA_MS = 30_000

export type DriverOptions = {
  readonly database: Database
  /** Loaded in the shape of the rivals. */
  readonly db: Db
  readonly plan: Plan
  readonly operation: DriverOperation
  readonly round: number
  readonly signal: AbortSignal
}

/** Measures the driver alone, in a process of its own. */
export async function measureDriver(options: DriverOptions): Promise<DriverFloor> {
  const { database, db, plan, operation, round, signal } = options
  const batch = operation === 'bulkWrite' ? DRIVER_BATCH : 1
  const inFlight = DRIVER_IN_FLIGHT[operation]
  const job: DriverJob = {
    mongodbUri: database.uri,
    database: db.databaseName,
    poolSize: POOL_SIZE,
    accounts: accountRange(plan.accounts),
    operation,
    batch,
    inFlight,
    ...plan.driver,
    seed: plan.seed + round,
  }
  const before = usageOf(database.pid)
  const timeoutMs = job.warmupMs + job.durationMs + EXTRA_MS
  const result = await runJsonProgram<DriverResult>({ script: PROGRAM, input: job, timeoutMs, signal })
  const after = usageOf(database.pid)
  const { updates, allUpdates, durationMs, cpuMs } = result
  return {
    round,
    operation,
    batch,
    inFlight,
    perSecond: (updates / durationMs) * 1_000,
    cpuUs: {
      client: (cpuMs / updates) * 1_000,
      ...(before && after && { mongod: ((after.cpuMs - before.cpuMs) / allUpdates) * 1_000 }),
    },
  }
}
