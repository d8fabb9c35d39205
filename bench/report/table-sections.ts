import { perAnswerUs, ratioOf, runsAt } from './figures.js'
import { numberText, spreadText, timesText } from './markdown.js'
import type { Measurements, Run, Scenario, Side } from './measurements.js'
import { type Column, figureCell, otherWorkCell, over, placeColumn, placesIn, sumOf } from './places.js'
import { type Section, tableOf } from './section.js'
import { spreadOf } from './spread.js'

const OURS = 'ours'
const MEBIBYTE = 1024 ** 2
const GIBIBYTE = 1024 ** 3
/** Discrepancies that are shown; the rest is only counted. */
const SHOWN_MAX = 20

/** A few purchases beside other work. */
export function besideSection(measurements: Measurements): Section | undefined {
  const scenarios = measurements.scenarios.filter(({ group }) => group === 'beside')
  const [quiet] = scenarios
  const rows = scenarios
    .map((scenario) => ({ scenario, runs: runsAt(measurements, { scenario: scenario.id, side: OURS }) }))
    .filter(({ runs }) => runs.length > 0)
  if (quiet?.load.type !== 'open' || rows.length === 0) return undefined
  const times =
    (figure: 'p50' | 'p99') =>
    ({ scenario }: BesideRow) => {
      const places = { of: { scenario: scenario.id, side: OURS }, over: { scenario: quiet.id, side: OURS } }
      return scenario === quiet ? '' : spreadText(ratioOf(measurements, { ...places, figure }), timesText)
    }
  const columns: readonly Column<BesideRow>[] = [
    ['beside', ({ scenario }) => scenario.title],
    ['p50 ms', figureCell('p50')],
    ['p99 ms', figureCell('p99')],
    ['p50, times the quiet one', times('p50')],
    ['p99, times the quiet one', times('p99')],
    ['rejected', ({ runs }) => shareText(runs.map(({ result }) => result.measured))],
    [
      "rejected of the modest caller's",
      ({ runs }) => shareText(runs.flatMap((run) => run.beside?.modest ?? [])),
    ],
    ['other work per second', otherWorkCell],
  ]
  return {
    title: 'Beside other work',
    parts: [
      `${numberText(quiet.load.ratePerSecond)} purchases a second arrive at random moments, alone and beside other work of the same service, and so do a few of another, modest caller. Each round compares with its own purchases that were alone.`,
      tableOf(columns, rows),
      'All of it shares two cores with MongoDB and with the processes that ask: a part of what the other work costs is theirs.',
    ],
  }
}

type BesideRow = { readonly scenario: Scenario; readonly runs: readonly Run[] }

function shareText(calls: readonly { readonly offered: number; readonly rejected: number }[]): string {
  const sum = (of: 'offered' | 'rejected') => calls.reduce((total, call) => total + call[of], 0)
  return `${numberText(sum('rejected'))} of ${numberText(sum('offered'))}`
}

/** The same load on few accounts and on many. */
export function sizeSection(measurements: Measurements): Section | undefined {
  const places = placesIn(measurements, ({ group }) => group === 'size')
  if (places.length === 0) return undefined
  return {
    title: 'Few accounts and many',
    parts: [
      ...(measurements.loading ?? []).map(
        ({ accounts, entries, seconds, verifiedAccounts, discrepancies }) =>
          `${numberText(accounts)} accounts with ${numberText(entries)} entries were written in ${numberText(seconds)} s; the whole history of ${numberText(verifiedAccounts)} of them was verified afterwards: ${numberText(discrepancies)} discrepancies.`,
      ),
      tableOf(
        [
          placeColumn('load and side'),
          ['accounts', ({ scenario }) => numberText(scenario.accounts)],
          ['answers per second', figureCell('perSecond')],
          ['p50 ms', figureCell('p50')],
          ['p99 ms', figureCell('p99')],
        ],
        places,
      ),
    ],
  }
}

/** Processor time and memory. */
export function costSection(measurements: Measurements): Section | undefined {
  const places = placesIn(measurements, ({ group }) => group === 'throughput' || group === 'hot')
  if (places.length === 0) return undefined
  const cpu = (which: 'service' | 'mongod') =>
    over(({ cpuMs, result }) => cpuMs && perAnswerUs(cpuMs[which], result.whole))
  const costs = tableOf(
    [
      placeColumn('load and side'),
      ['service', cpu('service')],
      ['MongoDB', cpu('mongod')],
      ['load generator', over(({ result }) => result.generator.cpuUsPerCall)],
      [
        'largest memory of the service, MiB',
        over(({ rssBytesMax }) => rssBytesMax && rssBytesMax / MEBIBYTE),
      ],
    ],
    places,
  )
  return {
    title: 'What it costs',
    parts: [
      'Processor time for one answer, in microseconds. Of the service and MongoDB it is that of the whole run, warm-up and the copying to the ledger afterwards included.',
      costs,
    ],
  }
}

/** Whether the money was right. */
export function booksSection({ sides, runs }: Measurements): Section {
  const rows = sides
    .map((side) => ({ side, runs: runs.filter((run) => run.side === side.id) }))
    .filter((row) => row.runs.length > 0)
  const counted = (of: 'outcomes' | 'errors') =>
    sumOf(({ result }) => result.whole[of].reduce((total, { count }) => total + count, 0))
  const columns: readonly Column<(typeof rows)[number]>[] = [
    ['side', ({ side }) => side.name],
    ['runs', sumOf(() => 1)],
    ['answers', counted('outcomes')],
    ['rejected', counted('errors')],
    ['without answer', sumOf(({ result }) => result.whole.unknown.count)],
    ['decided twice', sumOf(({ result }) => result.whole.decidedTwice)],
    ['answered otherwise', sumOf(({ result }) => result.whole.contradicted)],
    ['not as the load asks for', sumOf(({ result }) => result.whole.unexpected.count)],
    ['discrepancies', sumOf(({ discrepancies }) => discrepancies.length)],
  ]
  return {
    title: 'The books',
    parts: [
      'Of every run the load generator knows what must have been debited: each id counted once, however often it was answered. Afterwards that is compared with the database. A floor keeps no books, and is not asked for them.',
      tableOf(columns, rows),
      ...discrepancyList(runs, sides),
    ],
  }
}

function discrepancyList(runs: readonly Run[], sides: readonly Side[]): readonly string[] {
  const found = runs.flatMap(({ side, scenario, round, discrepancies }) =>
    discrepancies.map((discrepancy) => {
      const name = sides.find(({ id }) => id === side)?.name ?? side
      return `- ${name}, ${scenario}, round ${round}: ${discrepancy}`
    }),
  )
  if (found.length === 0) return []
  const more = found.length > SHOWN_MAX ? [`- and ${numberText(found.length - SHOWN_MAX)} more`] : []
  return [[...found.slice(0, SHOWN_MAX), ...more].join('\n')]
}

/** The machine, the versions, and how calm it was. */
export function conditionsSection(measurements: Measurements): Section {
  const { takenAt, commit, dirty, machine, versions, runs } = measurements
  const busy = spreadOf(runs.flatMap(({ calm }) => (calm ? [calm.busyShare * 100] : [])))
  const rows = [
    ['taken', takenAt],
    ['commit', dirty ? `${commit}, with changes` : commit],
    ['processor', `${machine.cpu}, ${machine.cores} cores`],
    ['memory', `${numberText(machine.memoryBytes / GIBIBYTE)} GiB`],
    ['system', machine.system],
    ...versions,
    ...(busy
      ? [
          [
            'busy before a run',
            `${numberText(busy.median)} % of all cores in the middle, ${numberText(busy.max)} % at most`,
          ],
        ]
      : []),
  ]
  return { title: 'Conditions', parts: [{ head: ['what', 'value'], rows, isText: true }] }
}
