import { GRID, MUTED, picture, segment, svg, text } from '../../bench/report/svg.js'
import type { Moment, Scenario } from './scenarios.js'

/** Places in pixels. A column shows the wallet at one moment. */
const COLUMN = { left: 24, width: 160, bar: 84 }
const LINE_Y = 42
const BARS = { top: 112, bottom: 262 }
/** Smallest height of a part that has its number inside. */
const NUMBER_HEIGHT = 16
const LEGEND_HEIGHT = 44

/** The parts of a wallet, each with the color of its bar. */
const parts = {
  available: { name: 'balance', fill: '#2f855a', ink: '#ffffff' },
  held: { name: 'held', fill: '#f6c453', ink: '#1f2933' },
  owed: { name: 'owed', fill: '#c53030', ink: '#ffffff' },
} as const

type Part = keyof typeof parts

/** Draws the moments of a wallet from left to right: its parts as a bar, what is owed below the line. */
export function timeLineOf({ name, wallet }: Scenario, moments: readonly Moment[]): string {
  const most = Math.max(...moments.map(({ available, held }) => available + held))
  const scale = (BARS.bottom - BARS.top) / most
  const below = Math.max(...moments.map(({ owed }) => owed)) * scale
  const width = 2 * COLUMN.left + moments.length * COLUMN.width
  const reasonY = BARS.bottom + below + 24
  const shown = (Object.keys(parts) as Part[]).filter((part) => moments.some((moment) => moment[part] > 0))
  return picture({ title: name, width, height: Math.ceil(reasonY + LEGEND_HEIGHT) }, [
    segment([COLUMN.left, LINE_Y, width - COLUMN.left, LINE_Y], { stroke: MUTED }),
    segment([COLUMN.left, BARS.bottom, width - COLUMN.left, BARS.bottom], { stroke: GRID }),
    ...moments.flatMap((moment, index) => columnOf(moment, { index, wallet, scale, reasonY })),
    ...legendOf(shown, reasonY + 26),
  ])
}

type Placing = {
  readonly index: number
  readonly wallet: string
  /** Pixels for one real. */
  readonly scale: number
  readonly reasonY: number
}

function columnOf(moment: Moment, { index, wallet, scale, reasonY }: Placing): readonly string[] {
  const x = COLUMN.left + (index + 0.5) * COLUMN.width
  const middle = { x, 'text-anchor': 'middle' }
  const heights = {
    available: moment.available * scale,
    held: moment.held * scale,
    owed: moment.owed * scale,
  }
  const isFirst = index === 0
  return [
    ...(isFirst ? [] : [svg('circle', { cx: x, cy: LINE_Y, r: 5, fill: MUTED })]),
    text(isFirst ? wallet : `D+${moment.day}`, {
      ...middle,
      y: LINE_Y - 14,
      fill: MUTED,
      'font-weight': 600,
    }),
    ...moment.call.map((line, row) =>
      text(line, {
        ...middle,
        y: LINE_Y + 24 + 17 * row,
        ...(row === 0 ? { 'font-weight': 600 } : { fill: MUTED }),
      }),
    ),
    ...partOf('available', moment, { x, y: BARS.bottom - heights.available, height: heights.available }),
    ...partOf('held', moment, { x, y: BARS.bottom - heights.available - heights.held, height: heights.held }),
    ...partOf('owed', moment, { x, y: BARS.bottom, height: heights.owed }),
    text(moment.reason, { ...middle, y: reasonY, 'font-size': 12 }),
  ]
}

/** A part of the bar with its amount: inside, or beside it when it is too low. */
function partOf(part: Part, moment: Moment, at: { x: number; y: number; height: number }): readonly string[] {
  const { x, y, height } = at
  if (moment[part] === 0) return []
  const { fill, ink } = parts[part]
  const number = String(moment[part])
  const isInside = height >= NUMBER_HEIGHT
  const label = isInside
    ? { x, 'text-anchor': 'middle', fill: ink }
    : { x: x + COLUMN.bar / 2 + 6, 'text-anchor': 'start' }
  return [
    svg('rect', { x: x - COLUMN.bar / 2, y, width: COLUMN.bar, height, fill }),
    text(number, { ...label, y: y + height / 2 + 4.5 }),
  ]
}

function legendOf(shown: readonly Part[], y: number): readonly string[] {
  return shown.flatMap((part, index) => {
    const x = COLUMN.left + 96 * index
    return [
      svg('rect', { x, y: y - 10, width: 12, height: 12, fill: parts[part].fill }),
      text(parts[part].name, { x: x + 18, y, fill: MUTED }),
    ]
  })
}
