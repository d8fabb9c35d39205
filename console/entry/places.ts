import type { Transaction } from '../api/messages.js'
import { linkTo } from '../router.js'
import { purchaseIdOf } from './movement.js'

/** The link to a purchase with all that followed it. */
export function purchaseLink(accountId: string, purchaseId: string): string {
  return linkTo(['accounts', accountId, 'purchases', purchaseId])
}

/**
 * The link to an entry, over the account or over another page. An expiry is shown with its purchase, which
 * says what expired.
 */
export function entryLink(
  entry: Transaction,
  path: readonly string[] = ['accounts', entry.accountId],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const purchaseId = purchaseIdOf(entry)
  return entry.kind === 'TRANSACTION_KIND_EXPIRY' && purchaseId !== undefined
    ? purchaseLink(entry.accountId, purchaseId)
    : linkTo(path, { ...query, entry: entry.transactionId })
}
