import { expect } from 'chai'
import type { AccountChange, CommitResult } from '../../src/application/account-store.js'
import { type Account, balanceOf } from '../../src/domain/account.js'
import { unlimited } from '../../src/domain/limits.js'
import { centavos } from '../../src/domain/money.js'
import { MongoAccountStore } from '../../src/storage/account/mongo-account-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'
import { ensureSchema } from '../../src/storage/schema.js'
import {
  changeOf,
  credit,
  debit,
  decline,
  limiting,
  newAccount,
  opening,
} from '../support/database/account-changes.js'
import { useDatabase } from '../support/database/database-fixture.js'

const limits = { purchase: centavos(9n), wallets: new Map([['CASH', { day: centavos(0n) }]]) }
const typesOf = (results: readonly CommitResult[]) => results.map(({ type }) => type)

describe('MongoAccountStore', () => {
  const database = useDatabase()
  let store: MongoAccountStore
  before(async () => {
    await ensureSchema(database())
    store = new MongoAccountStore(database())
  })

  /** Commits changes on top of each other, and returns the resulting account. */
  async function committed(...entries: readonly ((account: Account) => AccountChange)[]): Promise<Account> {
    let account = newAccount()
    for (const entry of entries) {
      const change = entry(account)
      expect(typesOf(await store.commit([change]))).to.deep.equal(['COMMITTED'])
      account = change.after
    }
    return account
  }
  const open = (account: Account) => changeOf(account, opening(account))
  const fund = (account: Account) => changeOf(account, credit(account, 'CASH', 1_000n))
  const pay = (account: Account) => changeOf(account, debit(account, 'CASH', 300n))
  const reject = (account: Account) => changeOf(account, decline(account))
  const limit = (account: Account) => changeOf(account, limiting(account, limits))
  const limitNot = (account: Account) => changeOf(account, limiting(account, unlimited))

  async function loaded({ id }: Account): Promise<Account | undefined> {
    return (await store.load([id])).get(id)
  }

  describe('load', () => {
    it('returns no account before its first commit', async () => {
      expect((await store.load([newAccount().id])).size).to.equal(0)
    })

    it('returns an account as it was committed, with every kind of entry', async () => {
      const account = await committed(open, fund, pay, reject, limit)
      expect(await loaded(account)).to.deep.equal(account)
    })

    it('returns an account without its removed limits', async () => {
      const account = await committed(open, limit, limitNot)
      expect((await loaded(account))?.limits).to.deep.equal(unlimited)
    })

    it('returns several accounts at once, and leaves out missing ones', async () => {
      const [one, other] = [await committed(open), await committed(open, fund)]
      const found = await store.load([one.id, newAccount().id, other.id])
      expect(Object.fromEntries(found)).to.deep.equal({ [one.id]: one, [other.id]: other })
    })

    it('rejects an account whose balance is a double', async () => {
      const account = await committed(open, fund)
      const raw = database().collection<{ _id: string }>('accounts')
      const discrepancy = { $set: { 'wallets.CASH': 0.5 } }
      await raw.updateOne({ _id: account.id }, discrepancy, { bypassDocumentValidation: true })
      const error = await loaded(account).catch((cause: unknown) => cause)
      expect(error).to.have.property('name', 'InvariantError')
    })
  })

  describe('load with entries', () => {
    it('returns accounts and entries as they were written', async () => {
      const [one, other] = [await committed(open, fund, pay), await committed(open, reject)]
      await new MongoLedger(database()).append([...one.journal, ...other.journal])
      const keys = [...one.journal.slice(1), ...other.journal.slice(0, 1)]
      const { accounts, entries } = await store.loadWithEntries([one.id, other.id, newAccount().id], keys)
      expect(Object.fromEntries(accounts)).to.deep.equal({ [one.id]: one, [other.id]: other })
      expect(entries).to.have.deep.members(keys)
    })

    it('finds no entries that only the journal holds', async () => {
      const account = await committed(open, fund)
      const { entries } = await store.loadWithEntries([account.id], account.journal)
      expect(entries).to.deep.equal([])
    })

    it('keeps equal ids of different accounts apart', async () => {
      const [one, other] = [await committed(open), await committed(open)]
      await new MongoLedger(database()).append(one.journal)
      const [entry] = one.journal
      const keys = [{ accountId: other.id, transactionId: entry?.transactionId ?? '' }]
      const { entries } = await store.loadWithEntries([other.id], keys)
      expect(entries).to.deep.equal([])
    })

    it('sees a write that MongoDB acknowledged to another client', async () => {
      for (let round = 0; round < 20; round++) {
        const account = await committed(open, fund)
        const { accounts } = await store.loadWithEntries([account.id], [])
        expect(accounts.get(account.id)?.version).to.equal(2n)
      }
    })
  })

  describe('commit of one change', () => {
    it('increases the version by the number of its entries', async () => {
      const account = await committed(open, fund)
      const first = pay(account)
      const second = pay(first.after)
      await store.commit([{ before: account, after: second.after }])
      expect((await loaded(account))?.version).to.equal(4n)
    })

    it('is a conflict when another process has committed first', async () => {
      const account = await committed(open, fund)
      await store.commit([pay(account)])
      expect(typesOf(await store.commit([pay(account)]))).to.deep.equal(['CONFLICT'])
    })

    it('writes nothing in a conflict', async () => {
      const account = await committed(open, fund)
      const first = pay(account)
      await store.commit([first])
      await store.commit([pay(account)])
      expect(await loaded(account)).to.deep.equal(first.after)
    })

    it('is a conflict when the balance is gone, even at the expected version', async () => {
      const account = await committed(open, fund)
      await plantBalance(account, 299n)
      expect(typesOf(await store.commit([pay(account)]))).to.deep.equal(['CONFLICT'])
    })

    it('succeeds when the balance is just enough', async () => {
      const account = await committed(open, fund)
      await plantBalance(account, 300n)
      expect(typesOf(await store.commit([pay(account)]))).to.deep.equal(['COMMITTED'])
    })

    it('is a conflict when the account is gone', async () => {
      const account = await committed(open, fund)
      await database().collection<{ _id: string }>('accounts').deleteOne({ _id: account.id })
      expect(typesOf(await store.commit([pay(account)]))).to.deep.equal(['CONFLICT'])
    })

    it('stores the balance of a new wallet as an int64', async () => {
      const account = await committed(open, fund)
      const long = { _id: account.id, 'wallets.CASH': { $type: 'long' } }
      expect(await database().collection<{ _id: string }>('accounts').countDocuments(long)).to.equal(1)
    })

    it('stores the largest int64 balance exactly', async () => {
      const account = await committed(open, (before) =>
        changeOf(before, credit(before, 'CASH', 2n ** 63n - 1n)),
      )
      expect(balanceOf((await loaded(account)) ?? newAccount(), 'CASH')).to.equal(9_223_372_036_854_775_807n)
    })
  })

  it('commits nothing for an empty list of changes', async () => {
    expect(await store.commit([])).to.deep.equal([])
  })

  for (const [what, alongside] of [
    ['alone', 0],
    ['together with another account', 1],
  ] as const) {
    it(`lets exactly one of ten open an account, each of them ${what}`, async () => {
      const account = newAccount()
      const races = Array.from({ length: 10 }, () =>
        store.commit([open(account), ...Array.from({ length: alongside }, () => open(newAccount()))]),
      )
      const outcomes = (await Promise.all(races)).map(([first]) => first?.type)
      expect(outcomes.sort()).to.deep.equal(['COMMITTED', ...Array(9).fill('CONFLICT')])
    })
  }

  /** Changes a balance without the service, and keeps the version. */
  async function plantBalance({ id }: Account, balance: bigint): Promise<void> {
    const accounts = database().collection<{ _id: string; wallets: object }>('accounts')
    await accounts.updateOne({ _id: id }, { $set: { 'wallets.CASH': balance } })
  }
})
