import { readMetrics } from '../../support/processes/metrics-page.js'
import type { ServiceProcess } from '../../support/processes/service-process.js'
import type { Problems } from '../harness/problems.js'
import type { Services } from '../harness/services.js'

/**
 * Most concurrent calls, commands or groups of a service, with a margin. Between two checks, their durations
 * can add up to at most so many times the elapsed time. With less than a minute between checks that is far
 * less than an hour.
 */
const AT_A_TIME = 40
/** Longest time before a check at which unfinished work may have begun, in milliseconds. */
const BEGUN_MS_MAX = 60_000
/** Largest age, lag or duration in the log, in milliseconds. */
const DURATION_MS_MAX = 60_000

/** Histograms of durations, and gauges of ages and lags. */
const SUM = /^(?:grpc_server_handling|benefits_\w+|mongodb_command_duration)_seconds_sum\b/
const GAUGE = /^(?:benefits_catalog_age|benefits_oldest_unposted|nodejs_eventloop_lag\w*)_seconds\b/

/** Log events of an unhealthy service. None may follow from a moved clock. */
const complaints = [
  'not serving: the database does not answer',
  'token rejected',
  'overloaded: calls were rejected',
] as const

type Look = { readonly atMs: number; readonly metrics: ReadonlyMap<string, number> }

/**
 * Checks whether a clock step affects any duration in the metrics, the log and the readiness of the services.
 */
export class Symptoms {
  readonly #services: Services
  readonly #problems: Problems
  readonly #last = new Map<ServiceProcess, Look>()
  #looks = 0

  constructor(services: Services, problems: Problems) {
    this.#services = services
    this.#problems = problems
  }

  /** Number of checks of the metrics of a service. */
  get looks(): number {
    return this.#looks
  }

  /** Compares the metrics of every service with those of the last check, and checks that it is ready. */
  async look(after: string): Promise<void> {
    for (const [place, { service }] of this.#services.all.entries()) {
      const { ok } = await fetch(`${service.httpUrl}/readyz`)
      if (!ok) this.#found(`after ${after} service ${place} is not ready`)
      const look = { atMs: performance.now(), metrics: await readMetrics(service.httpUrl) }
      const before = this.#last.get(service)
      if (before) this.#compare(`after ${after}, service ${place}`, before, look)
      this.#last.set(service, look)
      this.#looks += 1
    }
  }

  /** Reads the complete logs. */
  readLogs(): void {
    for (const [place, { service }] of this.#services.all.entries()) {
      for (const { event, durationMs } of service.events) {
        if (complaints.some((complaint) => complaint === event)) this.#found(`service ${place}: ${event}`)
        if (durationMs === undefined || isShort(Number(durationMs))) continue
        this.#found(`service ${place}: ${event} took ${durationMs} ms`)
      }
    }
  }

  #compare(where: string, before: Look, now: Look): void {
    const secondsMax = ((now.atMs - before.atMs + BEGUN_MS_MAX) / 1_000) * AT_A_TIME
    for (const [sample, value] of now.metrics) {
      if (GAUGE.test(sample) && !isShort(value * 1_000)) this.#found(`${where}: ${sample} is ${value}`)
      if (!SUM.test(sample)) continue
      const added = value - (before.metrics.get(sample) ?? 0)
      if (added < 0 || added > secondsMax) this.#found(`${where}: ${sample} has grown by ${added}`)
    }
  }

  #found(detail: string): void {
    this.#problems.found({ kind: 'TIME', detail })
  }
}

function isShort(ms: number): boolean {
  return ms >= 0 && ms <= DURATION_MS_MAX
}
