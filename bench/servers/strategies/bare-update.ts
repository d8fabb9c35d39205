import { unopenedAccount } from '../../../src/domain/account.js'
import { approval, decline } from './decision.js'
import type { Strategy } from './strategy.js'

/**
 * The floor under every way that changes one document for each purchase: a single conditional `findOneAndUpdate` of the free
 * balance. No ledger, no look at earlier ids, no second wallet.
 */
export const bareUpdate: Strategy = ({ books, catalog, clock }) => {
  return async (accountId, purchase) => {
    const route = catalog().route(purchase)
    const at = clock.now()
    const wallet = route.wallets.at(-1) ?? ''
    const paid = await books.pay({ accountId, wallet, amount: purchase.amount })
    if (paid) {
      return { type: 'RECORD', entry: approval({ accountId, purchase, route, at, ...paid }) }
    }
    const account = { ...unopenedAccount(accountId), status: 'ACTIVE' } as const
    return { type: 'RECORD', entry: decline({ account, purchase, catalog: catalog(), at }) }
  }
}
