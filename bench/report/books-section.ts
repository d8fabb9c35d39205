import type { Measurements, Run } from './measurements.js'
import { numberText } from './number-text.js'
import { type Section, table } from './section.js'

/** Sentences that are shown; how many there are is said in any case. */
const SHOWN_MAX = 20

/** Whether the money was right. */
export function booksSection(measurements: Measurements): Section {
  const { sides, runs } = measurements
  const rows = sides.flatMap((side) => {
    const own = runs.filter((run) => run.side === side.id)
    return own.length === 0 ? [] : [[side.name, ...counts(own).map(numberText)]]
  })
  return {
    title: 'The books',
    paragraphs: [
      'Of every run the load generator knows what must have been debited: each id counted once, however often it was answered. Afterwards that is compared with the database. A floor keeps no books, and is not asked for them.',
      table(
        [
          'side',
          'runs',
          'answers',
          'rejected',
          'without answer',
          'decided twice',
          'answered otherwise',
          'not as the load asks for',
          'discrepancies',
        ],
        rows,
      ),
      ...damageParagraphs(measurements),
    ],
    charts: [],
  }
}

function counts(runs: readonly Run[]): readonly number[] {
  const sum = (figure: (run: Run) => number) => runs.reduce((total, run) => total + figure(run), 0)
  return [
    runs.length,
    sum(({ result }) => result.whole.outcomes.reduce((total, { count }) => total + count, 0)),
    sum(({ result }) => result.whole.errors.reduce((total, { count }) => total + count, 0)),
    sum(({ result }) => result.whole.unknown.count),
    sum(({ result }) => result.whole.decidedTwice),
    sum(({ result }) => result.whole.contradicted),
    sum(({ result }) => result.whole.unexpected.count),
    sum(({ discrepancies }) => discrepancies.length),
  ]
}

function damageParagraphs({ runs, sides }: Measurements): readonly string[] {
  const found = runs.flatMap(({ side, scenario, round, discrepancies }) =>
    discrepancies.map(
      (discrepancy) => `- ${nameOf(side, sides)}, ${scenario}, round ${round}: ${discrepancy}`,
    ),
  )
  if (found.length === 0) return []
  const more = found.length > SHOWN_MAX ? [`- and ${numberText(found.length - SHOWN_MAX)} more`] : []
  return [[...found.slice(0, SHOWN_MAX), ...more].join('\n')]
}

function nameOf(id: string, sides: Measurements['sides']): string {
  return sides.find((side) => side.id === id)?.name ?? id
}
