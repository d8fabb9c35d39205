import { heading } from './line-chart.js'
import type { Scale } from './scale.js'
import type { Look } from './series.js'
import type { Spread } from './spread.js'
import { element, picture, text, widthOf } from './svg.js'

export type Bar = {
  readonly name: string
  readonly look: Look
  readonly value: Spread
  /** Stands behind the bar. */
  readonly label: string
}

export type BarChart = {
  readonly title: string
  readonly subtitle: string
  readonly xLabel: string
  readonly x: Scale
  /** Where the bars begin, and what is written there; by default at the left, and nothing. */
  readonly base?: { readonly value: number; readonly text: string }
  readonly bars: readonly Bar[]
}

const WIDTH = 900
const HEAD_HEIGHT = 90
const FOOT_HEIGHT = 58
const ROW_HEIGHT = 34
const BAR_HEIGHT = 20
/** Names that are longer stand above their bars. */
const NAME_LENGTH_MAX = 28
const NAME_HEIGHT = 18
/** White around a text that stands on lines. */
const HALO = { stroke: '#ffffff', 'stroke-width': 5, 'paint-order': 'stroke', 'stroke-linejoin': 'round' }
const RIGHT = 210
const GRID = '#e4e7eb'
const MUTED = '#52606d'

/** Lying bars as SVG, each with a fine line from the smallest to the largest of the rounds. */
export function barChart(chart: BarChart): string {
  const { title, subtitle, bars } = chart
  const longest = Math.max(...bars.map(({ name }) => name.length))
  const isAbove = longest > NAME_LENGTH_MAX
  const left = isAbove ? 28 : 24 + Math.max(...bars.map(({ name, look }) => widthOf(name, look)))
  const rowHeight = isAbove ? ROW_HEIGHT + NAME_HEIGHT : ROW_HEIGHT
  const bottom = HEAD_HEIGHT + bars.length * rowHeight
  const x = (value: number) => left + chart.x.at(value) * (WIDTH - RIGHT - left)
  const content = [
    ...heading({ title, subtitle }),
    ...grid(chart, bottom, x),
    ...baseLine(chart, bottom, x),
    ...bars.flatMap((bar, index) => {
      const top = HEAD_HEIGHT + index * rowHeight
      return barContent(bar, { chart, x, top, left, isAbove })
    }),
  ]
  return picture({ width: WIDTH, height: bottom + FOOT_HEIGHT }, { title, content })
}

function grid(
  { x: scale, xLabel }: BarChart,
  bottom: number,
  x: (value: number) => number,
): readonly string[] {
  const lines = scale.ticks.flatMap(({ value, text: label }) => [
    element('line', { x1: x(value), x2: x(value), y1: HEAD_HEIGHT, y2: bottom, stroke: GRID }),
    text(label, { x: x(value), y: bottom + 18, 'text-anchor': 'middle', fill: MUTED, 'font-size': 12 }),
  ])
  const [first, last] = [scale.ticks[0], scale.ticks.at(-1)]
  const middle = first && last ? (x(first.value) + x(last.value)) / 2 : WIDTH / 2
  return [...lines, text(xLabel, { x: middle, y: bottom + 40, 'text-anchor': 'middle', fill: MUTED })]
}

type BarPlace = {
  readonly chart: BarChart
  readonly x: (value: number) => number
  readonly top: number
  readonly left: number
  /** The name stands above the bar. */
  readonly isAbove: boolean
}

function barContent(
  { name, look, value, label }: Bar,
  { chart, x, top, left, isAbove }: BarPlace,
): readonly string[] {
  const middle = top + ROW_HEIGHT / 2 + (isAbove ? NAME_HEIGHT : 0)
  const base = chart.base ? x(chart.base.value) : left
  const [from, to] = [Math.min(base, x(value.median)), Math.max(base, x(value.median))]
  const weight = look.isBold ? 700 : 400
  const whisker = { x1: x(value.min), x2: x(value.max), y1: middle, y2: middle }
  const end = Math.max(to, x(value.max))
  return [
    isAbove
      ? text(name, { x: left, y: middle - BAR_HEIGHT / 2 - 6, ...HALO })
      : text(name, { x: left - 10, y: middle + 4, 'text-anchor': 'end', 'font-weight': weight }),
    element('rect', {
      x: from,
      y: middle - BAR_HEIGHT / 2,
      width: Math.max(1, to - from),
      height: BAR_HEIGHT,
      rx: 3,
      fill: look.color,
      opacity: look.isBold ? 1 : 0.72,
    }),
    ...(value.rounds > 1 ? [element('line', { ...whisker, stroke: '#1f2933', 'stroke-width': 1.6 })] : []),
    text(label, { x: end + 8, y: middle + 4, 'font-weight': weight, 'font-size': 12, ...HALO }),
  ]
}

function baseLine({ base }: BarChart, bottom: number, x: (value: number) => number): readonly string[] {
  if (!base) return []
  const at = x(base.value)
  return [
    element('line', {
      x1: at,
      x2: at,
      y1: HEAD_HEIGHT - 4,
      y2: bottom,
      stroke: '#1f2933',
      'stroke-width': 1.4,
    }),
    text(base.text, { x: at, y: HEAD_HEIGHT - 9, 'text-anchor': 'middle', 'font-size': 12, fill: MUTED }),
  ]
}
