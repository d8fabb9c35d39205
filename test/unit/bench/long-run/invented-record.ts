import type { LongRunRecord } from '../../../../bench/long-run/record.js'
import type { SeriesId } from '../../../../bench/long-run/series.js'
import { Random } from '../../../../tools/random.js'

/** The value of a series at a minute of the run, with random numbers from the seed. */
export type Course = (minute: number, random: Random) => number

const ids: readonly SeriesId[] = [
  ...([
    'resident',
    'heap',
    'liveHeap',
    'liveExternal',
    'descriptors',
    'sockets',
    'unposted',
    'unpostedMs',
  ] as const),
  ...(['waiting', 'lagMs', 'collectingPercent', 'serviceCores', 'mongodCores', 'busyCores'] as const),
  ...(['loadAverage', 'mongodResident', 'mongodDescriptors', 'answered', 'failed', 'p50', 'p99'] as const),
]

const none = { count: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 }

/**
 * A run in which every series is constantly 10, except those with a given course. One sample every five
 * seconds.
 */
export function inventedRecord({
  minutes = 30,
  seed = 1,
  courses = {},
}: {
  readonly minutes?: number
  readonly seed?: number
  readonly courses?: Partial<Record<SeriesId, Course>>
}): LongRunRecord {
  const moments = Array.from({ length: minutes * 12 }, (_, index) => (index + 1) / 12)
  const columns = ids.map((id) => {
    const random = new Random(seed)
    const course = courses[id] ?? (() => 10)
    return [id, moments.map((minute) => course(minute, random))] as const
  })
  return {
    takenAt: '2026-11-28T02:00:00.000Z',
    commit: '0123456789abcdef',
    dirty: false,
    machine: { cpu: 'a processor', cores: 2, memoryBytes: 8 * 2 ** 30, system: 'Linux' },
    versions: [['Node.js', '20']],
    seed: 7,
    minutes,
    accounts: 10_000,
    capacityPerSecond: 2_000,
    ratePerSecond: 1_400,
    load: {
      sent: 2_520_000,
      decided: 2_268_000,
      errors: [],
      late: 0,
      latency: none,
      renewals: { connections: 24, resent: 3 },
    },
    rest: { before: { descriptors: 30, unposted: 0 }, after: { descriptors: 30, unposted: 0 } },
    verified: { accounts: 10_000, entries: 2_318_000, seconds: 100 },
    clocks: { looks: moments, windows: moments },
    // Every id has its column.
    series: Object.fromEntries(columns) as unknown as LongRunRecord['series'],
    missedLooks: 0,
    problems: [],
  }
}

/** From 0 up to 1, mostly in the middle: the mean of a few random numbers. */
export function bell(random: Random): number {
  return (random.next() + random.next() + random.next() + random.next()) / 4
}
