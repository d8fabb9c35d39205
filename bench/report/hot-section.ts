import { barChart } from './bar-chart.js'
import { type Contender, contendersIn } from './contender.js'
import { figureAt, ratioOf } from './figures.js'
import type { Measurements, Scenario } from './measurements.js'
import { numberText, spreadText, timesText } from './number-text.js'
import { linearScale } from './scale.js'
import { type Chart, image, type Section, table } from './section.js'

/** Everybody at one account. */
export function hotSection(measurements: Measurements): Section | undefined {
  const scenarios = measurements.scenarios.filter(({ group }) => group === 'hot')
  const compared = scenarios.map((scenario) => ({
    scenario,
    contenders: contendersIn(measurements, [scenario]),
  }))
  const measured = compared.filter(({ contenders }) => contenders.length > 0)
  if (measured.length === 0) return undefined
  const charts = measured
    .filter(({ contenders }) => contenders.length > 1)
    .map(({ scenario, contenders }) => chartOf(measurements, scenario, contenders))
  return {
    title: 'One hot account',
    paragraphs: [
      'All callers buy with the same account, so that every purchase changes the same balance.',
      ...charts.map(({ file }) => image(file, 'Answers per second on one account')),
      table(
        ['load and side', 'answers per second', 'p50 ms', 'p99 ms', 'ours, times as many'],
        measured.flatMap(({ scenario, contenders }) =>
          contenders.map((each) => row(measurements, scenario, each)),
        ),
      ),
    ],
    charts,
  }
}

function chartOf(measurements: Measurements, scenario: Scenario, contenders: readonly Contender[]): Chart {
  const bars = contenders.flatMap(({ side, name, look }) => {
    const value = figureAt(measurements, { scenario: scenario.id, side: side.id }, 'perSecond')
    return value ? [{ name, look, value, label: spreadText(value) }] : []
  })
  bars.sort((one, other) => other.value.median - one.value.median)
  const svg = barChart({
    title: `One account: ${scenario.title}`,
    subtitle: 'Median of the rounds; the fine lines go from the slowest round to the fastest',
    xLabel: 'answers per second',
    x: linearScale(Math.max(...bars.map(({ value }) => value.max))),
    bars,
  })
  return { file: `${scenario.id}.svg`, svg }
}

function row(measurements: Measurements, scenario: Scenario, { side, name }: Contender): readonly string[] {
  const place = { scenario: scenario.id, side: side.id }
  const ours = measurements.sides.find(({ kind }) => kind === 'ours')
  const ratio =
    ours && ours.id !== side.id
      ? ratioOf(measurements, { of: { ...place, side: ours.id }, over: place, figure: 'perSecond' })
      : undefined
  return [
    `${scenario.title}: ${name}`,
    spreadText(figureAt(measurements, place, 'perSecond')),
    spreadText(figureAt(measurements, place, 'p50'), numberText),
    spreadText(figureAt(measurements, place, 'p99'), numberText),
    spreadText(ratio, timesText),
  ]
}
