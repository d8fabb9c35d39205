import { expect } from 'chai'
import type { Document } from 'mongodb'
import { isUnavailable } from '../../src/application/errors.js'
import { MongoAccountStore } from '../../src/storage/account/mongo-account-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'
import { ReadOrder } from '../../src/storage/account/read-order.js'
import { Books } from '../../src/storage/books.js'
import { createClient } from '../../src/storage/client.js'
import { causeOf } from '../../src/storage/failure-cause.js'
import { KnownCollections } from '../../src/storage/known-collections.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { changeOf, credit, newAccount, opening } from '../support/database/account-changes.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'

const opened = () => {
  const account = newAccount()
  return changeOf(account, opening(account))
}

describe('an operation on books that change between two checks', () => {
  const database = useDatabase()
  let books: Books
  let store: MongoAccountStore
  let ledger: MongoLedger

  beforeEach(async () => {
    await database().dropDatabase()
    const order = new ReadOrder(database().client)
    books = new Books(database(), order)
    await books.open()
    store = new MongoAccountStore(database(), order, books.known)
    ledger = new MongoLedger(database(), order, books.known)
  })

  /** Each operation on the accounts with its preparation, which needs correct books. */
  const onAccounts = async () => {
    const known = opened()
    await store.commit([known])
    const next = changeOf(known.after, credit(known.after, 'CASH', 1n))
    const key = { accountId: known.after.id, transactionId: 'some' }
    return {
      'a read of an account': () => store.load([known.after.id]),
      'a read of an account with its entries': () => store.loadWithEntries([known.after.id], [key]),
      'an opening': () => store.commit([opened()]),
      'a commit': () => store.commit([next]),
      'commits of several accounts': () => store.commit([next, opened()]),
    }
  }
  const onLedger = async () => {
    const { before, after } = opened()
    const [key] = after.journal
    if (!key) throw new Error('an opening is an entry')
    await ledger.append([key])
    return {
      'a look for an entry': () => ledger.find([key]),
      'a look for reversals': () => ledger.findFollowUps([key]),
      'a read of an account with its entries': () => store.loadWithEntries([before.id], [key]),
      'a new entry': () => ledger.append([opening(newAccount())]),
    }
  }

  for (const [collection, prepare] of [
    ['accounts', onAccounts],
    ['ledger', onLedger],
  ] as const) {
    for (const [what, change] of [
      ['is gone', async () => {}],
      ['was made anew', async () => void (await ensureSchema(database()))],
      [
        'was made anew by an insert',
        async () => void (await database().collection(collection).insertOne({ anything: true })),
      ],
    ] as const) {
      it(`is UNAVAILABLE when the collection ${collection} ${what}`, async () => {
        const operations = await prepare()
        await database().dropCollection(collection)
        await change()
        const before = await contents()
        for (const [name, run] of Object.entries(operations)) {
          const error = await failureOf(run)
          expect(isUnavailable(error), name).to.equal(true)
          expect(causeOf(error).name, name).to.equal('BOOKS_REPLACED')
        }
        expect(await contents()).to.deep.equal(before)
      })
    }
  }

  it('succeeds again once a check has found the books correct', async () => {
    await database().dropCollection('ledger')
    await ensureSchema(database())
    const calls: string[] = []
    await books.check(async () => void calls.push('forgotten'))
    expect([calls, books.right]).to.deep.equal([['forgotten'], true])
    expect(await ledger.append([opening(newAccount())])).to.deep.equal([])
    await books.check(async () => void calls.push('forgotten again'))
    expect(calls).to.deep.equal(['forgotten'])
  })

  it('is UNAVAILABLE before the first check', async () => {
    const unknown = new MongoLedger(database(), new ReadOrder(database().client), new KnownCollections())
    expect(isUnavailable(await failureOf(() => unknown.append([opening(newAccount())])))).to.equal(true)
  })

  /** Everything in the database. */
  async function contents(): Promise<Document> {
    const found = (await database().listCollections().toArray()).map(({ name }) => name).sort()
    const documents = found.map(async (name) => [name, await database().collection(name).find().toArray()])
    return Object.fromEntries(await Promise.all(documents))
  }
})

describe('checked books', () => {
  const database = useDatabase()

  it('are kept while they are unavailable, and return unchanged', async () => {
    const client = createClient({ uri: await testMongoUri(), poolSizeMax: 2 })
    const books = new Books(client.db(database().databaseName), new ReadOrder(client))
    await books.open()
    await client.close()
    const error = await books.check(async () => {}).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(Error)
    expect([causeOf(error).isUnfit, books.right]).to.deep.equal([false, true])
  })

  it('are created once: emptied collections stay empty at the next start', async () => {
    const books = new Books(database(), new ReadOrder(database().client))
    await books.open()
    await database().dropDatabase()
    expect(causeOf(await failureOf(() => books.open())).name).to.equal('BOOKS_MISSING')
    expect(await database().listCollections().toArray()).to.deep.equal([])
    expect(books.right).to.equal(false)
  })

  it('are rejected when they are other books', async () => {
    await database().dropDatabase()
    const books = new Books(database(), new ReadOrder(database().client))
    await books.open()
    await database()
      .collection<{ _id: string }>('books')
      .updateOne({ _id: 'books' }, { $set: { books_id: 'of somebody else' } })
    expect(causeOf(await failureOf(() => books.check(async () => {}))).name).to.equal('BOOKS_OTHER')
  })

  it('are accepted by this release after a later one has upgraded them', async () => {
    await database().dropDatabase()
    const books = new Books(database(), new ReadOrder(database().client))
    await books.open()
    await database()
      .collection<{ _id: string }>('books')
      .updateOne({ _id: 'books' }, { $set: { schema_version: 999 } })
    await database().command({ collMod: 'accounts', validator: { $jsonSchema: { bsonType: 'object' } } })
    await books.check(async () => {
      throw new Error('nothing is to be forgotten')
    })
    expect(books.right).to.equal(true)
  })
})

/** The error of an operation, or that of the first change of a commit. */
async function failureOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    const result = await run()
    const [first] = Array.isArray(result) ? result : []
    return first?.type === 'FAILED' ? first.error : result
  } catch (error) {
    return error
  }
}
