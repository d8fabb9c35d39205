import type { Db } from 'mongodb'
import type { AccountId } from '../../src/domain/account-status.js'
import type { AccountDocument } from '../../src/storage/account/account-document.js'
import { collections } from '../../src/storage/collections.js'
import { ENTRIES_PER_ACCOUNT } from '../dataset/loaded-account.js'
import { accountIdAt } from '../load/account-id.js'
import { accountRange } from '../plan/scenarios.js'

export type SampleOptions = {
  /** How many accounts there are. */
  readonly accounts: number
  /** How many of them are wanted, twice: evenly out of all, and out of those that something has happened to since they were loaded. */
  readonly wanted: number
}

/** Ids of some of our accounts, to be looked at in place of all. */
export async function sampleOf(db: Db, { accounts, wanted }: SampleOptions): Promise<readonly AccountId[]> {
  const step = Math.max(1, Math.floor(accounts / wanted))
  const evenly = Array.from({ length: Math.min(wanted, accounts) }, (_, index) =>
    accountIdAt(accountRange(accounts), index * step),
  )
  const touched = await db
    .collection<AccountDocument>(collections.accounts)
    .find({ version: { $gt: BigInt(ENTRIES_PER_ACCOUNT) } }, { projection: { _id: 1 }, limit: wanted })
    .toArray()
  return [...new Set([...evenly, ...touched.map(({ _id }) => _id)])]
}
