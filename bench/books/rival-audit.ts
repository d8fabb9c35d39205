import type { Db } from 'mongodb'
import { rivalCollections } from '../dataset/rival-collections.js'
import type { RivalAccount } from '../servers/rival-books.js'

type WalletSum = { readonly _id: { readonly account: string; readonly wallet: string }; readonly sum: bigint }

/** Whether every wallet of the rivals holds what its entries add up to: one sentence if not. */
export async function auditRival(db: Db): Promise<readonly string[]> {
  const sums = db
    .collection(rivalCollections.ledger)
    .aggregate<WalletSum>(
      [
        { $match: { delta: { $exists: true } } },
        { $group: { _id: { account: '$_id.account', wallet: '$wallet' }, sum: { $sum: '$delta' } } },
      ],
      { allowDiskUse: true },
    )
  const expected = new Map<string, bigint>()
  for await (const { _id, sum } of sums) expected.set(`${_id.account} ${_id.wallet}`, BigInt(sum))

  const off: string[] = []
  for await (const { _id, wallets } of db.collection<RivalAccount>(rivalCollections.accounts).find()) {
    for (const [wallet, balance] of Object.entries(wallets)) {
      const sum = expected.get(`${_id} ${wallet}`) ?? 0n
      if (balance !== sum) off.push(`${wallet} of ${_id} holds ${balance}, its entries add up to ${sum}`)
    }
  }
  return off.length === 0
    ? []
    : [`${off.length} wallets do not hold what their entries say, the first: ${off[0]}`]
}
