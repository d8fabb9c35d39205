import { type ClientSession, type Collection, type Db, type Filter, MongoServerError } from 'mongodb'
import { type Account, type AccountHistory, unopenedAccount } from '../../src/domain/account.js'
import type { AccountId, AccountStatus } from '../../src/domain/account-status.js'
import type { CategoryId } from '../../src/domain/category.js'
import type { AuthorizationEntry, Entry, Movement, TransactionId } from '../../src/domain/entry.js'
import { type Centavos, centavos } from '../../src/domain/money.js'
import {
  entryOfLedger,
  type LedgerDocument,
  ledgerDocument,
  ledgerKey,
} from '../../src/storage/account/ledger-document.js'
import { OPERATION_MS_MAX } from '../../src/storage/client.js'
import { DUPLICATE_KEY } from '../../src/storage/errors.js'
import { rivalCollections } from '../dataset/rival-collections.js'

/** An account as the rivals keep it: what they need and no more. */
export type RivalAccount = {
  readonly _id: AccountId
  readonly status: AccountStatus
  readonly wallets: Readonly<Record<CategoryId, bigint>>
  /** Number of changes of the balances. */
  readonly revision: bigint
}

/** What a payment did to the account. */
type Payment = {
  readonly movement: Movement
  /** The revision that it made. */
  readonly seq: bigint
}

const within = { maxTimeMS: OPERATION_MS_MAX }

/** Accounts and ledger of the rivals in MongoDB: the single steps that their strategies are made of. */
export class RivalBooks {
  readonly db: Db
  readonly #accounts: Collection<RivalAccount>
  readonly #entries: Collection<LedgerDocument>

  constructor(db: Db) {
    this.db = db
    this.#accounts = db.collection<RivalAccount>(rivalCollections.accounts)
    this.#entries = db.collection<LedgerDocument>(rivalCollections.ledger)
  }

  /** The account and the entry with this id, read side by side. */
  async history(id: AccountId, transactionId: TransactionId): Promise<AccountHistory> {
    const [account, earlier] = await Promise.all([this.account(id), this.entry(id, transactionId)])
    return historyOf(account, earlier)
  }

  /** The account; its version is the revision. */
  async account(id: AccountId): Promise<Account> {
    const document = await this.#accounts.findOne({ _id: id }, within)
    if (!document) return unopenedAccount(id)
    const { status, wallets, revision: version } = document
    return {
      ...unopenedAccount(id),
      status,
      version,
      wallets: new Map(Object.entries(wallets).map(([wallet, balance]) => [wallet, centavos(balance)])),
    }
  }

  async entry(accountId: AccountId, transactionId: TransactionId): Promise<Entry | undefined> {
    const document = await this.#entries.findOne({ _id: ledgerKey({ accountId, transactionId }) }, within)
    return document ? entryOfLedger(document) : undefined
  }

  /** Makes the movement of the entry, if it has one and the account is still at the revision before it. */
  async moveAtRevision({ accountId, seq, movement }: AuthorizationEntry): Promise<boolean> {
    if (!movement) return true
    const { wallet, balanceAfter } = movement
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: accountId, revision: seq - 1n },
      { $set: { [`wallets.${wallet}`]: balanceAfter, revision: seq } },
      within,
    )
    return matchedCount === 1
  }

  /** Takes the amount from the wallet of an active account that holds so much; undefined when that is not so. */
  async pay(
    payment: { readonly accountId: AccountId; readonly wallet: CategoryId; readonly amount: Centavos },
    session?: ClientSession,
  ): Promise<Payment | undefined> {
    const { accountId, wallet, amount } = payment
    const field = `wallets.${wallet}`
    // The path of a wallet is no key that the type of the document knows.
    const filter = { _id: accountId, status: 'ACTIVE', [field]: { $gte: amount } } as Filter<RivalAccount>
    const after = await this.#accounts.findOneAndUpdate(
      filter,
      { $inc: { [field]: -amount, revision: 1n } },
      {
        ...within,
        returnDocument: 'after',
        projection: { [field]: 1, revision: 1 },
        ...(session && { session }),
      },
    )
    const balance = after?.wallets[wallet]
    if (!after || balance === undefined) return undefined
    return { movement: { wallet, delta: -amount, balanceAfter: centavos(balance) }, seq: after.revision }
  }

  /** Gives back what an entry took whose id turned out to be taken. */
  async undo({ accountId, movement }: AuthorizationEntry): Promise<void> {
    if (!movement) return
    const { wallet, delta } = movement
    await this.#accounts.updateOne(
      { _id: accountId },
      { $inc: { [`wallets.${wallet}`]: -delta, revision: 1n } },
      within,
    )
  }

  /** Adds an entry to the ledger; false when its id is taken. */
  async insert(entry: AuthorizationEntry, session?: ClientSession): Promise<boolean> {
    try {
      await this.#entries.insertOne(ledgerDocument(entry), { ...within, ...(session && { session }) })
      return true
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false
      throw error
    }
  }
}

/** What a decision looks at. The rivals know no reversals. */
export function historyOf(account: Account, earlier: Entry | undefined): AccountHistory {
  return { account, find: () => earlier, followUpsOf: () => [] }
}
