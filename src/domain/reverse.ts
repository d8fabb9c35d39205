import { type Account, type AccountHistory, balanceOf } from './account.js'
import type { Day } from './calendar.js'
import { earlyReversalsIn } from './early-reversals.js'
import type {
  AuthorizationEntry,
  Entry,
  Movement,
  PurchaseDescription,
  ReversalEntry,
  TransactionId,
} from './entry.js'
import { BALANCE_MAX, type Centavos, centavos } from './money.js'
import type { Reason } from './reason.js'
import type { Verdict } from './verdict.js'

/** A request to reverse a purchase. */
export type Reversal = {
  readonly transactionId: TransactionId
  /** Id of the purchase. */
  readonly originalId: TransactionId
  /** 1 centavo or more; absent for the whole remainder. */
  readonly amount?: Centavos
  /** The purchase as the caller knows it. Every given field must equal the authorized one. */
  readonly described: PurchaseDescription
}

/**
 * Decides a reversal. The first rule that applies answers:
 *
 * | #  | when                                             | answer                            |
 * |----|--------------------------------------------------|-----------------------------------|
 * | 1  | the id was decided before, same content          | the stored answer                 |
 * | 2  | the id was decided before, other content         | rejected as a reuse of the id     |
 * | 3  | the original is a verification, or no purchase   | declined, ORIGINAL_NOT_REVERSIBLE |
 * | 4  | the original was never seen, but reversed in full | declined, ALREADY_REVERSED       |
 * | 5  | the original was never seen                      | recorded, REVERSED_BEFORE_PURCHASE          |
 * | 6  | the original differs from its description        | declined, ORIGINAL_MISMATCH       |
 * | 7  | the original was declined                        | declined, ORIGINAL_DECLINED       |
 * | 8  | nothing of the original is left                  | declined, ALREADY_REVERSED        |
 * | 9  | the requested amount is more than is left        | declined, AMOUNT_OVER_REMAINDER        |
 * | 10 | the wallet's balance would become too large      | declined, BALANCE_TOO_LARGE       |
 * | 11 | otherwise                                        | approved: back to the wallet that paid |
 *
 * The remainder of a purchase is its debit less the money given back. The debit already excludes early
 * reversals (rule 5). The account's status does not matter: the money is the holder's.
 */
export function decideReversal(
  history: AccountHistory,
  reversal: Reversal,
  at: Date,
): Verdict<ReversalEntry> {
  const earlier = history.find(reversal.transactionId)
  if (earlier && repeats(reversal, earlier)) return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }

  const { account } = history
  const asked: Asked = { account, reversal, at }
  const original = history.find(reversal.originalId)
  const reversals = history.reversalsOf(reversal.originalId)
  if (original && !isReversible(original)) return conclude(asked, 'ORIGINAL_NOT_REVERSIBLE')
  if (!original)
    return conclude(asked, earlyReversalsIn(reversals).full ? 'ALREADY_REVERSED' : 'REVERSED_BEFORE_PURCHASE')
  if (!fits(original, reversal.described)) return conclude(asked, 'ORIGINAL_MISMATCH')
  if (!original.movement) return conclude(asked, 'ORIGINAL_DECLINED')

  const wentBack = reversals.reduce((sum, { movement }) => sum + (movement?.delta ?? 0n), 0n)
  const rest = -original.movement.delta - wentBack
  const amount = reversal.amount ?? rest
  if (rest === 0n) return conclude(asked, 'ALREADY_REVERSED')
  if (amount > rest) return conclude(asked, 'AMOUNT_OVER_REMAINDER')

  const { wallet } = original.movement
  const balance = balanceOf(account, wallet) + amount
  if (balance > BALANCE_MAX) return conclude(asked, 'BALANCE_TOO_LARGE')
  return conclude(asked, 'APPROVED', {
    movement: { wallet, delta: amount, balanceAfter: centavos(balance) },
    ...(original.day !== undefined && { day: original.day }),
  })
}

type Asked = { readonly account: Account; readonly reversal: Reversal; readonly at: Date }

/** Whether the reversal equals the one decided earlier, field by field. */
function repeats(reversal: Reversal, earlier: Entry): earlier is ReversalEntry {
  return (
    earlier.kind === 'REVERSAL' &&
    earlier.originalId === reversal.originalId &&
    earlier.amount === reversal.amount &&
    earlier.described.amount === reversal.described.amount &&
    earlier.described.mcc === reversal.described.mcc &&
    earlier.described.merchant === reversal.described.merchant
  )
}

/** Whether the entry is a purchase, and no verification. */
function isReversible(original: Entry): original is AuthorizationEntry {
  return original.kind === 'AUTHORIZATION' && !original.verification
}

function fits(original: AuthorizationEntry, described: PurchaseDescription): boolean {
  return (
    (described.amount ?? original.amount) === original.amount &&
    (described.mcc ?? original.mcc) === original.mcc &&
    (described.merchant ?? original.merchant) === original.merchant
  )
}

function conclude(
  { account, reversal, at }: Asked,
  reason: Reason,
  effect: { readonly movement?: Movement; readonly day?: Day } = {},
): Verdict<ReversalEntry> {
  return {
    type: 'RECORD',
    entry: {
      kind: 'REVERSAL',
      accountId: account.id,
      transactionId: reversal.transactionId,
      seq: account.version + 1n,
      at,
      reason,
      originalId: reversal.originalId,
      ...(reversal.amount !== undefined && { amount: reversal.amount }),
      described: reversal.described,
      ...effect,
    },
  }
}
