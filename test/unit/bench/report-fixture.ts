import { Histogram } from '../../../bench/load/histogram.js'
import type { LoadResult } from '../../../bench/load/result.js'
import type { Measurements, Run, Scenario, Side } from '../../../bench/report/measurements.js'
import { Random } from '../../../tools/random.js'

const sides: readonly Side[] = [
  { id: 'echo', name: 'gRPC echo', kind: 'floor', what: 'Answers & does nothing else.' },
  { id: 'bare', name: 'bare update', kind: 'floor', what: 'One update | no ledger.' },
  { id: 'revision', name: 'revision check', kind: 'rival', what: 'Reads, then writes.' },
  { id: 'lock', name: 'lock document', kind: 'rival', what: 'Locks.' },
  { id: 'queue', name: 'in-process queue', kind: 'rival', what: 'Queues.' },
  { id: 'transaction', name: 'transaction', kind: 'rival', what: 'Multi-document transaction.' },
  { id: 'wallets', name: 'update per wallet', kind: 'rival', what: 'One update for each wallet.' },
  { id: 'ours', name: 'this service', kind: 'ours', what: 'Groups.' },
]

const speeds: Readonly<Record<string, number>> = {
  echo: 9_800,
  bare: 1_900,
  revision: 830,
  lock: 520,
  queue: 900,
  transaction: 410,
  wallets: 980,
  ours: 5_200,
}

const closed = (group: 'throughput' | 'hot', mode: 'unary' | 'stream', callers: number): Scenario => ({
  id: `${group}-${mode}-${callers}`,
  group,
  title: `${callers} callers${mode === 'stream' ? ', stream' : ''}`,
  mode,
  load: { type: 'closed', callers },
  accounts: 10_000,
})

const beside = (name: string, title: string): Scenario => ({
  id: `beside-${name}`,
  group: 'beside',
  title,
  mode: 'unary',
  load: { type: 'open', ratePerSecond: 100 },
  accounts: 10_000,
})

const open = (group: 'latency' | 'overload' | 'size', name: string, ratePerSecond: number): Scenario => ({
  id: `${group}-unary-${name}`,
  group,
  title: name === 'common' ? 'a rate that all can carry' : `${name} % of capacity`,
  mode: 'unary',
  load: { type: 'open', ratePerSecond },
  accounts: 10_000,
})

const rail = (name: string, load: Scenario['load']): Scenario => ({
  id: `rail-${name}`,
  group: 'rail',
  title: name,
  mode: 'unary',
  load,
  accounts: 2_000,
})

const callers = [1, 8, 32, 128, 256]
const scenarios: readonly Scenario[] = [
  ...callers.map((number) => closed('throughput', 'unary', number)),
  ...callers.map((number) => closed('throughput', 'stream', number)),
  closed('hot', 'unary', 128),
  open('latency', '50', 2_600),
  open('latency', '70', 3_640),
  open('latency', 'common', 290),
  ...[50, 70, 90, 100, 150, 200].map((percent) => open('overload', String(percent), 52 * percent)),
  open('size', '50', 2_600),
  beside('quiet', 'nothing else'),
  beside('credits', 'BatchCredit at full speed'),
  ...['purchase', 'hold'].map((name) => rail(name, { type: 'closed', callers: 128 })),
  ...['quiet', 'expiry'].map((name) => rail(name, { type: 'open', ratePerSecond: 100 })),
]

/** A result with these figures. Latencies are spread evenly from 0.5 to 1.5 times the median, with a tail. */
export function result(figures: {
  readonly perSecond: number
  readonly medianMs: number
  readonly rejectedPerSecond?: number
  readonly offeredPerSecond?: number
}): LoadResult {
  const { perSecond, medianMs, rejectedPerSecond = 0, offeredPerSecond = perSecond } = figures
  const histogram = new Histogram()
  const random = new Random(1)
  for (let count = 0; count < 500; count++) {
    const tail = count % 100 === 0 ? 4 * random.next() : 0
    histogram.record(medianMs * (0.5 + random.next() + tail * tail))
  }
  const answered = perSecond * 4
  const none = new Histogram().figures()
  return {
    measured: {
      durationMs: 4_000,
      offered: offeredPerSecond * 4,
      answered,
      rejected: rejectedPerSecond * 4,
      perSecond,
      late: 0,
      unsent: 0,
      latency: histogram.figures(),
      latencyBuckets: histogram.buckets(),
    },
    whole: {
      sent: answered + rejectedPerSecond * 4,
      ids: answered,
      decided: answered,
      outcomes: [{ code: '00', reason: 'APPROVED', category: 'FOOD', replayed: false, count: answered }],
      errors: [{ status: 'RESOURCE_EXHAUSTED', count: rejectedPerSecond * 4, message: '' }],
      approved: { count: answered, centavos: '1' },
      approvedByCategory: {},
      unknown: { count: 0, centavos: '0', ids: [] },
      decidedTwice: 0,
      contradicted: 0,
      unexpected: { count: 0, first: undefined },
    },
    generator: { cpuMs: 40, cpuUsPerCall: 9, sendDelay: none },
  }
}

function measuredOf({ load, group, mode }: Scenario, side: Side, wobble: number): LoadResult | undefined {
  const speed = (speeds[side.id] ?? 0) * wobble
  if (mode === 'stream' && side.id !== 'ours' && side.id !== 'echo') return undefined
  if (load.type === 'closed') {
    const hot = group === 'hot' && side.kind === 'rival' ? 0.15 : 1
    const perSecond = Math.round(
      speed * hot * (1 - Math.exp(-load.callers / 20)) * (mode === 'stream' ? 1.6 : 1),
    )
    return result({ perSecond, medianMs: (load.callers * 1_000) / perSecond })
  }
  if (side.kind !== 'ours' && (group !== 'latency' || load.ratePerSecond > 300)) return undefined
  if (side.id === 'echo') return undefined
  const perSecond = Math.min(load.ratePerSecond, speed)
  const medianMs = (2_500 / speed) * (load.ratePerSecond > speed * 0.95 ? 40 : 4)
  return result({
    perSecond: Math.round(perSecond),
    medianMs,
    offeredPerSecond: load.ratePerSecond,
    rejectedPerSecond: Math.round(load.ratePerSecond - perSecond),
  })
}

function runs(): readonly Run[] {
  const random = new Random(5)
  return [1, 2, 3].flatMap((round) =>
    scenarios.flatMap((scenario) =>
      sides.flatMap((side) => {
        const measured = measuredOf(scenario, side, 0.9 + 0.2 * random.next())
        if (!measured) return []
        const calm = { loadAverage: 0.5, busyShare: 0.02 }
        const cpuMs = { service: 800, mongod: 600 }
        const run = {
          round,
          scenario: scenario.id,
          side: side.id,
          result: measured,
          discrepancies: [],
          calm,
          cpuMs,
        }
        return [{ ...run, rssBytesMax: 150 * 1024 ** 2 }]
      }),
    ),
  )
}

/** Invented but complete: eight sides, all groups of scenarios, three rounds. */
export function invented(): Measurements {
  return { ...withoutRuns(), runs: runs() }
}

/** The same before any run. */
export function withoutRuns(): Measurements {
  const at = (scenario: string, side: string) => ({ scenario, side })
  return {
    takenAt: '2026-11-23T22:00:00.000Z',
    commit: '0123abc',
    dirty: false,
    machine: { cpu: 'A processor', cores: 2, memoryBytes: 8 * 1024 ** 3, system: 'Linux 6.1' },
    versions: [
      ['Node.js', '20.20.2'],
      ['MongoDB', '8.2.0'],
    ],
    sides,
    scenarios,
    runs: [],
    goals: [
      {
        id: 'challenge',
        title: 'p99 with 256 callers, in milliseconds',
        figure: 'p99',
        of: at('throughput-unary-256', 'ours'),
        bound: { atMost: 100 },
      },
      {
        id: 'throughput',
        title: 'decisions per second with 256 callers, over one update for each wallet',
        figure: 'perSecond',
        of: at('throughput-unary-256', 'ours'),
        over: at('throughput-unary-256', 'wallets'),
        bound: { atLeast: 4 },
      },
      {
        id: 'hot-throughput',
        title: 'decisions per second on one account, over those on many',
        figure: 'perSecond',
        of: at('hot-unary-128', 'ours'),
        over: at('throughput-unary-128', 'ours'),
        bound: { atLeast: 1.4 },
      },
      {
        id: 'latency',
        title: 'p99 at half of the capacity, in milliseconds',
        figure: 'p99',
        of: at('latency-unary-50', 'ours'),
        bound: { atMost: 10 },
      },
    ],
    loading: [
      { accounts: 1_000_000, entries: 4_000_000, seconds: 81, verifiedAccounts: 2_000, discrepancies: 0 },
    ],
  }
}
