import { numberText, tableText } from '../report/markdown.js'
import { percentOf } from './picture.js'
import type { LongRunRecord } from './record.js'
import { pointsOf } from './series.js'
import { isJudged, judged, judgedFrom, slopesIn, verdictOn } from './verdict.js'

const START = '<!-- Written by make long-run: what is changed by hand until the next such line is lost. -->'
const END = '<!-- Written by make long-run, until here. -->'

/** The page with the figures of this run in the place of those of another. Throws when the page has no such place. */
export function withFigures(page: string, record: LongRunRecord, picture: string): string {
  const [from, to] = [page.indexOf(START), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error('the page has no place for the figures of a long run')
  return [page.slice(0, from), START, '\n\n', figuresOf(record, picture), '\n\n', page.slice(to)].join('')
}

/** The figures of a run, in Markdown. */
export function figuresOf(record: LongRunRecord, picture?: string): string {
  return [
    tableText({ head: ['what', 'value'], rows: conditions(record), isText: true }),
    ...(picture === undefined ? [] : [`![Everything over time](${picture})`]),
    ...(isJudged(record) ? [slopes(record)] : []),
  ].join('\n\n')
}

/** What was wrong, slopes among it, one sentence each. */
export function problemsIn(record: LongRunRecord): readonly string[] {
  return [...record.problems, ...slopesIn(record)]
}

function conditions(record: LongRunRecord): readonly (readonly [name: string, value: string])[] {
  const { load, rest, verified, machine, versions } = record
  const { latency, renewals } = load
  const failed = load.errors.reduce((sum, each) => sum + each.count, 0)
  const averages = pointsOf(record, 'loadAverage').map(({ y }) => y)
  const problems = problemsIn(record)
  return [
    [
      'taken',
      `${record.takenAt}, commit \`${record.commit.slice(0, 7)}\`${record.dirty ? ' with changes' : ''}`,
    ],
    ['on', `${machine.cpu}, ${machine.cores} cores; ${versions.map((each) => each.join(' ')).join(', ')}`],
    ['load average', `${numberText(Math.min(...averages))} to ${numberText(Math.max(...averages))}`],
    ['capacity right before', `${numberText(record.capacityPerSecond)} a second`],
    [
      'load',
      `${numberText(record.ratePerSecond)} a second (${percentOf(record)} %) for ${numberText(record.minutes)} minutes, seed=${record.seed}`,
    ],
    ['requests', `${count(load.sent)}, ${count(load.decided)} different ids decided`],
    ['calls that failed', count(failed)],
    ['late in the load generator', count(load.late)],
    [
      'connections renewed',
      `${count(renewals.connections)}; ${count(renewals.resent)} calls sent again for it`,
    ],
    [
      'latency',
      `p50 ${ms(latency.p50)}, p99 ${ms(latency.p99)}, p99.9 ${ms(latency.p999)}, most ${ms(latency.max)}`,
    ],
    ['descriptors at rest', `${rest.before.descriptors} before, ${rest.after.descriptors} after`],
    ['unposted at rest', `${rest.before.unposted} before, ${rest.after.unposted} after`],
    ['looks at the service', `${count(record.clocks.looks.length)}, ${record.missedLooks} missed`],
    [
      'verify',
      `${count(verified.accounts)} accounts, ${count(verified.entries)} entries, ${numberText(verified.seconds)} s`,
    ],
    ['problems of any kind', problems.length === 0 ? '0' : problems.join('; ')],
  ]
}

function slopes(record: LongRunRecord): string {
  const rows = judged.flatMap((each) => {
    const verdict = verdictOn(record, each)
    if (!verdict) return []
    const { middle, growth, allowed, isRising } = verdict
    const name = each.unit === '' ? each.title : `${each.title}, ${each.unit}`
    return [[name, ...[middle, growth, allowed].map(numberText), isRising ? 'rises' : 'no']]
  })
  const from = `from minute ${numberText(judgedFrom(record.minutes))} on`
  return tableText({ head: [from, 'in the middle', 'slope over the run', 'allowed', 'a slope'], rows })
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

function ms(durationMs: number): string {
  return `${numberText(durationMs)} ms`
}
