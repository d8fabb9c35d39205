import { type Line, type Panel, svgOf } from '../report/chart.js'
import { numberText } from '../report/markdown.js'
import { linearScale } from '../report/scale.js'
import type { LongRunRecord } from './record.js'
import { pointsOf, type SeriesId } from './series.js'
import { judged, verdictOn } from './verdict.js'

const COLOURS = ['#0b6e4f', '#0072b2', '#d55e00']
const SLOPE = { color: '#c0392b', isBold: false, dash: '6 4' }
/** Steps of an axis of a small panel. */
const STEPS = 4

type Shown = readonly [title: string, ...lines: (readonly [name: string, id: SeriesId])[]]

/** The panels of the picture, and the series in each. */
const shown: readonly Shown[] = [
  ['Latency, p50, ms', ['p50', 'p50']],
  ['Latency, p99, ms', ['p99', 'p99']],
  ['Calls a second', ['answered', 'answered'], ['failed', 'failed']],
  ['Event loop: p99 of the delay of a timer, ms', ['delay', 'lagMs']],
  ['Memory of the service, MiB', ['resident', 'resident'], ['heap', 'heap']],
  ['Right after a major collection, MiB', ['heap', 'liveHeap'], ['buffers', 'liveExternal']],
  ['Open descriptors', ['service', 'descriptors'], ['sockets', 'sockets'], ['mongod', 'mongodDescriptors']],
  ['Unposted entries', ['entries', 'unposted']],
  ['Age of the oldest unposted entry, ms', ['age', 'unpostedMs']],
  ['Waiting requests', ['waiting', 'waiting']],
  ['Time for collecting garbage, %', ['share', 'collectingPercent']],
  ['Processors in use', ['all', 'busyCores'], ['service', 'serviceCores'], ['mongod', 'mongodCores']],
  ['Memory of mongod, MiB (its cache fills with data)', ['resident', 'mongodResident']],
  ['Load average of the machine, 1 minute', ['load', 'loadAverage']],
]

/** Everything over time as SVG: a panel for each quantity, with the slopes that were judged. */
export function pictureOf(record: LongRunRecord): string {
  const { minutes, ratePerSecond, capacityPerSecond, load, accounts } = record
  const rate = `${numberText(ratePerSecond)} requests a second, ${percentOf(record)} % of ${numberText(capacityPerSecond)}`
  return svgOf({
    title: `${numberText(minutes)} minutes under load`,
    subtitle: `${rate}; ${load.sent.toLocaleString('en-US')} in all, to ${accounts.toLocaleString('en-US')} accounts. Minutes from left to right; dashed: the slope that is judged`,
    panels: shown.map((panel) => panelOf(record, panel)),
    columns: 2,
  })
}

/** The rate as a part of the capacity, in percent. */
export function percentOf({ ratePerSecond, capacityPerSecond }: LongRunRecord): number {
  return Math.round((ratePerSecond / capacityPerSecond) * 100)
}

function panelOf(record: LongRunRecord, [title, ...series]: Shown): Panel {
  const { minutes } = record
  const measured = series.map(([name, id], index): Line => {
    const look = { color: COLOURS[index] ?? '', isBold: false, dash: '' }
    return { name, look, isPlain: true, points: pointsOf(record, id) }
  })
  const lines = [...measured, ...series.flatMap(([, id]) => slopeLine(record, id))]
  const largest = Math.max(0, ...lines.flatMap(({ points }) => points.map(({ y }) => y)))
  // Minutes up to the end of the run, and no further.
  const ticks = linearScale(minutes).ticks.filter(({ value }) => value <= minutes)
  return { title, x: { at: (value) => value / minutes, ticks }, y: linearScale(largest, STEPS), lines }
}

function slopeLine(record: LongRunRecord, id: SeriesId): readonly Line[] {
  const each = judged.find((one) => one.id === id)
  const verdict = each && verdictOn(record, each)
  return verdict ? [{ name: '', look: SLOPE, isPlain: true, points: verdict.line }] : []
}
