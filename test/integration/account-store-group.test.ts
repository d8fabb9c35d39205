import { expect } from 'chai'
import type { AccountChange, CommitResult } from '../../src/application/account-store.js'
import { isUnavailable } from '../../src/application/errors.js'
import { type Account, applyEntry, JOURNAL_MAX } from '../../src/domain/account.js'
import { MongoAccountStore } from '../../src/storage/account/mongo-account-store.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { changeOf, credit, debit, newAccount, opening } from '../support/database/account-changes.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { commandsSent } from '../support/database/sent-commands.js'

const open = (account: Account) => changeOf(account, opening(account))
const fund = (account: Account) => changeOf(account, credit(account, 'CASH', 1_000n))
const pay = (account: Account) => changeOf(account, debit(account, 'CASH', 300n))

describe('MongoAccountStore, committing a group of accounts', () => {
  const database = useDatabase()
  let store: MongoAccountStore
  before(async () => {
    await ensureSchema(database())
    store = new MongoAccountStore(database())
  })

  /** A funded account, as committed. */
  async function funded(): Promise<Account> {
    const opened = open(newAccount())
    const change = { before: opened.before, after: fund(opened.after).after }
    await store.commit([change])
    return change.after
  }

  /** A change that the database must reject: more entries in the journal than it may hold. */
  async function invalid(): Promise<AccountChange> {
    const before = await funded()
    let after = before
    while (after.journal.length <= JOURNAL_MAX) after = applyEntry(after, credit(after, 'CASH', 1n))
    return { before, after }
  }

  async function conflicting(): Promise<AccountChange> {
    const account = await funded()
    await store.commit([pay(account)])
    return pay(account)
  }

  async function overdrawing(): Promise<AccountChange> {
    const account = await funded()
    const accounts = database().collection<{ _id: string; wallets: object }>('accounts')
    await accounts.updateOne({ _id: account.id }, { $set: { 'wallets.CASH': 299n } })
    return pay(account)
  }

  async function openedAlready(): Promise<AccountChange> {
    const change = open(newAccount())
    await store.commit([change])
    return change
  }

  const good = async () => pay(await funded())
  const fresh = async () => open(newAccount())

  describe('with every kind of outcome', () => {
    const sorts = [good, conflicting, fresh, invalid, overdrawing, openedAlready, good, fresh]
    let changes: readonly AccountChange[]
    let results: readonly CommitResult[]
    before(async () => {
      changes = await Promise.all(sorts.map((make) => make()))
      results = await store.commit(changes)
    })

    it('returns the outcome of each, in order', () => {
      expect(results.map(({ type }) => type)).to.deep.equal([
        'COMMITTED',
        'CONFLICT',
        'COMMITTED',
        'FAILED',
        'CONFLICT',
        'CONFLICT',
        'COMMITTED',
        'COMMITTED',
      ])
    })

    it('has completely written every change that it reported as committed', async () => {
      const written = changes.filter((_, index) => results[index]?.type === 'COMMITTED')
      const found = await store.load(written.map(({ after }) => after.id))
      expect([...found.values()]).to.have.deep.members(written.map(({ after }) => after))
    })

    it('has written nothing of the failed change', async () => {
      const failed = changes[3]?.before ?? newAccount()
      expect((await store.load([failed.id])).get(failed.id)).to.deep.equal(failed)
    })

    it('does not treat a rejected document as an unavailable database', () => {
      const [failure] = results.filter((result) => result.type === 'FAILED')
      expect(failure && isUnavailable(failure.error)).to.equal(false)
    })
  })

  it('reports CONFLICT for each when all conflict', async () => {
    const changes = await Promise.all([conflicting(), overdrawing(), conflicting()])
    expect((await store.commit(changes)).map(({ type }) => type)).to.deep.equal(Array(3).fill('CONFLICT'))
  })

  it('reports each outcome when all fail or conflict', async () => {
    const changes = await Promise.all([invalid(), conflicting(), openedAlready(), invalid()])
    const types = (await store.commit(changes)).map(({ type }) => type)
    expect(types).to.deep.equal(['FAILED', 'CONFLICT', 'CONFLICT', 'FAILED'])
  })

  it('commits journals that exceed one command together, and reports each in order', async () => {
    const long = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const before = await funded()
        let after = before
        while (after.journal.length < JOURNAL_MAX) after = applyEntry(after, credit(after, 'CASH', 1n))
        return { before, after }
      }),
    )
    const sent = await commandsSent(database().client, ['bulkWrite'], async () => {
      const results = await store.commit([...long, await conflicting(), await good()])
      expect(results.map(({ type }) => type)).to.deep.equal([
        ...Array(12).fill('COMMITTED'),
        'CONFLICT',
        'COMMITTED',
      ])
    })
    expect(sent.map(({ ops }) => ops.length)).to.deep.equal([8, 6])
  })

  it('commits 128 accounts at once', async () => {
    const changes = Array.from({ length: 128 }, () => open(newAccount()))
    const types = (await store.commit(changes)).map(({ type }) => type)
    expect(types).to.deep.equal(Array(128).fill('COMMITTED'))
  })
})
