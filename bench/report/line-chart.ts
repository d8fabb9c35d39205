import { labelPlaces } from './label-places.js'
import type { Scale } from './scale.js'
import type { Look } from './series.js'
import { element, picture, type Size, text, widthOf } from './svg.js'

export type Point = {
  readonly x: number
  readonly y: number
  /** Smallest and largest of the rounds, where there are several. */
  readonly range?: readonly [min: number, max: number]
}

export type Line = {
  readonly name: string
  /** Stands behind the name: what the line comes to. */
  readonly note?: string
  readonly look: Look
  readonly points: readonly Point[]
}

/** Lines over common axes. */
export type Panel = {
  readonly xLabel: string
  readonly yLabel: string
  readonly x: Scale
  readonly y: Scale
  readonly lines: readonly Line[]
}

export type LineChart = {
  readonly title: string
  readonly subtitle: string
  /** One below the other. */
  readonly panels: readonly Panel[]
}

type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

const WIDTH = 900
const PANEL_HEIGHT = 380
const SMALL_PANEL_HEIGHT = 250
const HEAD_HEIGHT = 64
const MARGIN = { left: 78, bottom: 56, top: 14 }
/** From the end of the axis to a label, and from the longest label to the edge. */
const LABEL_MARGIN = { left: 24, right: 12 }
const LABEL_GAP = 17
const GRID = '#e4e7eb'
const MUTED = '#52606d'

/** The chart as SVG: each line carries its name at its right end. */
export function lineChart({ title, subtitle, panels }: LineChart): string {
  const panelHeight = panels.length === 1 ? PANEL_HEIGHT : SMALL_PANEL_HEIGHT
  const size: Size = { width: WIDTH, height: HEAD_HEIGHT + panels.length * panelHeight }
  const content = panels.flatMap((panel, index) => {
    const top = HEAD_HEIGHT + index * panelHeight
    const box = {
      left: MARGIN.left,
      right: WIDTH - labelsWidth(panels),
      top: top + MARGIN.top,
      bottom: top + panelHeight - MARGIN.bottom,
    }
    return panelContent(panel, box)
  })
  return picture(size, { title, content: [...heading({ title, subtitle }), ...content] })
}

/** Title and subtitle at the top left of a chart. */
export function heading({
  title,
  subtitle,
}: {
  readonly title: string
  readonly subtitle: string
}): readonly string[] {
  return [
    text(title, { x: 24, y: 32, 'font-size': 18, 'font-weight': 600 }),
    text(subtitle, { x: 24, y: 53, fill: MUTED }),
  ]
}

/** Room for the labels at the right: the same in all panels, so that their axes stand one below the other. */
function labelsWidth(panels: readonly Panel[]): number {
  const widths = panels.flatMap(({ lines }) => lines.map((line) => widthOf(labelOf(line), line.look)))
  return LABEL_MARGIN.left + Math.max(0, ...widths) + LABEL_MARGIN.right
}

function labelOf({ name, note }: Line): string {
  return note === undefined ? name : `${name}: ${note}`
}

function panelContent(panel: Panel, box: Box): readonly string[] {
  const x = (value: number) => box.left + panel.x.at(value) * (box.right - box.left)
  const y = (value: number) => box.bottom - panel.y.at(value) * (box.bottom - box.top)
  const place = { x, y }
  return [
    ...axes(panel, box, place),
    ...panel.lines.flatMap((line) => lineContent(line, place)),
    ...labels(panel.lines, box, place),
  ]
}

type Placing = { x(value: number): number; y(value: number): number }

function axes({ x, y, xLabel, yLabel }: Panel, box: Box, place: Placing): readonly string[] {
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }
  const rows = y.ticks.flatMap(({ value, text: label }) => [
    element('line', { x1: box.left, x2: box.right, y1: place.y(value), y2: place.y(value), stroke: GRID }),
    text(label, {
      x: box.left - 8,
      y: place.y(value) + 4,
      'text-anchor': 'end',
      fill: MUTED,
      'font-size': 12,
    }),
  ])
  const columns = x.ticks.flatMap(({ value, text: label }) => [
    element('line', {
      x1: place.x(value),
      x2: place.x(value),
      y1: box.bottom,
      y2: box.bottom + 5,
      stroke: MUTED,
    }),
    text(label, {
      x: place.x(value),
      y: box.bottom + 19,
      'text-anchor': 'middle',
      fill: MUTED,
      'font-size': 12,
    }),
  ])
  return [
    ...rows,
    element('line', { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom, stroke: MUTED }),
    ...columns,
    text(xLabel, { x: middle.x, y: box.bottom + 40, 'text-anchor': 'middle', fill: MUTED }),
    text(yLabel, {
      x: 22,
      y: middle.y,
      'text-anchor': 'middle',
      fill: MUTED,
      transform: `rotate(-90 22 ${Math.round(middle.y)})`,
    }),
  ]
}

function lineContent({ look, points }: Line, place: Placing): readonly string[] {
  const at = points.map(({ x, y }) => `${place.x(x).toFixed(1)},${place.y(y).toFixed(1)}`)
  const stroke = { stroke: look.color, 'stroke-width': look.isBold ? 3.2 : 1.8 }
  const dash = look.dash === '' ? {} : { 'stroke-dasharray': look.dash }
  const path = element('polyline', {
    points: at.join(' '),
    fill: 'none',
    'stroke-linejoin': 'round',
    ...stroke,
    ...dash,
  })
  const isCurve = points.length > 20
  return isCurve ? [path] : [path, ...points.flatMap((point) => pointContent(point, look, place))]
}

/** A dot, and through it a line from the smallest to the largest of the rounds. */
function pointContent({ x, y, range }: Point, { color, isBold }: Look, place: Placing): readonly string[] {
  const dot = element('circle', { cx: place.x(x), cy: place.y(y), r: isBold ? 4.2 : 3, fill: color })
  if (!range) return [dot]
  const [min, max] = range
  const ends = { x1: place.x(x), x2: place.x(x), y1: place.y(min), y2: place.y(max) }
  return [element('line', { ...ends, stroke: color, 'stroke-width': isBold ? 2 : 1.2, opacity: 0.75 }), dot]
}

function labels(lines: readonly Line[], box: Box, place: Placing): readonly string[] {
  const labelled = lines.filter(({ points }) => points.length > 0)
  const ends = labelled.map(({ points }) => {
    const last = points.at(-1)
    return last ? { x: place.x(last.x), y: place.y(last.y) } : { x: box.right, y: box.bottom }
  })
  const places = labelPlaces(
    ends.map((end) => end.y),
    { gap: LABEL_GAP, from: box.top, to: box.bottom },
  )
  return labelled.flatMap((line, index) => {
    const { look } = line
    const end = ends[index] ?? { x: box.right, y: box.bottom }
    const y = places[index] ?? end.y
    const leader = `${(end.x + 6).toFixed(1)},${end.y.toFixed(1)} ${box.right + 14},${y.toFixed(1)} ${box.right + 20},${y.toFixed(1)}`
    const weight = look.isBold ? 700 : 400
    return [
      element('polyline', { points: leader, fill: 'none', stroke: look.color, opacity: 0.45 }),
      text(labelOf(line), {
        x: box.right + LABEL_MARGIN.left,
        y: y + 4,
        fill: look.color,
        'font-weight': weight,
      }),
    ]
  })
}
