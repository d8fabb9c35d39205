import type { AccountId } from './account-status.js'
import type { Day } from './calendar.js'
import type { Discrepancy } from './discrepancy.js'
import {
  type EarlyReversals,
  earlyReversalsIn,
  leftByEarlyReversals,
  withEarlyReversal,
} from './early-reversals.js'
import { type Entry, isEarlyReversal, type ReversalEntry, type TransactionId } from './entry.js'
import type { Reason } from './reason.js'

/** The reversals of one purchase, added up from an account's history. */
export type TakenBack = {
  /** Amount given back, in centavos. */
  total: bigint
  /** Wallets that received it. */
  readonly wallets: Set<string>
  /** Days whose spending counters it was taken off. */
  readonly days: Set<Day | undefined>
  /** `total` right after the first reversal of the whole remainder; absent without one. */
  totalAfterRest?: bigint
  /** The early reversals, and the `seq` of the last one; absent without one. */
  early?: { readonly reversals: EarlyReversals; readonly lastSeq: bigint }
}

/** Reversals by purchase: only purchases with money given back, or with an early reversal. */
export type TakenBackById = Map<TransactionId, TakenBack>

/** Reasons that a purchase can have only while early reversals leave a part of it to pay. */
const reasonsWithRemainder: ReadonlySet<Reason> = new Set(['APPROVED', 'VERIFIED', 'INSUFFICIENT_BALANCE'])

/** Adds one reversal. Call it in the order of the history. */
export function takeBack(all: TakenBackById, entry: ReversalEntry): void {
  const { originalId, amount, movement, day } = entry
  if (!movement && !isEarlyReversal(entry)) return
  const taken: TakenBack = all.get(originalId) ?? { total: 0n, wallets: new Set(), days: new Set() }
  all.set(originalId, taken)
  if (!movement) {
    const reversals = taken.early
      ? withEarlyReversal(taken.early.reversals, entry)
      : earlyReversalsIn([entry])
    taken.early = { reversals, lastSeq: entry.seq }
    return
  }
  taken.total += movement.delta
  taken.wallets.add(movement.wallet)
  taken.days.add(day)
  if (amount === undefined) taken.totalAfterRest ??= taken.total
}

/**
 * Compares the reversals of a purchase with the purchase itself. `original` is undefined when neither journal
 * nor ledger has it.
 */
export function auditTakenBack(
  { accountId, transactionId }: { accountId: AccountId; transactionId: TransactionId },
  taken: TakenBack,
  original: Entry | undefined,
): readonly Discrepancy[] {
  const discrepancies: Discrepancy[] = []
  const money = moneyProblem(taken, original)
  if (money !== undefined)
    discrepancies.push({ accountId, kind: 'REVERSAL_WRONG', detail: `${transactionId} ${money}` })
  const order = orderProblem(taken, original)
  if (order !== undefined)
    discrepancies.push({ accountId, kind: 'REVERSAL_IGNORED', detail: `${transactionId} ${order}` })
  return discrepancies
}

function moneyProblem(taken: TakenBack, original: Entry | undefined): string | undefined {
  if (taken.wallets.size === 0) return undefined
  const paid = original?.kind === 'AUTHORIZATION' ? original.movement : undefined
  const wallets = [...taken.wallets].join(', ')
  const paidText = paid ? `${-paid.delta} from ${paid.wallet}` : 'nothing'
  if (!paid || taken.total > -paid.delta || wallets !== paid.wallet)
    return `paid ${paidText}, reversals returned ${taken.total} to ${wallets}`
  const day = original?.kind === 'AUTHORIZATION' ? original.day : undefined
  const days = [...taken.days]
  if (days.some((one) => one !== day))
    return `was counted for ${day}, but reversals reduced ${days.join(', ')}`
  if (taken.totalAfterRest === undefined || taken.totalAfterRest === -paid.delta) return undefined
  return `paid ${paidText}, and after a full reversal ${taken.totalAfterRest} had been returned`
}

function orderProblem({ early }: TakenBack, original: Entry | undefined): string | undefined {
  if (!early || !original) return undefined
  const { reversals, lastSeq } = early
  if (original.seq < lastSeq)
    return `is at seq ${original.seq}, but its later reversal at seq ${lastSeq} did not find it`
  if (original.kind !== 'AUTHORIZATION') return undefined
  const due = leftByEarlyReversals(original.amount, reversals)
  if (due === 0n && reasonsWithRemainder.has(original.reason))
    return `at seq ${original.seq} is ${original.reason}, although its reversal came first, at seq ${lastSeq}`
  const paid = original.movement ? -original.movement.delta : due
  if (paid === due) return undefined
  return `at seq ${original.seq} paid ${paid} of ${original.amount}, but its early reversals left ${due}`
}
