import { contendersIn } from './contender.js'
import { figureAt } from './figures.js'
import type { Measurements } from './measurements.js'
import { numberText, spreadText } from './number-text.js'
import { type Section, table } from './section.js'

/** The same load on few accounts and on many. */
export function sizeSection(measurements: Measurements): Section | undefined {
  const scenarios = measurements.scenarios.filter(({ group }) => group === 'size')
  const rows = scenarios.flatMap((scenario) =>
    contendersIn(measurements, [scenario]).map(({ side, name }) => {
      const place = { scenario: scenario.id, side: side.id }
      return [
        `${scenario.title}: ${name}`,
        numberText(scenario.accounts),
        ...(['perSecond', 'p50', 'p99'] as const).map((figure) =>
          spreadText(figureAt(measurements, place, figure)),
        ),
      ]
    }),
  )
  if (rows.length === 0) return undefined
  return {
    title: 'Few accounts and many',
    paragraphs: [
      ...loadingParagraphs(measurements),
      table(['load and side', 'accounts', 'answers per second', 'p50 ms', 'p99 ms'], rows),
    ],
    charts: [],
  }
}

function loadingParagraphs({ loading = [] }: Measurements): readonly string[] {
  return loading.map(
    ({ accounts, entries, seconds, verifiedAccounts, discrepancies }) =>
      `${numberText(accounts)} accounts with ${numberText(entries)} entries were written in ${numberText(seconds)} s; the whole history of ${numberText(verifiedAccounts)} of them was verified afterwards: ${numberText(discrepancies)} discrepancies.`,
  )
}
