import { readMetrics } from '../../support/processes/metrics-page.js'
import type { ServiceProcess } from '../../support/processes/service-process.js'
import type { Problems } from '../harness/problems.js'
import type { Services } from '../harness/services.js'

/**
 * Most calls, commands or groups of a service at a time, with room to spare: between two looks, their durations can add up to no
 * more than that many times what has passed. Far less than an hour, as long as two looks are not a minute apart.
 */
const AT_A_TIME = 40
/** Longest time that may have passed before a look in what had begun by then, in milliseconds. */
const BEGUN_MS_MAX = 60_000
/** Most that an age, a lag or one duration in the log may be, in milliseconds. */
const DURATION_MS_MAX = 60_000

/** Histograms of durations, and ages and lags. */
const SUM = /^(?:grpc_server_handling|benefits_\w+|mongodb_command_duration)_seconds_sum\b/
const GAUGE = /^(?:benefits_catalog_age|benefits_oldest_unposted|nodejs_eventloop_lag\w*)_seconds\b/

/** What a service says when it is not well: none of it is true when only its clock was moved. */
const complaints = [
  'not serving: the database does not answer',
  'token rejected',
  'overloaded: calls were rejected',
] as const

type Look = { readonly atMs: number; readonly metrics: ReadonlyMap<string, number> }

/** Looks whether the services feel a step of their clocks in anything that is a duration: metrics, log, readiness. */
export class Symptoms {
  readonly #services: Services
  readonly #problems: Problems
  readonly #last = new Map<ServiceProcess, Look>()
  #looks = 0

  constructor(services: Services, problems: Problems) {
    this.#services = services
    this.#problems = problems
  }

  /** How often the metrics of a service were looked at. */
  get looks(): number {
    return this.#looks
  }

  /** Compares the metrics of every service with those of the last look, and asks whether it is ready. */
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

  /** Reads the whole logs. */
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
