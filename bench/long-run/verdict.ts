import type { LongRunRecord } from './record.js'
import { pointsOf, type SeriesId } from './series.js'
import { gistOf, middleOf, type Point, slopeOf } from './trend.js'

/** Minutes at the start that are not judged: what is compiled, cached and pooled is growing then. At most a third of the run. */
const WARMING_MINUTES_MAX = 5
/** Stretches of a run of which one value is taken each. */
const STRETCHES = 60
/** Shorter runs show no slope: they are over before the service has settled. */
const JUDGED_MINUTES_MIN = 6

/** What must not rise. */
export type Judged = {
  readonly id: SeriesId
  readonly title: string
  readonly unit: string
  /** What it may grow by in a run, as a share of what it is in the middle, and in any case. */
  readonly tolerance: { readonly share: number; readonly least: number }
}

/** Everything that must not rise, in the order of the report. */
export const judged: readonly Judged[] = [
  { id: 'resident', title: 'memory, resident', unit: 'MiB', tolerance: { share: 0.1, least: 0 } },
  { id: 'liveHeap', title: 'heap after a collection', unit: 'MiB', tolerance: { share: 0.1, least: 5 } },
  { id: 'liveExternal', title: 'buffers after one', unit: 'MiB', tolerance: { share: 0.1, least: 5 } },
  { id: 'descriptors', title: 'open descriptors', unit: '', tolerance: { share: 0, least: 2 } },
  { id: 'unposted', title: 'unposted entries', unit: '', tolerance: { share: 0.5, least: 50 } },
  {
    id: 'unpostedMs',
    title: 'age of the oldest of them',
    unit: 'ms',
    tolerance: { share: 0.5, least: 50 },
  },
  { id: 'waiting', title: 'waiting requests', unit: '', tolerance: { share: 0.5, least: 10 } },
  {
    id: 'lagMs',
    title: 'event loop, p99 of the delay',
    unit: 'ms',
    tolerance: { share: 0.5, least: 5 },
  },
  { id: 'p50', title: 'latency, p50', unit: 'ms', tolerance: { share: 0.5, least: 1 } },
  { id: 'p99', title: 'latency, p99', unit: 'ms', tolerance: { share: 0.5, least: 5 } },
]

export type Verdict = {
  /** In the middle of the judged time. */
  readonly middle: number
  /** What it grows by in a run as long as this one, at the slope that it has; below 0 when it falls. */
  readonly growth: number
  /** What it may grow by. */
  readonly allowed: number
  readonly isRising: boolean
  /** The slope as a line, from the start of the judged time to the end. */
  readonly line: readonly [Point, Point]
}

/** From when on a run is judged, in minutes since its start. */
export function judgedFrom(minutes: number): number {
  return Math.min(WARMING_MINUTES_MAX, minutes / 3)
}

/** Whether something rises; undefined when the run was too short to tell. */
export function verdictOn(record: LongRunRecord, { id, tolerance }: Judged): Verdict | undefined {
  const { minutes } = record
  if (!isJudged(record)) return undefined
  const from = judgedFrom(minutes)
  const points = pointsOf(record, id).filter(({ x }) => x >= from)
  const values = gistOf(points, { length: minutes / STRETCHES })
  const slope = slopeOf(values)
  const middle = middleOf(values.map(({ y }) => y))
  if (slope === undefined || middle === undefined) return undefined
  const growth = slope * minutes
  const allowed = Math.max(tolerance.share * middle, tolerance.least)
  const start = middleOf(values.map(({ x, y }) => y - slope * (x - from))) ?? middle
  const end = start + slope * (minutes - from)
  return {
    middle,
    growth,
    allowed,
    isRising: growth > allowed,
    line: [
      { x: from, y: start },
      { x: minutes, y: end },
    ],
  }
}

/** One sentence for everything that rises. */
export function slopesIn(record: LongRunRecord): readonly string[] {
  return judged.flatMap((each) => {
    const verdict = verdictOn(record, each)
    if (!verdict?.isRising) return []
    const [growth, allowed] = [verdict.growth, verdict.allowed].map((value) => value.toFixed(1))
    return [
      `${each.title}: grows by ${growth} ${each.unit} in the run, and may by ${allowed}`.replace('  ', ' '),
    ]
  })
}

/** Whether a run of that many minutes is judged. */
export function isJudged({ minutes }: Pick<LongRunRecord, 'minutes'>): boolean {
  return minutes >= JUDGED_MINUTES_MIN
}
