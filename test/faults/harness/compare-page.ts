import { isDeepStrictEqual } from 'node:util'
import type { Line, Page } from './book.js'
import type { Amounts, Transaction } from './operation.js'
import type { Problem, ProblemKind } from './problems.js'
import { answeredSums, purchasesOn } from './purchase-sums.js'

const EXPIRY = 'TRANSACTION_KIND_EXPIRY'
const nothing: Parts = { available: 0, held: 0, owed: 0 }

/** One account as the service shows it. */
export type Shown = {
  /** Oldest first. */
  readonly statement: readonly Transaction[]
  readonly version: string
  /** By category. */
  readonly wallets: ReadonlyMap<string, Parts>
}

/** The available, held and owed money of a wallet, in centavos. */
export type Parts = { readonly available: number; readonly held: number; readonly owed: number }

/** Compares one account with the book, and returns every problem. */
export function comparePage(page: Page, shown: Shown): readonly Problem[] {
  const { accountId, lines } = page
  const problem = (kind: ProblemKind, detail: string): Problem => ({ kind, accountId, detail })
  const answered = [...lines.values()].filter(({ answer }) => answer !== undefined)
  return [
    ...duplicatesIn(shown.statement).map((id) => problem('DOUBLED', id)),
    ...unknownIn(shown.statement, lines).map((id) => problem('UNKNOWN', id)),
    ...lostFrom(shown.statement, answered).map((id) => problem('LOST', id)),
    ...alteredIn(shown.statement, lines).map((detail) => problem('ALTERED', detail)),
    ...gapsIn(shown).map((detail) => problem('GAP', detail)),
    ...disorderIn(shown.statement, lines).map((detail) => problem('ORDER', detail)),
    ...wrongWallets(page, shown).map((detail) => problem('BALANCE', detail)),
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
  return statement
    .filter((entry) => !lines.has(entry.transaction_id) && !isExpiry(entry, lines))
    .map(({ transaction_id }) => transaction_id)
}

/** Whether the service has made the entry, because a hold was due. */
function isExpiry({ kind, original_transaction_id }: Transaction, lines: Page['lines']): boolean {
  const held = lines.get(original_transaction_id)?.operation
  return kind === EXPIRY && held?.kind === 'authorize' && held.hold !== undefined
}

function lostFrom(statement: readonly Transaction[], answered: readonly Line[]): readonly string[] {
  const kept = new Set(statement.map(({ transaction_id }) => transaction_id))
  return answered.map(({ operation }) => operation.id).filter((id) => !kept.has(id))
}

/** Entries whose content differs from their answers. */
function alteredIn(statement: readonly Transaction[], lines: Page['lines']): readonly string[] {
  return statement.flatMap((entry) => {
    const answer = lines.get(entry.transaction_id)?.answer?.entry ?? {}
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

/** Wallets whose money is not what the answers and the expiries have made it. */
function wrongWallets(page: Page, { wallets, statement }: Shown): readonly string[] {
  const expected = answeredWallets(page, statement)
  return [...new Set([...expected.keys(), ...wallets.keys()])].flatMap((wallet) => {
    const [shown, answered] = [wallets, expected].map((all) => JSON.stringify(all.get(wallet) ?? nothing))
    return shown === answered ? [] : [`${wallet} has ${shown}, answered were ${answered}`]
  })
}

/**
 * The money of each wallet: what came in, less what was spent. Held is what the answers leave of the holds,
 * less expiries, which have no answer.
 */
function answeredWallets(page: Page, statement: Shown['statement']): Shown['wallets'] {
  const wallets = new Map<string, Parts>()
  const add = (category: string | undefined, more: Parts) => {
    if (!category) return
    const { available, held, owed } = wallets.get(category) ?? nothing
    wallets.set(category, {
      available: available + more.available,
      held: held + more.held,
      owed: owed + more.owed,
    })
  }
  for (const { answer } of page.lines.values()) {
    if (!answer) continue
    const { owed = 0 } = answer.amounts
    add(answer.entry.category, { available: gainOf(answer.amounts) + owed, held: 0, owed })
  }
  for (const [id, lines] of purchasesOn(page)) {
    const { rest } = answeredSums(lines, { isExpired: false })
    add(page.lines.get(id)?.answer?.entry.category, { available: -rest, held: rest, owed: 0 })
  }
  for (const { kind, category, amount } of statement) {
    const expired = kind === EXPIRY ? Number(amount) : 0
    add(category, { available: expired, held: -expired, owed: 0 })
  }
  return wallets
}

/** What an answer adds to its wallet, debts included, in centavos. */
function gainOf({ credited = 0, captured = 0, reversed = 0, refunded = 0 }: Amounts): number {
  return credited - captured + reversed + refunded
}
