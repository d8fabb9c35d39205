import type { Side } from './measurements.js'

/** One line, or one bar, of a chart. */
export type Look = {
  readonly color: string
  readonly isBold: boolean
  /** SVG's stroke-dasharray; empty for a full line. */
  readonly dash: string
}

const OURS = '#0b6e4f'
const FLOOR = '#8a94a0'
/** Told apart by people who see colours differently too (after Okabe and Ito). */
const RIVALS = ['#d55e00', '#0072b2', '#cc79a7', '#b8860b', '#7a4fbf', '#8c564b']
const DASHES = ['7 4', '2 3', '10 3 2 3']

/** How a side looks in every chart: ours strong, floors grey and broken, each rival in a colour of its own. */
export function lookOf(side: Side, all: readonly Side[]): Look {
  const place = all.filter(({ kind }) => kind === side.kind).findIndex(({ id }) => id === side.id)
  switch (side.kind) {
    case 'ours':
      return { color: OURS, isBold: true, dash: '' }
    case 'floor':
      return { color: FLOOR, isBold: false, dash: DASHES[place % DASHES.length] ?? '' }
    case 'rival':
      return { color: RIVALS[place % RIVALS.length] ?? FLOOR, isBold: false, dash: '' }
  }
}
