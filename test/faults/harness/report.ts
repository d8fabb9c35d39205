import type { Book } from './book.js'
import type { Campaign, Ending } from './campaign.js'

/** A name and a value. */
export type Row = readonly [name: string, value: string]

/** The figures of a campaign under load: first those of the load, then those of its fault, then the books. */
export function campaignTable(
  campaign: Campaign,
  ending: Ending,
  { above, below = [] }: { readonly above: readonly Row[]; readonly below?: readonly Row[] },
): string {
  const { book, client, problems, startedAtMs } = campaign
  const damage = problems.count('DAMAGE')
  return tableOf([
    ['duration', `${seconds(performance.now() - startedAtMs)} s`],
    ...above,
    ['acknowledged entries', count(book.acknowledged)],
    ['  of these', countsOf(book.acknowledgedByKind)],
    ['  for these reasons', countsOf(reasonsOf(book))],
    ['calls without an answer, made again', count(client.retries)],
    ['  of these', countsOf(client.unanswered)],
    ['further answers to repeated requests', count(book.repeats)],
    ['  of these at the end', count(ending.repeated)],
    ['longest time without any answer', `${seconds(client.silence.longestMs)} s`],
    ['accounts', count(ending.accounts)],
    ['purchases of the load whose sums were compared', count(ending.purchases)],
    ['entries in the ledger', count(ending.entries)],
    ['  of these expiries of holds', count(ending.expiries)],
    ['entries left in journals, then posted by repair', count(ending.unposted)],
    ['lost', count(problems.count('LOST'))],
    ['doubled', count(problems.count('DOUBLED'))],
    ['verify', damage === 0 ? 'clean' : `${count(damage)} discrepancies`],
    ['problems of any kind', count(problems.total)],
    ...below,
  ])
}

/** The reasons without their prefix, in alphabetical order. */
function reasonsOf({ acknowledgedByReason }: Book): ReadonlyMap<string, number> {
  const named = Array.from(
    acknowledgedByReason,
    ([reason, times]) => [reason.replace('REASON_', ''), times] as const,
  )
  return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** One line for the user who waits. */
export function progressLine({ startedAtMs, book, client, problems }: Campaign, progress: string): string {
  return [
    `${seconds(performance.now() - startedAtMs)} s`,
    progress,
    `${count(book.acknowledged)} acknowledged`,
    `${count(client.retries)} retries`,
    `${problems.total} problems`,
  ].join(' | ')
}

export function tableOf(rows: readonly Row[]): string {
  return rows.map(([name, value]) => `  ${name.padEnd(50)} ${value}`).join('\n')
}

/** Counts by name, in one line. */
export function countsOf(counts: ReadonlyMap<string, number>): string {
  return Array.from(counts, ([name, number]) => `${name} ${count(number)}`).join(', ')
}

export function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(1)
}

export function count(number: number): string {
  return number.toLocaleString('en-US')
}
