import type { TimeWindow } from '../load/result.js'
import type { Look } from './look.js'
import { sumOf } from './metrics-page.js'

const MEBIBYTE = 2 ** 20
const MINUTE_MS = 60_000

/** A value of the time between two looks; undefined where the system does not tell. */
type OfLook = (now: Look, before: Look) => number | undefined
type OfWindow = (window: TimeWindow) => number

const ofLooks = {
  resident: ({ service }) => mebibytes(service.usage?.rssBytes),
  heap: ({ page }) => mebibytes(sumOf(page, 'nodejs_heap_size_used_bytes')),
  liveHeap: ({ page }) => mebibytes(sumOf(page, 'benefits_heap_used_after_gc_bytes')),
  liveExternal: ({ page }) => mebibytes(sumOf(page, 'benefits_external_used_after_gc_bytes')),
  descriptors: ({ service }) => service.descriptors?.open,
  sockets: ({ service }) => service.descriptors?.sockets,
  unposted: ({ page }) => sumOf(page, 'benefits_unposted_entries'),
  unpostedMs: ({ page }) => sumOf(page, 'benefits_oldest_unposted_seconds') * 1_000,
  waiting: ({ page }) => sumOf(page, 'benefits_waiting_requests'),
  lagMs: ({ page }) => sumOf(page, 'nodejs_eventloop_lag_p99_seconds') * 1_000,
  collectingPercent: (now, before) => (collectedMs(now) - collectedMs(before)) / percentOf(now, before),
  serviceCores: (now, before) => cores(now.service.usage?.cpuMs, before.service.usage?.cpuMs, now, before),
  mongodCores: (now, before) => cores(now.mongod.usage?.cpuMs, before.mongod.usage?.cpuMs, now, before),
  busyCores: (now, before) => cores(now.machine.busyMs, before.machine.busyMs, now, before),
  loadAverage: ({ machine }) => machine.loadAverage,
  mongodResident: ({ mongod }) => mebibytes(mongod.usage?.rssBytes),
  mongodDescriptors: ({ mongod }) => mongod.descriptors?.open,
} satisfies Readonly<Record<string, OfLook>>

const ofWindows = {
  answered: ({ answered, durationMs }) => (answered / durationMs) * 1_000,
  failed: ({ rejected, durationMs }) => (rejected / durationMs) * 1_000,
  p50: ({ latency }) => latency.p50,
  p99: ({ latency }) => latency.p99,
} satisfies Readonly<Record<string, OfWindow>>

export type SeriesId = keyof typeof ofLooks | keyof typeof ofWindows

/** `looks` are moments at which the service was looked at, `windows` the ends of parts of the load. */
export type Clock = 'looks' | 'windows'

/** Values over time. */
export type SeriesRecord = {
  /** What was seen over time, each with a value for each moment of its clock; null where there is none. */
  readonly series: Readonly<Record<SeriesId, readonly (number | null)[]>>
  /** Moments in minutes since the load began. */
  readonly clocks: Readonly<Record<Clock, readonly number[]>>
}

/** On whose clock a series is. */
function clockOf(id: SeriesId): Clock {
  return id in ofWindows ? 'windows' : 'looks'
}

export type Seen = { readonly looks: readonly Look[]; readonly windows: readonly TimeWindow[] }

/** Returns a value for each time between two looks that has a part of the load in it, and for each window of the load. */
export function seriesOf({ looks, windows }: Seen): SeriesRecord {
  const startedAtMs = windows[0]?.startedAtMs ?? 0
  const last = windows.at(-1)
  const endedAtMs = last ? endOf(last) : 0
  const pairs = looks.flatMap((now, index) => {
    const before = looks[index - 1]
    return before && now.atMs > startedAtMs && before.atMs < endedAtMs ? [{ now, before }] : []
  })
  const minutes = (atMs: number) => rounded((atMs - startedAtMs) / MINUTE_MS)
  const seen = Object.entries<OfLook>(ofLooks).map(
    ([id, of]) => [id, pairs.map(({ now, before }) => roundedOrNull(of(now, before)))] as const,
  )
  const inWindows = Object.entries<OfWindow>(ofWindows).map(
    ([id, of]) => [id, windows.map((window) => rounded(of(window)))] as const,
  )
  // With each id of both tables.
  const columns: Readonly<Record<string, readonly (number | null)[]>> = Object.fromEntries([
    ...seen,
    ...inWindows,
  ])
  return {
    clocks: {
      looks: pairs.map(({ now }) => minutes(now.atMs)),
      windows: windows.map((window) => minutes(endOf(window))),
    },
    series: columns as SeriesRecord['series'],
  }
}

/** The values of a series that there are, by the minute. */
export function pointsOf(
  { series, clocks }: SeriesRecord,
  id: SeriesId,
): readonly { readonly x: number; readonly y: number }[] {
  const moments = clocks[clockOf(id)]
  return series[id].flatMap((y, index) => {
    const x = moments[index]
    return y === null || x === undefined ? [] : [{ x, y }]
  })
}

function collectedMs({ page }: Look): number {
  return sumOf(page, 'nodejs_gc_duration_seconds_sum') * 1_000
}

/** A hundredth of the time between two looks, in milliseconds. */
function percentOf(now: Look, before: Look): number {
  return (now.atMs - before.atMs) / 100
}

function cores(
  cpuMs: number | undefined,
  cpuMsBefore: number | undefined,
  now: Look,
  before: Look,
): number | undefined {
  if (cpuMs === undefined || cpuMsBefore === undefined) return undefined
  return (cpuMs - cpuMsBefore) / (now.atMs - before.atMs)
}

function mebibytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / MEBIBYTE
}

function endOf({ startedAtMs, durationMs }: TimeWindow): number {
  return startedAtMs + durationMs
}

function roundedOrNull(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : rounded(value)
}

/** To four digits that count: what is kept is to be small. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
