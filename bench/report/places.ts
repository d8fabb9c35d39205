import type { Look } from './chart.js'
import { figureOf, runsAt } from './figures.js'
import { numberText, spreadText } from './markdown.js'
import type { Figure, Measurements, Run, Scenario, Side } from './measurements.js'
import { type Spread, spreadOf } from './spread.js'

/** One side under one scenario: one row of a table, one line of a chart. */
export type MeasuredPlace = {
  readonly scenario: Scenario
  readonly side: Side
  /** Name of the side, with its mode. */
  readonly name: string
  readonly look: Look
  readonly runs: readonly Run[]
}

/** A column of a table: its head, and its cell in a row. */
export type Column<Row = MeasuredPlace> = readonly [head: string, cell: (row: Row) => string]

const OURS = '#0b6e4f'
const FLOOR = '#8a94a0'
/** Also distinct for people with other colour vision (after Okabe and Ito). */
const RIVALS = ['#d55e00', '#0072b2', '#cc79a7', '#b8860b', '#7a4fbf', '#8c564b']
const DASHES = ['7 4', '2 3', '10 3 2 3']

/** Every place under these scenarios that was measured, scenario by scenario. */
export function placesIn(
  measurements: Measurements,
  isShown: (scenario: Scenario) => boolean,
): readonly MeasuredPlace[] {
  const { scenarios, sides } = measurements
  return scenarios.filter(isShown).flatMap((scenario) =>
    sides.flatMap((side) => {
      const runs = runsAt(measurements, { scenario: scenario.id, side: side.id })
      return runs.length === 0 ? [] : [{ scenario, side, runs, ...nameAndLook(side, sides, scenario.mode) }]
    }),
  )
}

function nameAndLook(side: Side, sides: readonly Side[], mode: Scenario['mode']) {
  const look = lookOf(side, sides)
  if (mode === 'unary') return { name: side.name, look }
  return { name: `${side.name}, stream`, look: { ...look, dash: '6 3' } }
}

/** The same look in every chart: ours bold, floors grey and dashed, each rival in a colour of its own. */
function lookOf(side: Side, all: readonly Side[]): Look {
  const place = all.filter(({ kind }) => kind === side.kind).indexOf(side)
  if (side.kind === 'ours') return { color: OURS, isBold: true, dash: '' }
  if (side.kind === 'floor') return { color: FLOOR, isBold: false, dash: DASHES[place % DASHES.length] ?? '' }
  return { color: RIVALS[place % RIVALS.length] ?? FLOOR, isBold: false, dash: '' }
}

/** Places with something in common, such as a scenario. */
export type Group = { readonly first: MeasuredPlace; readonly places: readonly MeasuredPlace[] }

/** Groups places by their key, in the order in which the keys come. */
export function groupedBy(
  places: readonly MeasuredPlace[],
  key: (place: MeasuredPlace) => string,
): readonly Group[] {
  const groups = new Map<string, Group & { readonly places: MeasuredPlace[] }>()
  for (const place of places) {
    const group = groups.get(key(place))
    if (group) group.places.push(place)
    else groups.set(key(place), { first: place, places: [place] })
  }
  return [...groups.values()]
}

/** The first column of a table of places. */
export function placeColumn(head: string): Column {
  return [head, ({ scenario, name }) => `${scenario.title}: ${name}`]
}

/** A cell with the spread of a number over the rounds. */
export function over(
  value: (run: Run) => number | undefined,
  text?: (number: number) => string,
): (row: { readonly runs: readonly Run[] }) => string {
  return ({ runs }) => spreadText(spreadIn(runs, value), text)
}

/** A cell with the spread of a figure over the rounds. */
export function figureCell(figure: Figure) {
  return over((run) => figureOf(run, figure))
}

/** A cell with the sum of a number over the rounds. */
export function sumOf(value: (run: Run) => number): (row: { readonly runs: readonly Run[] }) => string {
  return ({ runs }) => numberText(runs.reduce((total, run) => total + value(run), 0))
}

/** A cell with the pace of the work that went on beside. */
export function otherWorkCell({ runs }: { readonly runs: readonly Run[] }): string {
  const others = runs.flatMap(({ beside }) => beside?.other ?? [])
  const unit = others[0]?.unit
  return unit === undefined ? '' : `${spreadText(spreadOf(others.map(({ perSecond }) => perSecond)))} ${unit}`
}

export function spreadIn(runs: readonly Run[], value: (run: Run) => number | undefined): Spread | undefined {
  return spreadOf(runs.flatMap((run) => value(run) ?? []))
}
