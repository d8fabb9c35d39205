import type { ClientSession } from 'mongodb'
import type { AccountId } from '../../../src/domain/account-status.js'
import type { Purchase } from '../../../src/domain/decide.js'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import { approval, decline } from './decision.js'
import type { StrategyOptions } from './strategy.js'

/** Has the wallets pay one after another until one does: a conditional update each. The entry is still to be recorded. */
export async function payOrDecline(
  { books, catalog, clock }: StrategyOptions,
  accountId: AccountId,
  purchase: Purchase,
  session?: ClientSession,
): Promise<AuthorizationEntry> {
  const at = clock.now()
  const route = catalog().route(purchase)
  for (const wallet of route.wallets) {
    const paid = await books.pay({ accountId, wallet, amount: purchase.amount }, session)
    if (paid) return approval({ accountId, purchase, route, at, ...paid })
  }
  // Why nobody pays: the account may be blocked, closed, or none at all.
  const account = await books.account(accountId)
  return decline({ account, purchase, catalog: catalog(), at })
}
