import type { Campaign } from './campaign.js'

/** What the end of a campaign has found, besides what the campaign itself has counted. */
export type Ending = {
  readonly accounts: number
  readonly entries: number
  readonly unsettled: number
  readonly repeated: number
}

/** One line for somebody who waits. */
export function progressOf(campaign: Campaign): string {
  const { kills, book, asker, problems } = campaign
  return [
    `${seconds(performance.now() - campaign.startedAtMs)} s`,
    `${kills.service} kills of the service, ${kills.database} of the database`,
    `${count(book.acknowledged)} acknowledged`,
    `${count(asker.retries)} retries`,
    `${problems.total} problems`,
  ].join(' | ')
}

/** The figures of a whole campaign. */
export function figuresOf(campaign: Campaign, ending: Ending): string {
  const { kills, book, asker, problems } = campaign
  const byKind = [...book.acknowledgedByKind].map(([kind, number]) => `${kind} ${count(number)}`)
  const rows: readonly (readonly [string, string])[] = [
    ['duration', `${seconds(performance.now() - campaign.startedAtMs)} s`],
    ['Node.js, MongoDB', `${process.versions.node}, ${campaign.database.version}`],
    ['kills of the service', count(kills.service)],
    ['kills of the database', count(kills.database)],
    ['acknowledged entries', count(book.acknowledged)],
    ['  of these', byKind.join(', ')],
    ['calls without an answer, made again', count(asker.retries)],
    ['further answers to repeated requests', count(book.repeats)],
    ['  of these at the end', count(ending.repeated)],
    ['longest time without any answer', `${seconds(asker.longestSilenceMs)} s`],
    ['accounts', count(ending.accounts)],
    ['entries in the ledger', count(ending.entries)],
    ['entries left in journals, then settled by repair', count(ending.unsettled)],
    ['lost', count(problems.count('LOST'))],
    ['doubled', count(problems.count('DOUBLED'))],
    ['verify', problems.count('DAMAGE') === 0 ? 'clean' : `${count(problems.count('DAMAGE'))} damages`],
    ['problems of any kind', count(problems.total)],
  ]
  return rows.map(([name, value]) => `  ${name.padEnd(50)} ${value}`).join('\n')
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(1)
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
