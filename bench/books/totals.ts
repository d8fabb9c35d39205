import type { Db } from 'mongodb'
import { collections } from '../../src/storage/collections.js'
import { rivalCollections } from '../dataset/rival-collections.js'
import type { BenchmarkedSide } from '../plan/sides.js'

/** What all accounts of a database come to. */
export type Totals = {
  /** Centavos in all wallets. */
  readonly balance: bigint
  /** Entries ever recorded: the sum of the versions, where an entry makes one; else the length of the ledger. */
  readonly entries: bigint
  /** Accounts with a wallet below zero. */
  readonly negative: bigint
}

/** Adds up the accounts of a side. */
export async function totalsOf(db: Db, shape: NonNullable<BenchmarkedSide['shape']>): Promise<Totals> {
  const names = shape === 'OURS' ? collections : rivalCollections
  const balances = { $map: { input: { $objectToArray: '$wallets' }, in: '$$this.v' } }
  const [sums] = await db
    .collection(names.accounts)
    .aggregate<{ readonly balance: bigint; readonly versions: bigint; readonly negative: number }>([
      { $project: { version: 1, sum: { $sum: balances }, lowest: { $min: balances } } },
      {
        $group: {
          _id: null,
          balance: { $sum: '$sum' },
          versions: { $sum: '$version' },
          negative: { $sum: { $cond: [{ $lt: ['$lowest', 0] }, 1, 0] } },
        },
      },
    ])
    .toArray()
  if (!sums) throw new Error(`${db.databaseName} has no accounts`)
  const inLedger = async () => BigInt(await db.collection(names.ledger).countDocuments())
  return {
    balance: BigInt(sums.balance),
    entries: shape === 'OURS' ? BigInt(sums.versions) : await inLedger(),
    negative: BigInt(sums.negative),
  }
}
