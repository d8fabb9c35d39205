import type { Collection, Db, Document } from 'mongodb'
import type { CardRailSums, Period, Sum } from '../../application/card-rail-totals.js'
import { type BackgroundTurns, freeTurns } from '../../application/engine/background-turns.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { mapTransientErrors } from '../errors.js'
import type { AccountDocument } from './account-document.js'
import type { LedgerDocument } from './ledger-document.js'
import { storedReason } from './reason-names.js'

/** Accounts in one command. With a hold each, they take MongoDB some 15 ms. */
const PAGE = 2_000
/** Most early reversals that a count looks at, the newest first. */
const REVERSALS_MAX = 10_000

/** Accounts to add up, along an index on this field that only they are in. */
type Summed = {
  readonly field: 'next_expiry' | 'owed'
  /** A value of the field's type below all others. */
  readonly below: Date | Document
  /** The expressions of one account: what it adds to the number and to the money. */
  readonly count: Document
  readonly amount: Document
}

type Page = {
  readonly accounts: number
  readonly count: number | bigint
  readonly amount: number | bigint
  /** The last account of the page. */
  readonly last: { readonly id: string; readonly value: unknown }
}

const held = walletsOf('held')
const owed = walletsOf('owed')

/**
 * Sums over the accounts of MongoDB that hold or owe money, read along indexes that have no other accounts.
 *
 * MongoDB adds up a page of accounts in one command. Accounts that change during the sum may count twice or
 * not at all.
 */
export class MongoCardRailSums implements CardRailSums {
  readonly #accounts: Collection<AccountDocument>
  readonly #ledger: Collection<LedgerDocument>
  readonly #turns: BackgroundTurns

  constructor(db: Db, turns = freeTurns) {
    this.#accounts = db.collection<AccountDocument>(collections.accounts)
    this.#ledger = db.collection<LedgerDocument>(collections.ledger)
    this.#turns = turns
  }

  async openHolds(): Promise<Sum> {
    const count = { $size: { $ifNull: ['$holds', []] } }
    return await this.#sum({ field: 'next_expiry', below: new Date(0), count, amount: held })
  }

  async owing(): Promise<Sum> {
    // An account that has paid what it owed stays in the index, with amounts of 0.
    return await this.#sum({ field: 'owed', below: {}, count: { $min: [1, owed] }, amount: owed })
  }

  async unmatchedReversals({ from, until }: Period): Promise<number> {
    const reason = storedReason('REVERSED_BEFORE_PURCHASE')
    const pipeline = [
      // With a wallet, it gave back money of a capture: it has found what it reverses.
      { $match: { reason, at: { $gte: from, $lt: until }, wallet: { $exists: false } } },
      { $sort: { at: -1 } },
      { $limit: REVERSALS_MAX },
      { $project: { _id: 0, purchase: { account: '$_id.account', transaction: '$original' } } },
      {
        $lookup: {
          from: collections.ledger,
          localField: 'purchase',
          foreignField: '_id',
          pipeline: [{ $project: { _id: 1 } }],
          as: 'found',
        },
      },
      { $match: { found: [] } },
      { $count: 'unmatched' },
    ]
    const [result] = await mapTransientErrors('counting early reversals', () =>
      this.#ledger
        .aggregate<{ unmatched: number }>(pipeline, {
          hint: 'early_reversals',
          maxTimeMS: OPERATION_MS_MAX,
        })
        .toArray(),
    )
    return result?.unmatched ?? 0
  }

  async #sum(summed: Summed): Promise<Sum> {
    let count = 0
    let amount = 0n
    let page = await this.#page(summed)
    while (page) {
      count += Number(page.count)
      amount += BigInt(page.amount)
      if (page.accounts < PAGE) break
      await this.#turns.turn()
      page = await this.#page(summed, page.last)
    }
    return { count, amount }
  }

  async #page({ field, below, count, amount }: Summed, after?: Page['last']): Promise<Page | undefined> {
    const next = after
      ? { $or: [{ [field]: after.value, _id: { $gt: after.id } }, { [field]: { $gt: after.value } }] }
      : { [field]: { $gt: below } }
    const pipeline = [
      { $match: next },
      { $sort: { [field]: 1, _id: 1 } },
      { $limit: PAGE },
      { $project: { value: `$${field}`, count, amount } },
      {
        $group: {
          _id: null,
          accounts: { $sum: 1 },
          count: { $sum: '$count' },
          amount: { $sum: '$amount' },
          last: { $last: { id: '$_id', value: '$value' } },
        },
      },
    ]
    const [page] = await mapTransientErrors('adding up the card rail', () =>
      this.#accounts.aggregate<Page>(pipeline, { hint: field, maxTimeMS: OPERATION_MS_MAX }).toArray(),
    )
    return page
  }
}

/** The expression that adds up an amount over all wallets of an account. */
function walletsOf(part: 'held' | 'owed'): Document {
  return { $sum: { $map: { input: { $objectToArray: `$${part}` }, in: '$$this.v' } } }
}
