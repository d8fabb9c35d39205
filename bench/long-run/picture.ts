import { numberText } from '../report/number-text.js'
import type { Line } from '../report/panel.js'
import { linearScale, type Scale } from '../report/scale.js'
import { smallMultiples, type TitledPanel } from '../report/small-multiples.js'
import type { LongRunRecord } from './record.js'
import { pointsOf, type SeriesId } from './series.js'
import { judged, verdictOn } from './verdict.js'

const COLOURS = ['#0b6e4f', '#0072b2', '#d55e00']
const SLOPE = { color: '#c0392b', isBold: false, dash: '6 4' }
/** Steps of an axis of a small panel. */
const STEPS = 4

type Shown = { readonly title: string; readonly lines: readonly (readonly [name: string, id: SeriesId])[] }

/** What is in the picture, panel by panel. */
const shown: readonly Shown[] = [
  { title: 'Latency, p50, ms', lines: [['p50', 'p50']] },
  { title: 'Latency, p99, ms', lines: [['p99', 'p99']] },
  {
    title: 'Calls a second',
    lines: [
      ['answered', 'answered'],
      ['failed', 'failed'],
    ],
  },
  { title: 'Event loop: p99 of the delay of a timer, ms', lines: [['delay', 'lagMs']] },
  {
    title: 'Memory of the service, MiB',
    lines: [
      ['resident', 'resident'],
      ['heap', 'heap'],
    ],
  },
  {
    title: 'Right after a major collection, MiB',
    lines: [
      ['heap', 'liveHeap'],
      ['buffers', 'liveExternal'],
    ],
  },
  {
    title: 'Open descriptors',
    lines: [
      ['service', 'descriptors'],
      ['sockets', 'sockets'],
      ['mongod', 'mongodDescriptors'],
    ],
  },
  { title: 'Unposted entries', lines: [['entries', 'unposted']] },
  { title: 'Age of the oldest unposted entry, ms', lines: [['age', 'unpostedMs']] },
  { title: 'Waiting requests', lines: [['waiting', 'waiting']] },
  { title: 'Time for collecting garbage, %', lines: [['share', 'collectingPercent']] },
  {
    title: 'Processors in use',
    lines: [
      ['all', 'busyCores'],
      ['service', 'serviceCores'],
      ['mongod', 'mongodCores'],
    ],
  },
  { title: 'Memory of mongod, MiB (its cache fills with data)', lines: [['resident', 'mongodResident']] },
  { title: 'Load average of the machine, 1 minute', lines: [['load', 'loadAverage']] },
]

/** Everything over time, a panel for each quantity, and in it the slopes that were judged. */
export function pictureOf(record: LongRunRecord): string {
  const { minutes, ratePerSecond, capacityPerSecond, load, accounts } = record
  const rate = `${numberText(ratePerSecond)} requests a second, ${percentOf(record)} % of ${numberText(capacityPerSecond)}`
  return smallMultiples({
    title: `${numberText(minutes)} minutes under load`,
    subtitle: `${rate}; ${load.sent.toLocaleString('en-US')} in all, to ${accounts.toLocaleString('en-US')} accounts. Minutes from left to right; dashed: the slope that is judged`,
    panels: shown.map((each) => panelOf(record, each)),
  })
}

/** The rate as a part of the capacity, in percent. */
export function percentOf({ ratePerSecond, capacityPerSecond }: LongRunRecord): number {
  return Math.round((ratePerSecond / capacityPerSecond) * 100)
}

function panelOf(record: LongRunRecord, { title, lines }: Shown): TitledPanel {
  const drawn = lines.map(([name, id], index) => lineOf(record, id, { name, color: COLOURS[index] ?? '' }))
  const slopes = lines.flatMap(([, id]) => slopeLine(record, id))
  const largest = Math.max(0, ...[...drawn, ...slopes].flatMap(({ points }) => points.map(({ y }) => y)))
  return {
    title,
    xLabel: '',
    yLabel: '',
    x: upTo(record.minutes),
    y: linearScale(largest, STEPS),
    lines: [...drawn, ...slopes],
  }
}

/** Minutes, up to the end of the run and no further. */
function upTo(minutes: number): Scale {
  const { ticks } = linearScale(minutes)
  return { at: (value) => value / minutes, ticks: ticks.filter(({ value }) => value <= minutes) }
}

function lineOf(
  record: LongRunRecord,
  id: SeriesId,
  { name, color }: { readonly name: string; readonly color: string },
): Line {
  return { name, look: { color, isBold: false, dash: '' }, isPlain: true, points: pointsOf(record, id) }
}

function slopeLine(record: LongRunRecord, id: SeriesId): readonly Line[] {
  const each = judged.find((one) => one.id === id)
  const verdict = each && verdictOn(record, each)
  return verdict ? [{ name: '', look: SLOPE, isPlain: true, points: verdict.line }] : []
}
