import type { Scale } from './scale.js'
import { GRID, MUTED, picture, segment, svg, text } from './svg.js'

/** Style of a line. */
export type Look = {
  readonly color: string
  readonly isBold: boolean
  /** SVG's stroke-dasharray; empty for a full line. */
  readonly dash: string
}

export type Point = {
  readonly x: number
  readonly y: number
  /** Smallest and largest of the rounds, where there are several. */
  readonly range?: readonly [min: number, max: number]
}

export type Line = {
  /** Label at the right end; a line without a name has none. */
  readonly name: string
  readonly look: Look
  /** Drawn without dots. */
  readonly isPlain?: boolean
  readonly points: readonly Point[]
}

/** Lines over common axes. An axis may go without a label. */
export type Panel = {
  readonly title?: string
  readonly xLabel?: string
  readonly yLabel?: string
  readonly x: Scale
  readonly y: Scale
  readonly lines: readonly Line[]
}

/** One picture: panels one below the other, or side by side. */
export type Chart = {
  readonly title: string
  readonly subtitle: string
  readonly panels: readonly Panel[]
  readonly columns?: 1 | 2
}

type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
type Placing = { x(value: number): number; y(value: number): number }

/** Place of panels: the size of one, and the room around its axes, in pixels. */
const PANELS = {
  large: { width: 900, height: 380, left: 78, top: 14, bottom: 56 },
  small: { width: 540, height: 196, left: 64, top: 34, bottom: 34 },
}
const PANELS_TOP = 66
/** Distance from the end of the axis to a label, between two labels, and from the longest one to the edge. */
const LABEL = { left: 24, gap: 17, right: 12 }

/** Draws a chart as SVG. */
export function svgOf(chart: Chart): string {
  const { width, height, content } = panelsOf(chart)
  return picture({ title: chart.title, width, height }, [
    text(chart.title, { x: 24, y: 32, 'font-size': 18, 'font-weight': 600 }),
    text(chart.subtitle, { x: 24, y: 53, fill: MUTED }),
    ...content,
  ])
}

function panelsOf({ panels, columns = 1 }: Chart) {
  const place = columns === 2 ? PANELS.small : PANELS.large
  const labels = panels.flatMap(({ lines }) => lines.map(({ name, look }) => widthOf(name, look)))
  const right = LABEL.left + Math.max(0, ...labels) + LABEL.right
  const content = panels.flatMap((panel, index) => {
    const left = (index % columns) * place.width
    const top = PANELS_TOP + Math.floor(index / columns) * place.height
    const box = {
      left: left + place.left,
      right: left + place.width - right,
      top: top + place.top,
      bottom: top + place.height - place.bottom,
    }
    const title = panel.title ?? ''
    return [
      ...(title === '' ? [] : [text(title, { x: left + 24, y: top + 20, 'font-weight': 600 })]),
      ...panelContent(panel, box),
    ]
  })
  const height = PANELS_TOP + Math.ceil(panels.length / columns) * place.height
  return { width: columns * place.width, height, content }
}

/** Axes, lines, and the names of the lines. */
function panelContent(panel: Panel, box: Box): readonly string[] {
  const place = {
    x: (value: number) => box.left + panel.x.at(value) * (box.right - box.left),
    y: (value: number) => box.bottom - panel.y.at(value) * (box.bottom - box.top),
  }
  return [
    ...axes(panel, box, place),
    ...panel.lines.flatMap((line) => lineContent(line, place)),
    ...lineLabels(panel.lines, box, place),
  ]
}

function axes({ x, y, xLabel, yLabel }: Panel, box: Box, place: Placing): readonly string[] {
  const { left, right, bottom } = box
  const middle = { x: (left + right) / 2, y: Math.round((box.top + bottom) / 2) }
  const upright = { x: left - 56, y: middle.y, transform: `rotate(-90 ${left - 56} ${middle.y})` }
  return [
    ...y.ticks.flatMap(({ value, text: label }) => {
      const at = place.y(value)
      return [segment([left, at, right, at], { stroke: GRID }), tick(label, left - 8, at + 4, 'end')]
    }),
    segment([left, bottom, right, bottom], { stroke: MUTED }),
    ...x.ticks.flatMap(({ value, text: label }) => {
      const at = place.x(value)
      return [segment([at, bottom, at, bottom + 5], { stroke: MUTED }), tick(label, at, bottom + 19)]
    }),
    ...(xLabel ? [text(xLabel, { x: middle.x, y: bottom + 40, 'text-anchor': 'middle', fill: MUTED })] : []),
    ...(yLabel ? [text(yLabel, { ...upright, 'text-anchor': 'middle', fill: MUTED })] : []),
  ]
}

function lineContent({ look, points, isPlain }: Line, place: Placing): readonly string[] {
  const { color, isBold, dash } = look
  const path = svg('polyline', {
    points: points.map(({ x, y }) => `${place.x(x).toFixed(1)},${place.y(y).toFixed(1)}`).join(' '),
    fill: 'none',
    'stroke-linejoin': 'round',
    stroke: color,
    'stroke-width': isBold ? 3.2 : 1.8,
    ...(dash !== '' && { 'stroke-dasharray': dash }),
  })
  if (isPlain) return [path]
  const dots = points.flatMap(({ x, y, range: [min, max] = [y, y] }) => {
    const ends = [place.x(x), place.y(min), place.x(x), place.y(max)] as const
    return [
      segment(ends, { stroke: color, 'stroke-width': isBold ? 2 : 1.2, opacity: 0.75 }),
      svg('circle', { cx: place.x(x), cy: place.y(y), r: isBold ? 4.2 : 3, fill: color }),
    ]
  })
  return [path, ...dots]
}

function lineLabels(lines: readonly Line[], box: Box, place: Placing): readonly string[] {
  const labelled = lines.flatMap(({ name, look, points }) => {
    const last = points.at(-1)
    return name === '' || !last ? [] : [{ name, look, end: { x: place.x(last.x), y: place.y(last.y) } }]
  })
  const places = labelPlaces(
    labelled.map(({ end }) => end.y),
    { gap: LABEL.gap, from: box.top, to: box.bottom },
  )
  return labelled.flatMap(({ name, look, end }, index) => {
    const y = places[index] ?? end.y
    const leader = `${(end.x + 6).toFixed(1)},${end.y.toFixed(1)} ${box.right + 14},${y.toFixed(1)} ${box.right + 20},${y.toFixed(1)}`
    const weight = look.isBold ? 700 : 400
    return [
      svg('polyline', { points: leader, fill: 'none', stroke: look.color, opacity: 0.45 }),
      text(name, { x: box.right + LABEL.left, y: y + 4, fill: look.color, 'font-weight': weight }),
    ]
  })
}

/** Places labels near the wanted heights: in the same order, at least `gap` apart, and within bounds. */
export function labelPlaces(
  wanted: readonly number[],
  { gap, from, to }: { readonly gap: number; readonly from: number; readonly to: number },
): readonly number[] {
  const order = wanted
    .map((_, index) => index)
    .sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0))
  const places = [...wanted]
  let free = from
  for (const index of order) {
    places[index] = Math.max(places[index] ?? 0, free)
    free = (places[index] ?? 0) + gap
  }
  // Labels beyond the end are pushed back.
  let limit = to
  for (const index of order.reverse()) {
    places[index] = Math.min(places[index] ?? 0, limit)
    limit = (places[index] ?? 0) - gap
  }
  return places
}

/** The label of a place on an axis. */
function tick(label: string, x: number, y: number, anchor = 'middle'): string {
  return text(label, { x, y, 'text-anchor': anchor, fill: MUTED, 'font-size': 12 })
}

/** Estimated width of a text of the ordinary size, in pixels: rather too much than too little. */
function widthOf(content: string, { isBold }: { readonly isBold: boolean }): number {
  return content.length * (isBold ? 8.8 : 7.8)
}
