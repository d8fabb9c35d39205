import { type Account, type AccountHistory, balanceOf } from './account.js'
import { approvalCodeOf } from './approval-code.js'
import type { Calendar } from './calendar.js'
import type { Entry, IncrementEntry, TransactionId } from './entry.js'
import { limitPassed } from './limits.js'
import { type Centavos, centavos } from './money.js'
import { movementOn } from './movement.js'
import { isCurrencySupported, isSameNetworkData, type NetworkData } from './network.js'
import type { Reason } from './reason.js'
import { spendingOn } from './spending.js'
import type { Verdict } from './verdict.js'

/** A request to raise an open hold, for example for another night in a hotel. */
export type Increment = {
  readonly transactionId: TransactionId
  /** Id of the purchase. */
  readonly originalId: TransactionId
  /** 1 centavo or more, on top of the hold. */
  readonly amount: Centavos
  /** Absent when the network sent nothing else. */
  readonly network?: NetworkData
}

/**
 * Decides an increment. The first rule that applies answers:
 *
 * | #  | when                                          | answer                           |
 * |----|-----------------------------------------------|----------------------------------|
 * | 1  | the id was decided before, same content       | the stored answer                |
 * | 2  | the id was decided before, other content      | rejected as a reuse of the id    |
 * | 3  | the account was never opened                  | declined, ACCOUNT_NOT_FOUND      |
 * | 4  | the account is closed                         | declined, ACCOUNT_CLOSED         |
 * | 5  | the account is blocked                        | declined, ACCOUNT_BLOCKED        |
 * | 6  | the currency is not BRL                       | declined, CURRENCY_NOT_SUPPORTED |
 * | 7  | the purchase has no open hold                 | declined, HOLD_NOT_OPEN          |
 * | 8  | the whole purchase would be over the maximum per purchase | declined, AMOUNT_OVER_LIMIT |
 * | 9  | the wallet of the hold does not cover it      | declined, INSUFFICIENT_BALANCE   |
 * | 10 | the wallet's limits do not allow it           | declined, AMOUNT_OVER_LIMIT      |
 * | 11 | otherwise                                     | approved: the hold grows         |
 *
 * MCC and rail are not decided again: they are those of the purchase. The hold expires when it did before.
 */
export function decideIncrement(
  history: AccountHistory,
  increment: Increment,
  at: Date,
  calendar: Calendar,
): Verdict<IncrementEntry> {
  const earlier = history.find(increment.transactionId)
  if (earlier && repeats(increment, earlier)) return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }

  const { account } = history
  const asked: Asked = { account, increment, at }
  if (account.status === 'UNOPENED') return conclude(asked, 'ACCOUNT_NOT_FOUND')
  if (account.status === 'CLOSED') return conclude(asked, 'ACCOUNT_CLOSED')
  if (account.status === 'BLOCKED') return conclude(asked, 'ACCOUNT_BLOCKED')
  if (!isCurrencySupported(increment.network?.currency)) return conclude(asked, 'CURRENCY_NOT_SUPPORTED')
  const hold = account.holds.find(({ id }) => id === increment.originalId)
  if (!hold) return conclude(asked, 'HOLD_NOT_OPEN')
  const { wallet, authorized, released } = hold
  const { amount } = increment
  const whole = centavos(authorized - released + amount)
  const { purchase: most = whole } = account.limits
  if (whole > most) return conclude(asked, 'AMOUNT_OVER_LIMIT')
  if (balanceOf(account, wallet) < amount) return conclude(asked, 'INSUFFICIENT_BALANCE')
  const spending = spendingOn(account.spent.get(wallet), calendar(at))
  if (limitPassed(account.limits.wallets.get(wallet), { amount, spending }))
    return conclude(asked, 'AMOUNT_OVER_LIMIT')

  const movement = movementOn(account, wallet, { delta: -amount, heldDelta: amount })
  return conclude(asked, 'APPROVED', {
    ...(movement && { movement }),
    approvalCode: approvalCodeOf(account.id, account.version + 1n),
    day: spending.day,
  })
}

type Asked = { readonly account: Account; readonly increment: Increment; readonly at: Date }

/** Whether the increment equals the one decided earlier, field by field. */
function repeats(increment: Increment, earlier: Entry): earlier is IncrementEntry {
  return (
    earlier.kind === 'INCREMENT' &&
    earlier.originalId === increment.originalId &&
    earlier.amount === increment.amount &&
    isSameNetworkData(earlier.network, increment.network)
  )
}

function conclude(
  { account, increment, at }: Asked,
  reason: Reason,
  effect: Pick<IncrementEntry, 'movement' | 'approvalCode' | 'day'> = {},
): Verdict<IncrementEntry> {
  return {
    type: 'RECORD',
    entry: {
      kind: 'INCREMENT',
      accountId: account.id,
      transactionId: increment.transactionId,
      seq: account.version + 1n,
      at,
      reason,
      originalId: increment.originalId,
      amount: increment.amount,
      ...(increment.network !== undefined && { network: increment.network }),
      ...effect,
    },
  }
}
