import type { AccountHistory } from './account.js'
import type { CategoryId } from './category.js'
import type { AdminEntry, TransactionId } from './entry.js'
import { type Limits, sameLimits, unlimited, type WalletLimits } from './limits.js'
import type { Centavos } from './money.js'
import type { Verdict } from './verdict.js'

/** A request to change an account's spending limits. */
export type LimitsChange = {
  readonly transactionId: TransactionId
  /** Subject of the caller's token, or the name of the command. */
  readonly subject: string
  /** Whether the change removes every limit that it does not name. Otherwise those limits stay. */
  readonly replaces: boolean
  /** The new maximum per purchase. An absent `limit` removes the maximum. */
  readonly purchase?: { readonly limit?: Centavos }
  /** The new limits per wallet. Each replaces both limits of its wallet. */
  readonly wallets: ReadonlyMap<CategoryId, WalletLimits>
}

/** Why a change of limits is rejected. */
export type LimitsRejection = 'ACCOUNT_NOT_FOUND' | 'ACCOUNT_CLOSED'

/**
 * Decides a change of limits. Earlier spending does not matter: a limit below it only declines later
 * purchases. A change to the current limits is recorded too. Otherwise its id would stay free, and a repeat
 * could undo another caller's change in between.
 */
export function decideLimits(
  { account, find }: AccountHistory,
  change: LimitsChange,
  at: Date,
): Verdict<AdminEntry, LimitsRejection> {
  const earlier = find(change.transactionId)
  if (
    earlier?.kind === 'ADMIN' &&
    earlier.limits &&
    sameLimits(changed(earlier.limits, change), earlier.limits)
  )
    return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }
  if (account.status === 'UNOPENED') return { type: 'REJECTED', rejection: 'ACCOUNT_NOT_FOUND' }
  if (account.status === 'CLOSED') return { type: 'REJECTED', rejection: 'ACCOUNT_CLOSED' }

  const limits = changed(account.limits, change)
  return {
    type: 'RECORD',
    entry: {
      kind: 'ADMIN',
      action: 'LIMITS',
      accountId: account.id,
      transactionId: change.transactionId,
      seq: account.version + 1n,
      at,
      status: account.status,
      subject: change.subject,
      limits,
    },
  }
}

/** Returns the limits after the change. Wallets without limits are left out. */
function changed(before: Limits, { replaces, purchase, wallets }: LimitsChange): Limits {
  const kept = replaces ? unlimited : before
  const most = purchase ? purchase.limit : kept.purchase
  // For a wallet in both lists the Map keeps the later value, the changed one.
  const all = new Map([...kept.wallets, ...wallets])
  const limited = [...all].filter(([, { day, month }]) => day !== undefined || month !== undefined)
  return { ...(most !== undefined && { purchase: most }), wallets: new Map(limited) }
}
