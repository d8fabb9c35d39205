import type { AccountHistory } from './account.js'
import type { AdminEntry, TransactionId } from './entry.js'
import type { Verdict } from './verdict.js'

/** A request to open an account, which may then hold money and pay. */
export type Opening = {
  readonly transactionId: TransactionId
  /** Subject of the caller's token, or the name of the command. */
  readonly subject: string
}

/** Decides an opening. Rejects it when another request opened the account before. Wallets start at zero. */
export function decideOpening(
  { account, find }: AccountHistory,
  opening: Opening,
  at: Date,
): Verdict<AdminEntry, 'ALREADY_OPENED'> {
  const earlier = find(opening.transactionId)
  if (earlier?.kind === 'ADMIN' && earlier.action === 'OPEN') return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }
  if (account.status !== 'UNOPENED') return { type: 'REJECTED', rejection: 'ALREADY_OPENED' }
  return {
    type: 'RECORD',
    entry: {
      kind: 'ADMIN',
      action: 'OPEN',
      accountId: account.id,
      transactionId: opening.transactionId,
      seq: account.version + 1n,
      at,
      status: 'ACTIVE',
      subject: opening.subject,
    },
  }
}
