import type { WholeRun } from '../load/result.js'
import type { Totals } from './totals.js'

/**
 * Compares what a run's callers were told with what it left in the database: one sentence for each thing that is not right. Ids without an
 * answer may or may not have been decided, and so bound what can be said.
 */
export function compare(run: WholeRun, before: Totals, after: Totals): readonly string[] {
  return [...compareMoney(run, before, after), ...compareEntries(run, before, after), ...compareAnswers(run)]
}

function compareMoney({ approved, unknown }: WholeRun, before: Totals, after: Totals): readonly string[] {
  const left = before.balance - after.balance
  const acknowledged = BigInt(approved.centavos)
  const most = acknowledged + BigInt(unknown.centavos)
  const wrong: string[] = []
  if (left < acknowledged) wrong.push(`${acknowledged - left} centavos were approved and never left a wallet`)
  if (left > most) wrong.push(`${left - most} centavos left the wallets that nobody was told of`)
  if (after.negative > 0n) wrong.push(`${after.negative} accounts have a wallet below zero`)
  return wrong
}

function compareEntries(run: WholeRun, before: Totals, after: Totals): readonly string[] {
  const recorded = after.entries - before.entries
  const acknowledged = BigInt(run.decided)
  const most = acknowledged + BigInt(run.unknown.count)
  if (recorded < acknowledged) return [`lost: ${acknowledged - recorded} decisions have no entry`]
  if (recorded > most) return [`doubled: ${recorded - most} entries more than decisions`]
  return []
}

function compareAnswers({ decidedTwice, contradicted, unexpected }: WholeRun): readonly string[] {
  const wrong: string[] = []
  if (decidedTwice > 0) wrong.push(`${decidedTwice} repeats were decided anew`)
  if (contradicted > 0) wrong.push(`${contradicted} repeats were answered otherwise than before`)
  if (unexpected.count > 0)
    wrong.push(`${unexpected.count} unexpected answers, the first: ${unexpected.first}`)
  return wrong
}
