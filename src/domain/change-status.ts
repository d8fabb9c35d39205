import type { AccountHistory } from './account.js'
import type { AccountStatus } from './account-status.js'
import type { AdminEntry, TransactionId } from './entry.js'
import type { Verdict } from './verdict.js'

/** A request to block, unblock or close an account. */
export type StatusChange = {
  readonly transactionId: TransactionId
  readonly status: Exclude<AccountStatus, 'UNOPENED'>
  /** Subject of the caller's token, or the name of the command. */
  readonly subject: string
}

/** Why a change of status is rejected. */
export type StatusRejection = 'ACCOUNT_NOT_FOUND' | 'ACCOUNT_CLOSED'

/**
 * Decides a change of status. A closed account never opens again. A change to the current status is recorded
 * too. Otherwise its id would stay free, and a repeat could undo another caller's change in between.
 */
export function decideStatusChange(
  { account, find }: AccountHistory,
  { transactionId, status, subject }: StatusChange,
  at: Date,
): Verdict<AdminEntry, StatusRejection> {
  const earlier = find(transactionId)
  if (earlier?.kind === 'ADMIN' && earlier.action === 'STATUS' && earlier.status === status)
    return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }
  if (account.status === 'UNOPENED') return { type: 'REJECTED', rejection: 'ACCOUNT_NOT_FOUND' }
  if (account.status === 'CLOSED' && status !== 'CLOSED')
    return { type: 'REJECTED', rejection: 'ACCOUNT_CLOSED' }
  return {
    type: 'RECORD',
    entry: {
      kind: 'ADMIN',
      action: 'STATUS',
      accountId: account.id,
      transactionId,
      seq: account.version + 1n,
      at,
      status,
      subject,
    },
  }
}
