import { labelPlaces } from './label-places.js'
import type { Scale } from './scale.js'
import type { Look } from './series.js'
import { element, text } from './svg.js'

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
  /** Without dots, however few points there are. */
  readonly isPlain?: boolean
  readonly points: readonly Point[]
}

/** Lines over common axes. An axis without a label has what it is about somewhere else. */
export type Panel = {
  readonly xLabel: string
  readonly yLabel: string
  readonly x: Scale
  readonly y: Scale
  readonly lines: readonly Line[]
}

/** Where the axes are; what is written at them is outside. */
export type Box = {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** From the end of the axis to a label. */
export const LABEL_MARGIN = 24
const LABEL_GAP = 17
/** From the axis to what it is about. */
const Y_LABEL_GAP = 56
const GRID = '#e4e7eb'
const MUTED = '#52606d'

/** What stands at the right end of a line; nothing does without a name. */
export function labelOf({ name, note }: Line): string {
  return note === undefined ? name : `${name}: ${note}`
}

/** Axes, lines, and the names of the lines. */
export function panelContent(panel: Panel, box: Box): readonly string[] {
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
    ...(xLabel === ''
      ? []
      : [text(xLabel, { x: middle.x, y: box.bottom + 40, 'text-anchor': 'middle', fill: MUTED })]),
    ...(yLabel === '' ? [] : [upright(yLabel, { x: box.left - Y_LABEL_GAP, y: middle.y })]),
  ]
}

function upright(content: string, { x, y }: { readonly x: number; readonly y: number }): string {
  const transform = `rotate(-90 ${x} ${Math.round(y)})`
  return text(content, { x, y, 'text-anchor': 'middle', fill: MUTED, transform })
}

function lineContent({ look, points, isPlain }: Line, place: Placing): readonly string[] {
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
  const isCurve = isPlain || points.length > 20
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
  const labelled = lines.filter(({ name, points }) => name !== '' && points.length > 0)
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
        x: box.right + LABEL_MARGIN,
        y: y + 4,
        fill: look.color,
        'font-weight': weight,
      }),
    ]
  })
}
