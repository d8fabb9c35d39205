import { type Contender, contendersIn } from './contender.js'
import { runsAt } from './figures.js'
import { lineChart } from './line-chart.js'
import type { Measurements, Run, Scenario } from './measurements.js'
import { spreadText } from './number-text.js'
import type { Point } from './panel.js'
import { linearScale, logScale } from './scale.js'
import { type Chart, image, type Section, table } from './section.js'
import { type Spread, spreadOf } from './spread.js'

const REJECTED = { color: '#c0392b', isBold: false, dash: '' }
const OFFERED = { color: '#8a94a0', isBold: false, dash: '4 4' }

/** More than can be done: what is answered, what is rejected, and how long an answer takes then. */
export function overloadSection(measurements: Measurements): Section | undefined {
  const scenarios = measurements.scenarios.filter(({ group }) => group === 'overload')
  const contenders = contendersIn(measurements, scenarios)
  if (contenders.length === 0) return undefined
  const charts = contenders.map((each) => chartOf(measurements, each, scenarios))
  return {
    title: 'Overload',
    paragraphs: [
      'Requests arrive at rising rates, beyond what can be done. Who is rejected at once can try elsewhere; who is answered should be answered in time.',
      ...charts.map(({ file }) => image(file, 'Answered, rejected, and p99 by rate')),
      table(
        [
          'load and side',
          'offered per second',
          'answered per second',
          'rejected per second',
          'p99 of answers, ms',
          'late',
          'never sent',
        ],
        contenders.flatMap((each) =>
          scenarios
            .filter(({ mode }) => mode === each.mode)
            .map((scenario) => row(measurements, each, scenario)),
        ),
      ),
      'Late are requests that had to wait in the load generator because as many calls as it allows were under way; their waiting is in the latency.',
    ],
    charts,
  }
}

function chartOf(
  measurements: Measurements,
  { side, mode, name, look }: Contender,
  scenarios: readonly Scenario[],
): Chart {
  const places = scenarios
    .filter((scenario) => scenario.mode === mode)
    .map(({ id }) => runsAt(measurements, { scenario: id, side: side.id }))
    .filter((runs) => runs.length > 0)
  const line = (figure: (run: Run) => number): readonly Point[] =>
    places.flatMap((runs) => pointOf(runs, figure)).sort((one, other) => one.x - other.x)
  const offered = places.flatMap((runs) => pointOf(runs, offeredPerSecond))
  const largest = Math.max(...offered.map(({ x, range }) => range?.[1] ?? x))
  const latencies = line(({ result }) => result.measured.latency.p99)
  const ys = latencies.map(({ y }) => y)
  const svg = lineChart({
    title: `Overload: ${name}`,
    subtitle:
      'What is answered and rejected, and how long an answer takes, by the rate at which requests arrive',
    panels: [
      {
        xLabel: 'requests arriving per second',
        yLabel: 'per second',
        x: linearScale(largest),
        y: linearScale(largest),
        lines: [
          {
            name: 'arriving',
            look: OFFERED,
            points: [
              { x: 0, y: 0 },
              { x: largest, y: largest },
            ],
          },
          { name: 'answered', look, points: line(({ result }) => result.measured.perSecond) },
          { name: 'rejected', look: REJECTED, points: line(rejectedPerSecond) },
        ],
      },
      {
        xLabel: 'requests arriving per second',
        yLabel: 'milliseconds',
        x: linearScale(largest),
        y: logScale({ smallest: Math.max(0.1, Math.min(...ys)), largest: Math.max(1, ...ys) }),
        lines: [{ name: 'p99 of the answers', look, points: latencies }],
      },
    ],
  })
  return { file: `overload-${side.id}-${mode}.svg`, svg }
}

function pointOf(runs: readonly Run[], figure: (run: Run) => number): readonly Point[] {
  const x = spreadOf(runs.map(offeredPerSecond))
  const y = spreadOf(runs.map(figure))
  return x && y ? [{ x: x.median, y: y.median, range: [y.min, y.max] }] : []
}

function row(measurements: Measurements, { side, name }: Contender, scenario: Scenario): readonly string[] {
  const runs = runsAt(measurements, { scenario: scenario.id, side: side.id })
  const over = (figure: (run: Run) => number): Spread | undefined => spreadOf(runs.map(figure))
  return [
    `${scenario.title}: ${name}`,
    spreadText(over(offeredPerSecond)),
    spreadText(over(({ result }) => result.measured.perSecond)),
    spreadText(over(rejectedPerSecond)),
    spreadText(over(({ result }) => result.measured.latency.p99)),
    spreadText(over(({ result }) => result.measured.late)),
    spreadText(over(({ result }) => result.measured.unsent)),
  ]
}

function offeredPerSecond({ result }: Run): number {
  return (result.measured.offered / result.measured.durationMs) * 1_000
}

function rejectedPerSecond({ result }: Run): number {
  return (result.measured.rejected / result.measured.durationMs) * 1_000
}
