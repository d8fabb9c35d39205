import { type Account, unopenedAccount } from '../../../src/domain/account.js'
import type { AccountId } from '../../../src/domain/account-status.js'
import type { Catalog, Route } from '../../../src/domain/catalog.js'
import { decide, type Purchase } from '../../../src/domain/decide.js'
import type { AuthorizationEntry, Entry, Movement } from '../../../src/domain/entry.js'
import { invariant } from '../../../src/domain/invariant.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { calendar } from '../../dataset/calendar.js'
import { historyOf } from '../rival-books.js'

type Asked = {
  readonly account: Account
  readonly purchase: Purchase
  readonly catalog: Catalog
  readonly at: Date
}

type Paid = {
  readonly accountId: AccountId
  readonly purchase: Purchase
  readonly route: Route
  readonly at: Date
  readonly movement: Movement
  readonly seq: bigint
}

/** Approved now: some wallet has paid. */
export function approval({ accountId, purchase, route, at, movement, seq }: Paid): AuthorizationEntry {
  return {
    kind: 'AUTHORIZATION',
    accountId,
    transactionId: purchase.transactionId,
    seq,
    at,
    reason: 'APPROVED',
    amount: purchase.amount,
    mcc: purchase.mcc,
    merchant: purchase.merchant,
    effectiveMcc: route.effectiveMcc,
    ...(route.merchantRule !== undefined && { merchantRule: route.merchantRule }),
    movement,
  }
}

/** Declined now, after no wallet was found to pay, whatever has come in since. */
export function decline({ account, purchase, catalog, at }: Asked): AuthorizationEntry {
  const verdict = decide(
    historyOf({ ...account, wallets: new Map() }, undefined),
    purchase,
    catalog,
    at,
    calendar,
  )
  invariant(verdict.type === 'RECORD', 'what was never decided is not repeated')
  return verdict.entry
}

/** What a repeat is answered with: the stored entry, or that its id was used for something else. */
export function repeated(earlier: Entry, purchase: Purchase, catalog: Catalog): Verdict<AuthorizationEntry> {
  const account = unopenedAccount(earlier.accountId)
  return decide(historyOf(account, earlier), purchase, catalog, earlier.at, calendar)
}
