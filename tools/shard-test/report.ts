import type { ShardCampaign } from './campaign.js'

/** One line for somebody who waits. */
export function progressOf(campaign: ShardCampaign): string {
  const { mover, book, asker, problems } = campaign
  return [
    `${seconds(performance.now() - campaign.startedAtMs)} s`,
    `${mover.total} moves`,
    `${count(book.acknowledged)} acknowledged`,
    `${count(asker.retries)} retries`,
    `${problems.total} problems`,
  ].join(' | ')
}

/** The figures of a whole campaign. */
export function figuresOf(
  campaign: ShardCampaign,
  verified: { readonly accounts: number; readonly entries: number },
): string {
  const { mover, book, asker, problems } = campaign
  const rows: readonly (readonly [string, string])[] = [
    ['duration', `${seconds(performance.now() - campaign.startedAtMs)} s`],
    ['moves', listOf(mover.moves)],
    ['longest move', `${seconds(mover.longestMoveMs)} s`],
    ['acknowledged entries', count(book.acknowledged)],
    ['  of these', listOf(book.acknowledgedByKind)],
    ['calls without an answer, made again', listOf(asker.silences) || '0'],
    ['further answers to repeated requests', count(book.repeats)],
    ['longest time without any answer', `${seconds(asker.longestSilenceMs)} s`],
    ['accounts', count(verified.accounts)],
    ['entries in the ledger', count(verified.entries)],
    ['lost', count(problems.count('LOST'))],
    ['doubled', count(problems.count('DOUBLED'))],
    ['verify', problems.count('DAMAGE') === 0 ? 'clean' : `${count(problems.count('DAMAGE'))} damages`],
    ['problems of any kind', count(problems.total)],
  ]
  return rows.map(([name, value]) => `  ${name.padEnd(50)} ${value}`).join('\n')
}

function listOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, number]) => `${name} ${count(number)}`).join(', ')
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(1)
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
