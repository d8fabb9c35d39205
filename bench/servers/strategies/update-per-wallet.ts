import { repeated } from './decision.js'
import { payOrDecline } from './pay-or-decline.js'
import { record } from './record.js'
import type { Strategy } from './strategy.js'

/**
 * Looks the id up, has the wallets pay one after another by a conditional `findOneAndUpdate` each, and inserts the entry. Never
 * waits for anybody on the same account.
 */
export const updatePerWallet: Strategy = (options) => {
  const { books, catalog } = options
  return async (accountId, purchase) => {
    const earlier = await books.entry(accountId, purchase.transactionId)
    if (earlier) return repeated(earlier, purchase, catalog())
    const entry = await payOrDecline(options, accountId, purchase)
    return await record({ books, catalog: catalog(), purchase, entry })
  }
}
