import type { Problems } from './problems.js'
import type { Trial, Verified } from './trial.js'

/** A name and a value. */
export type Row = readonly [name: string, value: string]

/** What the end of a campaign has found, besides what the trial itself has counted. */
export type Ending = Verified & { readonly repeated: number }

/** What the callers had, and what became of it. */
export function booksRows(trial: Trial, problems: Problems, ending: Ending): readonly Row[] {
  const { book, asker } = trial
  const byKind = [...book.acknowledgedByKind].map(([kind, number]) => `${kind} ${count(number)}`)
  const byStatus = [...asker.unanswered].map(([status, number]) => `${status} ${count(number)}`)
  return [
    ['acknowledged entries', count(book.acknowledged)],
    ['  of these', byKind.join(', ')],
    ['calls without an answer, made again', count(asker.retries)],
    ['  of these', byStatus.join(', ')],
    ['further answers to repeated requests', count(book.repeats)],
    ['  of these at the end', count(ending.repeated)],
    ['longest time without any answer', `${seconds(asker.silence.longestMs)} s`],
    ['accounts', count(ending.accounts)],
    ['entries in the ledger', count(ending.entries)],
    ['entries left in journals, then posted by repair', count(ending.unposted)],
    ['lost', count(problems.count('LOST'))],
    ['doubled', count(problems.count('DOUBLED'))],
    ['verify', problems.count('DAMAGE') === 0 ? 'clean' : `${count(problems.count('DAMAGE'))} discrepancies`],
    ['problems of any kind', count(problems.total)],
  ]
}

/** How far a trial has come, in one line with what else is told. */
export function progressLine(trial: Trial, problems: Problems, told: string): string {
  return [
    `${seconds(performance.now() - trial.startedAtMs)} s`,
    told,
    `${count(trial.book.acknowledged)} acknowledged`,
    `${count(trial.asker.retries)} retries`,
    `${problems.total} problems`,
  ].join(' | ')
}

export function tableOf(rows: readonly Row[]): string {
  return rows.map(([name, value]) => `  ${name.padEnd(50)} ${value}`).join('\n')
}

export function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(1)
}

export function count(number: number): string {
  return number.toLocaleString('en-US')
}
