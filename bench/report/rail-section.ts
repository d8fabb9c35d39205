import { perAnswerUs, ratioOf, runsAt } from './figures.js'
import { numberText, spreadText, timesText } from './markdown.js'
import type { Figure, Measurements, Run, Scenario } from './measurements.js'
import { type Column, figureCell, otherWorkCell, over } from './places.js'
import { type Section, tableOf } from './section.js'

const OURS = 'ours'

type Row = { readonly scenario: Scenario; readonly runs: readonly Run[] }

/** What the card rail sends: holds and captures beside purchases, and purchases while holds expire. */
export function railSection(measurements: Measurements): Section | undefined {
  const rows = measurements.scenarios
    .filter(({ group }) => group === 'rail')
    .map((scenario) => ({ scenario, runs: runsAt(measurements, { scenario: scenario.id, side: OURS }) }))
    .filter(({ runs }) => runs.length > 0)
  if (rows.length === 0) return undefined
  const times =
    (figure: Figure, baseline: string) =>
    ({ scenario }: Row) => {
      const places = { of: { scenario: scenario.id, side: OURS }, over: { scenario: baseline, side: OURS } }
      return scenario.id === baseline
        ? ''
        : spreadText(ratioOf(measurements, { ...places, figure }), timesText)
    }
  const cpu = (which: 'service' | 'mongod') =>
    over(({ cpuMs, result }) => cpuMs && perAnswerUs(cpuMs[which], result.whole))
  const closed: readonly Column<Row>[] = [
    ['request', ({ scenario }) => scenario.title],
    ['answers per second', figureCell('perSecond')],
    ['times the purchase', times('perSecond', 'rail-purchase')],
    ['p99 ms', figureCell('p99')],
    ['service, us', cpu('service')],
    ['MongoDB, us', cpu('mongod')],
  ]
  const open: readonly Column<Row>[] = [
    ['purchases beside', ({ scenario }) => scenario.title],
    ['per second', ({ scenario: { load } }) => (load.type === 'open' ? numberText(load.ratePerSecond) : '')],
    ['p50 ms', figureCell('p50')],
    ['p99 ms', figureCell('p99')],
    ['p50, times the quiet one', times('p50', 'rail-quiet')],
    ['p99, times the quiet one', times('p99', 'rail-quiet')],
    ['other work per second', otherWorkCell],
  ]
  const withLoad = (type: Scenario['load']['type']) =>
    rows.filter(({ scenario }) => scenario.load.type === type)
  return {
    title: 'Card rail',
    parts: [
      'New requests that are approved, one kind after another in the same process. Each turn compares with its own purchases. A capture takes the whole hold, in an account that was decided on shortly before. Processor time is that for one answer.',
      tableOf(closed, withLoad('closed')),
      'Purchases that arrive at random moments, alone and while holds of other accounts fall due. The service expires these holds in the time that purchases leave.',
      tableOf(open, withLoad('open')),
    ],
  }
}
