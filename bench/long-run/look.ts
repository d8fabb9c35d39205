import { cpus, loadavg } from 'node:os'
import { type Usage, usageOf } from '../session/processor-time.js'
import { type Descriptors, descriptorsOf } from './descriptors.js'
import { fetchMetrics, type MetricsPage } from './metrics-page.js'

/** A service and its database at one moment. Times and counts are since they were started. */
export type Look = {
  /** In milliseconds since 1970. */
  readonly atMs: number
  readonly service: Part
  readonly mongod: Part
  readonly page: MetricsPage
  readonly machine: {
    /** Processor time of all processes, in milliseconds. */
    readonly busyMs: number
    /** Mean number of running processes in the last minute. */
    readonly loadAverage: number
  }
}

type Part = { readonly usage: Usage | undefined; readonly descriptors: Descriptors | undefined }

export type Watched = {
  readonly servicePid: number
  readonly httpPort: number
  readonly mongodPid: number
}

/** Looks at them as they are now: first from outside, so that being asked does not show. */
export async function lookAt({ servicePid, httpPort, mongodPid }: Watched): Promise<Look> {
  const outside = {
    atMs: Date.now(),
    service: partOf(servicePid),
    mongod: partOf(mongodPid),
    machine: { busyMs: busyMs(), loadAverage: loadavg()[0] ?? 0 },
  }
  return { ...outside, page: await fetchMetrics(httpPort) }
}

function partOf(pid: number): Part {
  return { usage: usageOf(pid), descriptors: descriptorsOf(pid) }
}

function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
}
