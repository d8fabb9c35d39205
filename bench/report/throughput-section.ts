import { type Contender, contendersIn } from './contender.js'
import { figureAt, ratioOf } from './figures.js'
import { lineChart } from './line-chart.js'
import type { Figure, Measurements, Scenario } from './measurements.js'
import { numberText, spreadText, timesText } from './number-text.js'
import type { Line } from './panel.js'
import { linearScale, pointScale } from './scale.js'
import { type Chart, image, type Section, table } from './section.js'

type Closed = Scenario & { readonly load: { readonly type: 'closed'; readonly callers: number } }

/** Decisions per second by callers over many accounts, of every side. */
export function throughputSection(measurements: Measurements): Section | undefined {
  const scenarios = measurements.scenarios.filter(isThroughput)
  const contenders = contendersIn(measurements, scenarios)
  if (contenders.length === 0) return undefined
  const charts = (['unary', 'stream'] as const).flatMap((mode) =>
    chartOf(measurements, { scenarios, contenders, mode }),
  )
  return {
    title: 'Throughput',
    paragraphs: [
      'Each caller sends its next request as soon as it has its answer. Answers per second:',
      ...charts.map(({ file }) => image(file, 'Answers per second by callers')),
      figureTable(measurements, { scenarios, contenders, figure: 'perSecond' }),
      'p99 of the same runs, in milliseconds:',
      figureTable(measurements, { scenarios, contenders, figure: 'p99' }),
      ...ratioTables(measurements, { scenarios, contenders }),
    ],
    charts,
  }
}

function isThroughput(scenario: Scenario): scenario is Closed {
  return scenario.group === 'throughput' && scenario.load.type === 'closed'
}

type Compared = { readonly scenarios: readonly Closed[]; readonly contenders: readonly Contender[] }

function chartOf(
  measurements: Measurements,
  { scenarios, contenders, mode }: Compared & { readonly mode: Scenario['mode'] },
): readonly Chart[] {
  // Beside the streams stands what we do with single calls, to compare with.
  const shown = contenders.filter(
    (each) => each.mode === mode || (mode === 'stream' && each.side.kind === 'ours'),
  )
  if (!shown.some((each) => each.mode === mode)) return []
  const lines = shown.map((each) => lineOf(measurements, each, scenarios))
  const points = lines.flatMap((line) => line.points)
  const largest = Math.max(...points.map(({ y, range }) => range?.[1] ?? y))
  const svg = lineChart({
    title: mode === 'unary' ? 'Throughput, one call for each request' : 'Throughput, requests on streams',
    subtitle: 'Median of the rounds; the fine upright lines go from the slowest round to the fastest',
    panels: [
      {
        xLabel: 'callers, each with one request under way',
        yLabel: 'answers per second',
        x: pointScale(points.map(({ x }) => x)),
        y: linearScale(largest),
        lines,
      },
    ],
  })
  return [{ file: `throughput-${mode}.svg`, svg }]
}

function lineOf(
  measurements: Measurements,
  { side, mode, name, look }: Contender,
  scenarios: readonly Closed[],
): Line {
  const points = scenarios
    .filter((scenario) => scenario.mode === mode)
    .flatMap(({ id, load }) => {
      const spread = figureAt(measurements, { scenario: id, side: side.id }, 'perSecond')
      if (!spread) return []
      return [{ x: load.callers, y: spread.median, range: [spread.min, spread.max] as const }]
    })
  points.sort((one, other) => one.x - other.x)
  const last = points.at(-1)
  return last ? { name, look, points, note: numberText(last.y) } : { name, look, points }
}

function callersIn(scenarios: readonly Closed[]): readonly number[] {
  return [...new Set(scenarios.map(({ load }) => load.callers))].sort((one, other) => one - other)
}

function figureTable(
  measurements: Measurements,
  { scenarios, contenders, figure }: Compared & { readonly figure: Figure },
): string {
  const columns = callersIn(scenarios)
  const rows = contenders.map(({ side, mode, name }) => [
    name,
    ...columns.map((callers) => {
      const scenario = scenarios.find((each) => each.mode === mode && each.load.callers === callers)
      return spreadText(scenario && figureAt(measurements, { scenario: scenario.id, side: side.id }, figure))
    }),
  ])
  return table(['callers', ...columns.map(numberText)], rows)
}

function ratioTables(measurements: Measurements, { scenarios, contenders }: Compared): readonly string[] {
  const ours = measurements.sides.find(({ kind }) => kind === 'ours')
  const others = contenders.filter(({ side, mode }) => side !== ours && mode === 'unary')
  if (!ours || others.length === 0) return []
  const unary = scenarios.filter(({ mode }) => mode === 'unary')
  const columns = callersIn(unary)
  const rows = others.map(({ side, name }) => [
    name,
    ...columns.map((callers) => {
      const scenario = unary.find(({ load }) => load.callers === callers)?.id ?? ''
      const places = { of: { scenario, side: ours.id }, over: { scenario, side: side.id } }
      return spreadText(ratioOf(measurements, { ...places, figure: 'perSecond' }), timesText)
    }),
  ])
  return [
    `How many times as many answers as the others ${ours.name} gave. Each quotient is of two runs of one round:`,
    table(['callers', ...columns.map(numberText)], rows),
  ]
}
