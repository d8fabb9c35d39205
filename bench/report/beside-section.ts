import { figureAt, ratioOf, runsAt } from './figures.js'
import type { Measurements, Run, Scenario } from './measurements.js'
import { numberText, spreadText, timesText } from './number-text.js'
import { type Section, table } from './section.js'
import { spreadOf } from './spread.js'

const OURS = 'ours'

/** A few purchases beside other work. */
export function besideSection(measurements: Measurements): Section | undefined {
  const scenarios = measurements.scenarios.filter(({ group }) => group === 'beside')
  const [quiet] = scenarios
  const measured = scenarios.filter(({ id }) => runsAt(measurements, { scenario: id, side: OURS }).length > 0)
  if (quiet?.load.type !== 'open' || measured.length === 0) return undefined
  return {
    title: 'Beside other work',
    paragraphs: [
      `${numberText(quiet.load.ratePerSecond)} purchases a second arrive at random moments, alone and beside other work of the same service, and so do a few of another, modest caller. Each round compares with its own purchases that were alone.`,
      table(
        [
          'beside',
          'p50 ms',
          'p99 ms',
          'p50, times the quiet one',
          'p99, times the quiet one',
          'rejected',
          "rejected of the modest caller's",
          'other work per second',
        ],
        measured.map((scenario) => row(measurements, scenario, quiet)),
      ),
      'All of it shares two cores with MongoDB and with the processes that ask: a part of what the other work costs is theirs.',
    ],
    charts: [],
  }
}

function row(measurements: Measurements, scenario: Scenario, quiet: Scenario): readonly string[] {
  const of = { scenario: scenario.id, side: OURS }
  const over = { scenario: quiet.id, side: OURS }
  const runs = runsAt(measurements, of)
  const latency = (['p50', 'p99'] as const).map((figure) => spreadText(figureAt(measurements, of, figure)))
  const times = (['p50', 'p99'] as const).map((figure) =>
    scenario === quiet ? '' : spreadText(ratioOf(measurements, { of, over, figure }), timesText),
  )
  const rejected = shareText(runs.map(({ result: { measured } }) => measured))
  const modest = shareText(runs.flatMap(({ beside }) => beside?.modest ?? []))
  return [scenario.title, ...latency, ...times, rejected, modest, otherText(runs)]
}

function shareText(calls: readonly { readonly offered: number; readonly rejected: number }[]): string {
  const sum = (of: 'offered' | 'rejected') => calls.reduce((total, call) => total + call[of], 0)
  return `${numberText(sum('rejected'))} of ${numberText(sum('offered'))}`
}

function otherText(runs: readonly Run[]): string {
  const others = runs.flatMap(({ beside }) => beside?.other ?? [])
  const unit = others[0]?.unit
  return unit === undefined ? '' : `${spreadText(spreadOf(others.map(({ perSecond }) => perSecond)))} ${unit}`
}
