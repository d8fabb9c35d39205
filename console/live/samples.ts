import type { Activity } from '../api/messages.js'
import { approves } from '../decision/steps.js'

/** Longest and shortest period of the charts, in milliseconds. */
const WINDOW_MS_MAX = 600_000
const WINDOW_MS_MIN = 60_000
/** Period of a rate or a percentile, in milliseconds. */
const SPAN_MS = 10_000

/** The counters of the process at one time. */
type Sample = {
  readonly atMs: number
  readonly startTime: string
  readonly approved: number
  readonly declined: number
  readonly byReason: ReadonlyMap<string, number>
  /** Calls of Authorize that took at most so many milliseconds; the last bound is Infinity. */
  readonly latencies: readonly (readonly [atMostMs: number, count: number])[]
}

/** One point of the charts. */
export type Point = {
  readonly atMs: number
  readonly approvedPerSecond: number
  readonly declinedPerSecond: number
  /** Undefined while no call has ended. */
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
}

/** The samples of the last ten minutes, oldest first, of one process. */
export type Samples = readonly Sample[]

/** Adds the latest counters. Another process, or a restarted one, starts over. */
export function withSample(samples: Samples, activity: Activity): Samples {
  const sample = sampleOf(activity)
  const kept = samples.filter(
    ({ atMs, startTime }) => atMs > sample.atMs - WINDOW_MS_MAX && startTime === sample.startTime,
  )
  return [...kept, sample]
}

/** The period of the charts, which grows with the samples. */
export function windowOf(samples: Samples): { readonly fromMs: number; readonly untilMs: number } {
  const untilMs = samples.at(-1)?.atMs ?? 0
  const spanMs = Math.min(Math.max(untilMs - (samples[0]?.atMs ?? 0), WINDOW_MS_MIN), WINDOW_MS_MAX)
  return { fromMs: untilMs - spanMs, untilMs }
}

/** Rates and percentiles at each sample but the first. */
export function pointsOf(samples: Samples): readonly Point[] {
  return samples.slice(1).flatMap((now, index) => {
    // The oldest sample within the span, so that a point is the mean over some seconds.
    const before = samples.slice(0, index + 1).find(({ atMs }) => atMs >= now.atMs - SPAN_MS)
    if (before === undefined || before.atMs === now.atMs) return []
    const seconds = (now.atMs - before.atMs) / 1_000
    return [
      {
        atMs: now.atMs,
        approvedPerSecond: (now.approved - before.approved) / seconds,
        declinedPerSecond: (now.declined - before.declined) / seconds,
        p50Ms: percentile(before, now, 0.5),
        p99Ms: percentile(before, now, 0.99),
      },
    ]
  })
}

/** Decisions by reason since the first sample, most frequent first. */
export function reasonsSince(samples: Samples): readonly (readonly [reason: string, count: number])[] {
  const [first] = samples
  const last = samples.at(-1)
  if (!first || !last) return []
  return [...last.byReason]
    .map(([reason, count]) => [reason, count - (first.byReason.get(reason) ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one)
}

function sampleOf({ readTime, startTime = '', decisions = [], latencies = [] }: Activity): Sample {
  const byReason = new Map<string, number>()
  let [approved, declined] = [0, 0]
  for (const { kind, reason, count = '0' } of decisions) {
    if (kind !== 'TRANSACTION_KIND_AUTHORIZATION') continue
    const name = reason.replace(/^REASON_/, '')
    byReason.set(name, (byReason.get(name) ?? 0) + Number(count))
    if (approves(name)) approved += Number(count)
    else declined += Number(count)
  }
  return {
    atMs: Date.parse(readTime),
    startTime,
    approved,
    declined,
    byReason,
    latencies: latencies.map(({ atMostUs, count = '0' }) => [
      atMostUs === undefined ? Number.POSITIVE_INFINITY : Number(atMostUs) / 1_000,
      Number(count),
    ]),
  }
}

/** The bound below which this share of the calls between two samples ended. */
function percentile(before: Sample, now: Sample, share: number): number | undefined {
  const counts = now.latencies.map(
    ([atMostMs, count], index) => [atMostMs, count - (before.latencies[index]?.[1] ?? 0)] as const,
  )
  const total = counts.at(-1)?.[1] ?? 0
  if (total <= 0) return undefined
  const wanted = total * share
  const at = counts.findIndex(([, count]) => count >= wanted)
  const [upper, reached] = counts[at] ?? [undefined, 0]
  const [lower, below] = counts[at - 1] ?? [0, 0]
  if (upper === undefined || upper === Number.POSITIVE_INFINITY) return lower
  return lower + ((upper - lower) * (wanted - below)) / Math.max(reached - below, 1)
}
