import { type Account, type AccountHistory, balanceOf } from './account.js'
import type { Catalog, Route } from './catalog.js'
import type { CategoryId } from './category.js'
import type { AuthorizationEntry, Entry, TransactionId } from './entry.js'
import { invariant } from './invariant.js'
import { type Centavos, centavos } from './money.js'
import type { Reason } from './reason.js'
import type { Verdict } from './verdict.js'

/** What a payment switch asks: may this be paid? */
export type Purchase = {
  readonly transactionId: TransactionId
  /** 1 centavo or more. */
  readonly amount: Centavos
  /** Merchant category code as received: four digits. */
  readonly mcc: string
  /** Merchant string as received (ISO 8583 DE43, or a bare name); may be empty. */
  readonly merchant: string
}

/**
 * Decides one purchase. The first line that applies answers:
 *
 * | # | when                                        | answer                                    |
 * |---|---------------------------------------------|-------------------------------------------|
 * | 1 | the id was decided before, same content     | the stored answer                         |
 * | 2 | the id was decided before, other content    | refused as a reuse of the id              |
 * | 3 | nobody opened the account                   | declined, ACCOUNT_NOT_FOUND               |
 * | 4 | the account is closed                       | declined, ACCOUNT_CLOSED                  |
 * | 5 | the account is blocked                      | declined, ACCOUNT_BLOCKED                 |
 * | 6 | a reversal of the id came first             | declined, ALREADY_REVERSED                |
 * | 7 | nothing pays for the effective MCC          | declined, MCC_NOT_PERMITTED               |
 * | 8 | a wallet that may pay covers the amount     | approved; the first such wallet pays it all |
 * | 9 | none does                                   | declined, INSUFFICIENT_BALANCE            |
 *
 * Only the effective MCC counts in line 7: a merchant rule is the issuer's word on a merchant whose MCC is wrong, either way.
 */
export function decide(
  history: AccountHistory,
  purchase: Purchase,
  catalog: Catalog,
  at: Date,
): Verdict<AuthorizationEntry> {
  const earlier = history.find(purchase.transactionId)
  if (earlier && repeats(purchase, earlier)) return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }

  const { account } = history
  const route = catalog.route(purchase)
  const asked: Asked = { account, purchase, route, catalogVersion: catalog.version, at }
  if (account.status === 'UNOPENED') return decline(asked, 'ACCOUNT_NOT_FOUND')
  if (account.status === 'CLOSED') return decline(asked, 'ACCOUNT_CLOSED')
  if (account.status === 'BLOCKED') return decline(asked, 'ACCOUNT_BLOCKED')
  if (history.reversalsOf(purchase.transactionId).length > 0) return decline(asked, 'ALREADY_REVERSED')

  if (!route.permitted) return decline(asked, 'MCC_NOT_PERMITTED')

  const payer = route.wallets.find((wallet) => balanceOf(account, wallet) >= purchase.amount)
  if (payer === undefined) return decline(asked, 'INSUFFICIENT_BALANCE')
  invariant(
    catalog.maySpend(payer, route.effectiveMcc),
    'a wallet pays only for an MCC of its category, or is the free balance',
  )
  return approve(asked, payer)
}

/** Whether the purchase is the one that was decided, field by field. */
function repeats(purchase: Purchase, earlier: Entry): earlier is AuthorizationEntry {
  return (
    earlier.kind === 'AUTHORIZATION' &&
    earlier.amount === purchase.amount &&
    earlier.mcc === purchase.mcc &&
    earlier.merchant === purchase.merchant
  )
}

type Asked = {
  readonly account: Account
  readonly purchase: Purchase
  readonly route: Route
  readonly catalogVersion: bigint
  readonly at: Date
}

function decline(asked: Asked, reason: Exclude<Reason, 'APPROVED'>): Verdict<AuthorizationEntry> {
  return { type: 'RECORD', entry: { ...entryFor(asked), reason } }
}

function approve(asked: Asked, payer: CategoryId): Verdict<AuthorizationEntry> {
  const { account, purchase } = asked
  const balanceAfter = centavos(balanceOf(account, payer) - purchase.amount)
  const movement = { wallet: payer, delta: -purchase.amount, balanceAfter }
  return { type: 'RECORD', entry: { ...entryFor(asked), reason: 'APPROVED', movement } }
}

function entryFor({
  account,
  purchase,
  route,
  catalogVersion,
  at,
}: Asked): Omit<AuthorizationEntry, 'reason' | 'movement'> {
  return {
    kind: 'AUTHORIZATION',
    accountId: account.id,
    transactionId: purchase.transactionId,
    seq: account.version + 1n,
    at,
    amount: purchase.amount,
    mcc: purchase.mcc,
    merchant: purchase.merchant,
    effectiveMcc: route.effectiveMcc,
    catalogVersion,
    ...(route.merchantRule !== undefined && { merchantRule: route.merchantRule }),
  }
}
