import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { MongoClient } from 'mongodb'
import { timeBudget } from '../../src/application/budget.js'
import { Engine } from '../../src/application/engine/engine.js'
import { LedgerPoster } from '../../src/application/engine/ledger-poster.js'
import { isUnavailable } from '../../src/application/errors.js'
import { openAccount } from '../../src/application/open-account.js'
import { benefit } from '../../src/domain/category.js'
import { upsertCategory } from '../../src/domain/category-edit.js'
import { systemClock } from '../../src/service/core.js'
import { MongoAccountStore } from '../../src/storage/account/mongo-account-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'
import { MongoCatalogStore } from '../../src/storage/catalog/mongo-catalog-store.js'
import { MongoCategoryStore } from '../../src/storage/catalog/mongo-category-store.js'
import { createClient } from '../../src/storage/client.js'
import { changeOf, newAccount, opening } from '../support/database/account-changes.js'

describe('a database that does not answer', () => {
  let client: MongoClient
  const failures = new Map<string, unknown>()

  before(async () => {
    client = createClient({ uri: 'mongodb://127.0.0.1:9/?replicaSet=rs0', poolSizeMax: 2 })
    const db = client.db('away')
    const [accounts, ledger, catalog] = [
      new MongoAccountStore(db),
      new MongoLedger(db),
      new MongoCatalogStore(db),
    ]
    const categories = new MongoCategoryStore(db)
    const pets = benefit({ id: 'PETS', displayName: 'Pets', order: 80, mccs: '5995' })
    const change = () => {
      const account = newAccount()
      return changeOf(account, opening(account))
    }
    const entry = change().after.journal
    const operations: Readonly<Record<string, Promise<unknown>>> = {
      'loading accounts': accounts.load(['a']),
      'loading accounts with entries': accounts.loadWithEntries(['a'], entry),
      'committing one account': accounts.commit([change()]),
      'committing two accounts': accounts.commit([change(), change()]),
      'finding entries': ledger.find(entry),
      'appending entries': ledger.append(entry),
      'reading the catalog': catalog.read(),
      'reading the version of the catalog': catalog.version(),
      'reading categories': categories.read(),
      'editing categories': categories.edit((current) => upsertCategory(current, pets), 'ana'),
      'looking for money': categories.holderOf('FOOD', timeBudget(10_000, systemClock)),
    }
    await Promise.all(
      Object.entries(operations).map(async ([what, operation]) => {
        failures.set(what, await operation.catch((error: unknown) => error))
      }),
    )
  })
  after(() => client.close())

  // 200 decisions, because only some run out of time between two attempts rather than during one.
  it('makes decisions fail as UNAVAILABLE, not as NO_TIME_LEFT, however long they wait', async () => {
    const db = client.db('away')
    const ledger = new MongoLedger(db)
    const poster = new LedgerPoster({
      ledger,
      clock: systemClock,
      gatherMsMax: 10,
      onFailure: () => {},
      onDiscrepancy: () => {},
    })
    const accounts = new MongoAccountStore(db)
    const engine = new Engine({
      accounts,
      ledger,
      poster,
      clock: systemClock,
      queueMax: 1_000,
      waitMsMax: 60_000,
    })
    const open = () =>
      openAccount(engine, randomUUID(), { transactionId: 't', subject: 's' }, timeBudget(100, systemClock))
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, open))
    const others = outcomes.filter(
      (outcome) => outcome.status !== 'rejected' || !isUnavailable(outcome.reason),
    )
    expect(others).to.deep.equal([])
  })

  for (const what of [
    'loading accounts',
    'loading accounts with entries',
    'committing one account',
    'committing two accounts',
    'finding entries',
    'appending entries',
    'reading the catalog',
    'reading the version of the catalog',
    'reading categories',
    'editing categories',
    'looking for money',
  ]) {
    it(`makes ${what} fail as UNAVAILABLE`, () => {
      expect(isUnavailable(failures.get(what))).to.equal(true)
    })
  }
})
