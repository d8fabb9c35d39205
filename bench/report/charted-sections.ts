import { mergedBuckets, percentileMs } from '../load/histogram.js'
import type { HistogramBuckets } from '../load/result.js'
import type { Line, Point } from './chart.js'
import { ratioOf } from './figures.js'
import { type GoalOutcome, goalOutcomes } from './goal-outcome.js'
import { numberText, spreadText, type Table, timesText } from './markdown.js'
import type { Goal, Measurements, Run } from './measurements.js'
import {
  type Column,
  figureCell,
  type Group,
  groupedBy,
  type MeasuredPlace,
  over,
  placeColumn,
  placesIn,
  spreadIn,
} from './places.js'
import { countAxis, pointScale } from './scale.js'
import { type ChartPart, type Section, tableOf } from './section.js'
import type { Spread } from './spread.js'

/** The goals, and what was reached. */
export function goalsSection(measurements: Measurements): Section | undefined {
  const outcomes = goalOutcomes(measurements)
  if (outcomes.length === 0) return undefined
  const met = outcomes.filter(({ isMet }) => isMet).length
  const columns: readonly Column<GoalOutcome>[] = [
    ['goal', ({ goal }) => goal.title],
    ['bound', ({ goal }) => boundText(goal)],
    [
      'reached: median (fastest and slowest round)',
      ({ goal, reached }) => spreadText(reached, goal.over ? timesText : numberText),
    ],
    ['rounds', ({ reached }) => String(reached?.rounds ?? 0)],
    ['met', metText],
  ]
  return {
    title: 'Goals',
    parts: [
      `${met} of ${outcomes.length} goals are met. A goal is met when the median of the rounds is within its bound.`,
      tableOf(columns, outcomes),
    ],
  }
}

function metText({ reached, isMet, isMetAlways }: GoalOutcome): string {
  if (!reached) return 'not measured'
  if (!isMet) return 'no'
  return isMetAlways ? 'yes' : 'yes, but not in every round'
}

function boundText({ bound, over: divisor }: Goal): string {
  const text = divisor ? timesText : numberText
  return 'atLeast' in bound ? `at least ${text(bound.atLeast)}` : `at most ${text(bound.atMost)}`
}

/** Decisions per second by callers over many accounts, of every side. */
export function throughputSection(measurements: Measurements): Section | undefined {
  const places = placesIn(measurements, ({ group, load }) => group === 'throughput' && load.type === 'closed')
  if (places.length === 0) return undefined
  // Modes one after another, in each the sides in their order.
  const sides = groupedBy(places, ({ name }) => name)
  const ours = measurements.sides.find(({ kind }) => kind === 'ours')
  const others = sides.filter(({ first }) => first.side !== ours && first.scenario.mode === 'unary')
  const ratio = ({ scenario, side }: MeasuredPlace) =>
    spreadText(ours && ratioOf(measurements, ratioPlaces(scenario.id, ours.id, side.id)), timesText)
  return {
    title: 'Throughput',
    parts: [
      'Each caller sends its next request as soon as it has its answer. Answers per second:',
      ...(['unary', 'stream'] as const).flatMap((mode) => throughputChart(sides, mode)),
      byCallers(sides, figureCell('perSecond')),
      'p99 of the same runs, in milliseconds:',
      byCallers(sides, figureCell('p99')),
      ...(ours && others.length > 0
        ? [
            `How many times as many answers as the others ${ours.name} gave. Each quotient is of two runs of one round:`,
            byCallers(others, ratio),
          ]
        : []),
    ],
  }
}

function ratioPlaces(scenario: string, ours: string, other: string) {
  return { of: { scenario, side: ours }, over: { scenario, side: other }, figure: 'perSecond' } as const
}

function callersOf({ scenario: { load } }: MeasuredPlace): number {
  return load.type === 'closed' ? load.callers : 0
}

/** A row for each side, and a column for each number of callers. */
function byCallers(sides: readonly Group[], cell: (place: MeasuredPlace) => string): Table {
  const all = sides.flatMap(({ places }) => places.map(callersOf))
  const callers = [...new Set(all)].sort((one, other) => one - other)
  const columns = callers.map((number): Column<Group> => {
    const cellIn = ({ places }: Group) => places.filter((place) => callersOf(place) === number).map(cell)[0]
    return [numberText(number), (side) => cellIn(side) ?? '-']
  })
  return tableOf([['callers', ({ first }) => first.name], ...columns], sides)
}

function throughputChart(sides: readonly Group[], mode: 'unary' | 'stream'): readonly ChartPart[] {
  const isOf = ({ first }: Group) => first.scenario.mode === mode
  if (!sides.some(isOf)) return []
  // Beside the streams stand our own single calls, for comparison.
  const shown = sides.filter((side) => isOf(side) || (mode === 'stream' && side.first.side.kind === 'ours'))
  const lines = shown.map(({ first: { name, look }, places }): Line => {
    const points = places.flatMap((place) => pointOf(place.runs, () => callersOf(place), perSecond))
    points.sort((one, other) => one.x - other.x)
    const last = points.at(-1)
    return { name: last ? `${name}: ${numberText(last.y)}` : name, look, points }
  })
  const points = lines.flatMap((line) => line.points)
  const { label, scale } = countAxis(
    'answers per second',
    points.flatMap(({ y, range = [y, y] }) => range),
  )
  const panel = {
    xLabel: 'callers, each with one request under way',
    yLabel: label,
    x: pointScale(points.map(({ x }) => x)),
    y: scale,
    lines,
  }
  const chart = {
    title: mode === 'unary' ? 'Throughput, one call for each request' : 'Throughput, requests on streams',
    subtitle: 'Median of the rounds; the fine upright lines go from the slowest round to the fastest',
    panels: [panel],
  }
  return [{ file: `throughput-${mode}.svg`, description: 'Answers per second by callers', chart }]
}

/** All callers at one account. */
export function hotSection(measurements: Measurements): Section | undefined {
  const places = placesIn(measurements, ({ group }) => group === 'hot')
  if (places.length === 0) return undefined
  const ours = measurements.sides.find(({ kind }) => kind === 'ours')
  const ratio = ({ scenario, side }: MeasuredPlace) => {
    const places = ours && ours !== side ? ratioPlaces(scenario.id, ours.id, side.id) : undefined
    return spreadText(places && ratioOf(measurements, places), timesText)
  }
  return {
    title: 'One hot account',
    parts: [
      'All callers buy with the same account, so that every purchase changes the same balance.',
      tableOf(
        [
          placeColumn('load and side'),
          ['answers per second', figureCell('perSecond')],
          ['p50 ms', figureCell('p50')],
          ['p99 ms', figureCell('p99')],
          ['ours, times as many', ratio],
        ],
        places,
      ),
    ],
  }
}

/** Requests that arrive at a rate, and how long each of them takes. */
export function latencySection(measurements: Measurements): Section | undefined {
  const places = placesIn(measurements, ({ group }) => group === 'latency')
  if (places.length === 0) return undefined
  return {
    title: 'Latency at a rate',
    parts: [
      'Requests arrive at random moments (a Poisson process) whether the answers keep up or not, and a latency counts from the moment of arrival: whatever a request waits for is in it, in the load generator too. Milliseconds over all rounds together; in brackets, the p99 of the fastest and of the slowest round.',
      tableOf(
        [
          placeColumn('rate and side'),
          ['per second', figureCell('perSecond')],
          ['p50', percentileCell(0.5)],
          ['p90', percentileCell(0.9)],
          ['p99', (place) => `${percentileCell(0.99)(place)}${rangeText(spreadIn(place.runs, p99))}`],
          ['p99.9', percentileCell(0.999)],
          ['largest', largestLatency],
          ['waited in the generator, p50', over(({ result }) => result.generator.sendDelay.p50)],
        ],
        places,
      ),
    ],
  }
}

function bucketsIn({ runs }: MeasuredPlace): HistogramBuckets {
  return mergedBuckets(runs.map(({ result }) => result.measured.latencyBuckets))
}

function percentileCell(share: number): (place: MeasuredPlace) => string {
  return (place) => numberText(percentileMs(bucketsIn(place), share))
}

function rangeText(spread: Spread | undefined): string {
  return spread && spread.rounds > 1 ? ` (${numberText(spread.min)} to ${numberText(spread.max)})` : ''
}

function largestLatency({ runs }: MeasuredPlace): string {
  return numberText(Math.max(...runs.map(({ result }) => result.measured.latency.max)))
}

/** More than can be done: what is answered, what is rejected, and how long an answer takes then. */
export function overloadSection(measurements: Measurements): Section | undefined {
  const places = placesIn(measurements, ({ group }) => group === 'overload')
  if (places.length === 0) return undefined
  const sides = groupedBy(places, ({ name }) => name)
  return {
    title: 'Overload',
    parts: [
      'Requests arrive at rising rates, beyond what can be done. Who is rejected at once can try elsewhere; who is answered should be answered in time.',
      tableOf(
        [
          placeColumn('load and side'),
          ['offered per second', over(offeredPerSecond)],
          ['answered per second', figureCell('perSecond')],
          ['rejected per second', over(rejectedPerSecond)],
          ['p99 of answers, ms', over(p99)],
          ['late', over(({ result }) => result.measured.late)],
          ['never sent', over(({ result }) => result.measured.unsent)],
        ],
        sides.flatMap((side) => side.places),
      ),
      'Late are requests that had to wait in the load generator because as many calls as it allows were under way; their waiting is in the latency.',
    ],
  }
}

/** The medians of two numbers of the same runs as a point, with the rounds of the second as its range. */
function pointOf(
  runs: readonly Run[],
  xOf: (run: Run) => number,
  yOf: (run: Run) => number | undefined,
): readonly Point[] {
  const [x, y] = [spreadIn(runs, xOf), spreadIn(runs, yOf)]
  return x && y ? [{ x: x.median, y: y.median, range: [y.min, y.max] }] : []
}

function perSecond({ result }: Run): number {
  return result.measured.perSecond
}

function p99({ result }: Run): number {
  return result.measured.latency.p99
}

function offeredPerSecond({ result }: Run): number {
  return (result.measured.offered / result.measured.durationMs) * 1_000
}

function rejectedPerSecond({ result }: Run): number {
  return (result.measured.rejected / result.measured.durationMs) * 1_000
}
