import type { AccountHistory } from './account.js'
import type { CategoryId } from './category.js'
import type { AdminEntry, TransactionId } from './entry.js'
import { type Limits, sameLimits, unlimited, type WalletLimits } from './limits.js'
import type { Centavos } from './money.js'
import type { Verdict } from './verdict.js'

/** A request to change what an account may spend. */
export type LimitsChange = {
  readonly transactionId: TransactionId
  /** Who asks: the subject of the caller's token, or the name of the command. */
  readonly subject: string
  /** Whether every limit that is not named here is taken away. If not, it stays as it is. */
  readonly replaces: boolean
  /** The new maximum of one purchase; `limit` absent: none any more. */
  readonly purchase?: { readonly limit?: Centavos }
  /** The new limits of these wallets, each as a whole. */
  readonly wallets: ReadonlyMap<CategoryId, WalletLimits>
}

/** Why limits cannot be changed. */
export type LimitsRefusal = 'ACCOUNT_NOT_FOUND' | 'ACCOUNT_CLOSED'

/**
 * Decides a change of limits. What was spent before does not matter: a limit below it refuses what comes next, and no more. A
 * change to the limits that the account has already is recorded too: else its id would stay free, and a repeat of it could undo
 * what somebody else did in between.
 */
export function decideLimits(
  { account, find }: AccountHistory,
  change: LimitsChange,
  at: Date,
): Verdict<AdminEntry, LimitsRefusal> {
  const earlier = find(change.transactionId)
  if (
    earlier?.kind === 'ADMIN' &&
    earlier.limits &&
    sameLimits(changed(earlier.limits, change), earlier.limits)
  )
    return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }
  if (account.status === 'UNOPENED') return { type: 'REFUSED', refusal: 'ACCOUNT_NOT_FOUND' }
  if (account.status === 'CLOSED') return { type: 'REFUSED', refusal: 'ACCOUNT_CLOSED' }

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

/** The limits after the change. A wallet without limits is not in them. */
function changed(before: Limits, { replaces, purchase, wallets }: LimitsChange): Limits {
  const kept = replaces ? unlimited : before
  const most = purchase ? purchase.limit : kept.purchase
  // The later of two limits of one wallet is the one that a Map keeps.
  const all = new Map([...kept.wallets, ...wallets])
  const limited = [...all].filter(([, { day, month }]) => day !== undefined || month !== undefined)
  return { ...(most !== undefined && { purchase: most }), wallets: new Map(limited) }
}
