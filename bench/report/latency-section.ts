import { mergedBuckets, percentileMs } from '../load/histogram.js'
import type { HistogramBuckets } from '../load/result.js'
import { type Contender, contendersIn } from './contender.js'
import { runsAt } from './figures.js'
import { lineChart } from './line-chart.js'
import type { Measurements, Scenario } from './measurements.js'
import { numberText, spreadText } from './number-text.js'
import type { Line } from './panel.js'
import { logScale, percentileScale } from './scale.js'
import { type Chart, image, type Section, table } from './section.js'
import type { Look } from './series.js'
import { spreadOf } from './spread.js'

/** Requests that arrive at a rate: how long each of them takes. */
export function latencySection(measurements: Measurements): Section | undefined {
  const measured = measurements.scenarios
    .filter(({ group }) => group === 'latency')
    .map((scenario) => ({ scenario, contenders: contendersIn(measurements, [scenario]) }))
    .filter(({ contenders }) => contenders.length > 0)
  if (measured.length === 0) return undefined
  const charts = [
    ...measured
      .filter(({ contenders }) => contenders.length > 1)
      .map((each) => sidesChart(measurements, each)),
    ...ratesChart(
      measurements,
      measured.filter(({ contenders }) => contenders.length === 1),
    ),
  ]
  return {
    title: 'Latency at a rate',
    paragraphs: [
      'Requests arrive at random moments (a Poisson process) whether the answers keep up or not, and a latency counts from the moment of arrival: whatever a request waits for is in it, in the load generator too. Milliseconds over all rounds together; in brackets, the p99 of the fastest and of the slowest round.',
      ...charts.map(({ file }) => image(file, 'Latency by percentile')),
      table(
        [
          'rate and side',
          'per second',
          'p50',
          'p90',
          'p99',
          'p99.9',
          'largest',
          'waited in the generator, p50',
        ],
        measured.flatMap(({ scenario, contenders }) =>
          contenders.map((each) => row(measurements, scenario, each)),
        ),
      ),
    ],
    charts,
  }
}

type Measured = { readonly scenario: Scenario; readonly contenders: readonly Contender[] }

/** Several sides at one rate. */
function sidesChart(measurements: Measurements, { scenario, contenders }: Measured): Chart {
  const curves = contenders.map(({ side, name, look }) => ({
    name,
    look,
    buckets: bucketsAt(measurements, scenario, side.id),
  }))
  return chartOf(curves, { file: `${scenario.id}.svg`, title: `Latency: ${titleOf(scenario)}` })
}

/** One side at several rates: the higher the rate, the stronger the line. */
function ratesChart(measurements: Measurements, measured: readonly Measured[]): readonly Chart[] {
  const curves = measured.flatMap(({ scenario, contenders }, index) =>
    contenders.map(({ side, name, look }) => ({
      name: scenario.title,
      side: name,
      look: {
        ...look,
        isBold: index === measured.length - 1,
        dash: ['3 3', '7 4', ''].at(index - measured.length) ?? '',
      },
      buckets: bucketsAt(measurements, scenario, side.id),
    })),
  )
  if (curves.length === 0) return []
  const sides = [...new Set(curves.map(({ side }) => side))]
  return [
    chartOf(curves, {
      file: 'latency-rates.svg',
      title: `Latency of ${sides.join(' and ')} at several rates`,
    }),
  ]
}

type Curve = { readonly name: string; readonly look: Look; readonly buckets: HistogramBuckets }

function chartOf(
  curves: readonly Curve[],
  { file, title }: { readonly file: string; readonly title: string },
): Chart {
  const lines = curves.map(lineOf)
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y))
  const largest = Math.max(0.999, ...lines.flatMap(({ points }) => points.map(({ x }) => x)))
  const svg = lineChart({
    title,
    subtitle:
      'So many of the requests had their answer within so many milliseconds; both axes stretch what is rare',
    panels: [
      {
        xLabel: 'share of the requests',
        yLabel: 'milliseconds',
        x: percentileScale(largest),
        y: logScale({ smallest: Math.min(...values), largest: Math.max(...values) }),
        lines,
      },
    ],
  })
  return { file, svg }
}

/** Up to the last share that the number of requests can tell of. */
function lineOf({ name, look, buckets }: Curve): Line {
  const total = totalOf(buckets)
  let seen = 0
  const points = buckets.map(([bucket, count]) => {
    seen += count
    return {
      x: Math.min(seen / total, 1 - 1 / (total + 1)),
      y: Math.max(0.001, percentileMs([[bucket, count]], 1)),
    }
  })
  return { name, look, points }
}

function row(measurements: Measurements, scenario: Scenario, { side, name }: Contender): readonly string[] {
  const runs = runsAt(measurements, { scenario: scenario.id, side: side.id })
  const buckets = bucketsAt(measurements, scenario, side.id)
  const p99s = spreadOf(runs.map(({ result }) => result.measured.latency.p99))
  const at = (share: number) => numberText(percentileMs(buckets, share))
  const range = p99s && p99s.rounds > 1 ? ` (${numberText(p99s.min)} to ${numberText(p99s.max)})` : ''
  return [
    `${scenario.title}: ${name}`,
    spreadText(spreadOf(runs.map(({ result }) => result.measured.perSecond))),
    at(0.5),
    at(0.9),
    `${at(0.99)}${range}`,
    at(0.999),
    numberText(Math.max(...runs.map(({ result }) => result.measured.latency.max))),
    spreadText(spreadOf(runs.map(({ result }) => result.generator.sendDelay.p50))),
  ]
}

function bucketsAt(measurements: Measurements, { id }: Scenario, side: string): HistogramBuckets {
  return mergedBuckets(
    runsAt(measurements, { scenario: id, side }).map(({ result }) => result.measured.latencyBuckets),
  )
}

function totalOf(buckets: HistogramBuckets): number {
  return buckets.reduce((sum, [, count]) => sum + count, 0)
}

function titleOf({ title, load }: Scenario): string {
  return load.type === 'open' ? `${title}, ${numberText(load.ratePerSecond)} per second` : title
}
