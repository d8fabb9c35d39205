import { isDeepStrictEqual } from 'node:util'
import type { Line, Page } from './book.js'
import type { Transaction } from './operation.js'
import type { Problem, ProblemKind } from './problems.js'

/** One account as the service shows it. */
export type Shown = {
  /** Oldest first. */
  readonly statement: readonly Transaction[]
  readonly version: string
  /** In centavos, by category. */
  readonly balances: ReadonlyMap<string, bigint>
}

/** Compares one account with the book, and returns every problem. */
export function comparePage({ accountId, lines }: Page, shown: Shown): readonly Problem[] {
  const problem = (kind: ProblemKind, detail: string): Problem => ({ kind, accountId, detail })
  const answered = [...lines.values()].filter(({ answer }) => answer !== undefined)
  return [
    ...duplicatesIn(shown.statement).map((id) => problem('DOUBLED', id)),
    ...unknownIn(shown.statement, lines).map((id) => problem('UNKNOWN', id)),
    ...lostFrom(shown.statement, answered).map((id) => problem('LOST', id)),
    ...alteredIn(shown.statement, lines).map((detail) => problem('ALTERED', detail)),
    ...gapsIn(shown).map((detail) => problem('GAP', detail)),
    ...disorderIn(shown.statement, lines).map((detail) => problem('ORDER', detail)),
    ...wrongBalances(shown.balances, answered).map((detail) => problem('BALANCE', detail)),
  ]
}

function duplicatesIn(statement: readonly Transaction[]): readonly string[] {
  const seen = new Set<string>()
  return statement
    .map(({ transaction_id }) => transaction_id)
    .filter((id) => {
      const again = seen.has(id)
      seen.add(id)
      return again
    })
}

function unknownIn(statement: readonly Transaction[], lines: Page['lines']): readonly string[] {
  return statement.map(({ transaction_id }) => transaction_id).filter((id) => !lines.has(id))
}

function lostFrom(statement: readonly Transaction[], answered: readonly Line[]): readonly string[] {
  const kept = new Set(statement.map(({ transaction_id }) => transaction_id))
  return answered.map(({ operation }) => operation.id).filter((id) => !kept.has(id))
}

/** Entries whose content differs from their answers. */
function alteredIn(statement: readonly Transaction[], lines: Page['lines']): readonly string[] {
  return statement.flatMap((entry) => {
    const answer = lines.get(entry.transaction_id)?.answer ?? {}
    const same = isDeepStrictEqual({ ...entry, ...answer }, { ...entry })
    return same ? [] : [`answered ${JSON.stringify(answer)}, recorded ${JSON.stringify(entry)}`]
  })
}

function gapsIn({ statement, version }: Shown): readonly string[] {
  const wrong = statement.findIndex(({ seq }, index) => seq !== String(index + 1))
  if (wrong >= 0) return [`entry ${wrong + 1} has seq ${statement[wrong]?.seq}`]
  return version === String(statement.length) ? [] : [`version ${version}, ${statement.length} entries`]
}

/** Entries listed before an entry that was acknowledged before they were sent. */
function disorderIn(statement: readonly Transaction[], lines: Page['lines']): readonly string[] {
  const disorder: string[] = []
  let firstAnswerBehindMs = Number.POSITIVE_INFINITY
  for (const { transaction_id } of [...statement].reverse()) {
    const line = lines.get(transaction_id)
    if (line && line.sentAtMs > firstAnswerBehindMs)
      disorder.push(`${transaction_id} stands before an entry that was acknowledged before it was sent`)
    firstAnswerBehindMs = Math.min(firstAnswerBehindMs, line?.answeredAtMs ?? Number.POSITIVE_INFINITY)
  }
  return disorder
}

/** Wallets whose balance is not the sum of all acknowledged credits, debits and reversals. */
function wrongBalances(balances: Shown['balances'], answered: readonly Line[]): readonly string[] {
  const sums = new Map<string, bigint>()
  for (const { answer } of answered) {
    if (answer?.category)
      sums.set(answer.category, (sums.get(answer.category) ?? 0n) + BigInt(answer.delta ?? 0))
  }
  const wallets = new Set([...sums.keys(), ...balances.keys()])
  return [...wallets].flatMap((wallet) => {
    const [balance, sum] = [balances.get(wallet) ?? 0n, sums.get(wallet) ?? 0n]
    return balance === sum ? [] : [`${wallet} holds ${balance}, acknowledged were ${sum}`]
  })
}
