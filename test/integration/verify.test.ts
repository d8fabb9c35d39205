import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { BSON, type Collection, type Db, type Document, ObjectId, type UpdateFilter } from 'mongodb'
import { authorize } from '../../src/application/authorize.js'
import { reverse } from '../../src/application/reverse.js'
import { Verify, type VerifySummary } from '../../src/application/verify.js'
import type { DiscrepancyKind } from '../../src/domain/discrepancy.js'
import { centavos } from '../../src/domain/money.js'
import type { Core } from '../../src/service/core.js'
import { MongoAuditStore } from '../../src/storage/account/mongo-audit-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { fundedAccount, openCore, testBudget } from '../support/database/accounts.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { accountAfter, booksOf, exampleBooks, steps } from '../support/database/example-books.js'
import { isSharded, testMongoUri } from '../support/database/mongo.js'
import { storeBooks } from '../support/database/stored-books.js'
import { eventually } from '../support/eventually.js'
import type { Found as DamagedBooks } from '../unit/domain/audit-fixture.js'
import { plantedInCards } from '../unit/domain/planted-card-discrepancies.js'

type Found = VerifySummary & { readonly found: readonly string[] }

/** Verifies a database; each kind of discrepancy is named once for each account. */
async function verify(db: Db, { repair = false, store = new MongoAuditStore(db) } = {}): Promise<Found> {
  const found = new Set<string>()
  const summary = await new Verify({
    store,
    ledger: new MongoLedger(db),
    repair,
    onDiscrepancy: ({ accountId, kind }) => found.add(`${accountId} ${kind}`),
    onProgress: () => {},
  }).run()
  return { ...summary, found: [...found] }
}

/** The collections without validators, so that any document can be written. */
function unguarded(db: Db) {
  const past = { bypassDocumentValidation: true }
  const accounts: Collection<{ _id: string }> = db.collection('accounts')
  const ledger: Collection<Document> = db.collection('ledger')
  const change = async (collection: Collection<never>, filter: Document, update: UpdateFilter<Document>) => {
    // The driver's types describe valid documents.
    const { matchedCount } = await collection.updateOne(filter as never, update as never, past)
    if (matchedCount !== 1) throw new Error('the discrepancy was not planted')
  }
  return {
    account: (update: UpdateFilter<Document>) => change(accounts as never, { _id: 'b' }, update),
    entry: (seq: bigint, update: UpdateFilter<Document>) =>
      change(ledger as never, { '_id.account': 'b', seq }, update),
    lose: async (seq: bigint) => {
      const { deletedCount } = await ledger.deleteOne({ '_id.account': 'b', seq })
      if (deletedCount !== 1) throw new Error('the entry was not there')
    },
    loseAccount: () => accounts.deleteOne({ _id: 'b' }),
    /** Writes an entry once more, in another place. */
    copy: async (seq: bigint, over: Document) => {
      const entry = await ledger.findOne({ '_id.account': 'b', seq })
      await ledger.insertOne({ ...entry, ...over }, past)
    },
  }
}

type Planting = (raw: ReturnType<typeof unguarded>) => Promise<unknown>

/** Kinds that need holds and bookings: the unit tests have their books. */
type OfHolds = Exclude<keyof typeof plantedInCards, 'REASON_WRONG'>

/** A change to account b of a, b and c, and the expected discrepancies. */
const plantings: Readonly<Record<Exclude<DiscrepancyKind, OfHolds>, Readonly<Record<string, Planting>>>> = {
  UNREADABLE: {
    'the version is no int64': (raw) => raw.account({ $set: { version: 10 } }),
    'a balance is no int64': (raw) => raw.account({ $set: { 'wallets.FOOD': 800.5 } }),
    'a balance is below zero': (raw) => raw.account({ $set: { 'wallets.FOOD': -1n } }),
    'the status is unheard of': (raw) => raw.account({ $set: { status: 'FROZEN' } }),
    'there is no journal': (raw) => raw.account({ $unset: { journal: 1 } }),
    'an entry of the journal has no kind': (raw) => raw.account({ $unset: { 'journal.1.kind': 1 } }),
    'an entry is of no known kind': (raw) => raw.entry(9n, { $set: { kind: 'GIFT' } }),
    'the id of an entry is not text': (raw) =>
      raw.copy(9n, { _id: { account: 'b', transaction: 7 }, seq: 11n }),
    'the key of an entry is in another order': (raw) =>
      raw.copy(9n, { _id: { transaction: 'block-2', account: 'b' }, seq: 11n }),
    'the place of an entry is no int64': (raw) => raw.entry(9n, { $set: { seq: 9 } }),
    'what was spent has no day': (raw) => raw.account({ $unset: { 'spent.FOOD.day': 1 } }),
    'what was spent is below zero': (raw) => raw.account({ $set: { 'spent.FOOD.day_amount': -1n } }),
    'a limit is no int64': (raw) => raw.account({ $set: { limits: { purchase: 5, wallets: {} } } }),
    'a time of expiry is that of no hold': (raw) => raw.account({ $set: { next_expiry: new Date(0) } }),
    'the day of an entry is none': (raw) => raw.entry(9n, { $set: { day: 'today' } }),
    'the time of an entry is not a date': (raw) => raw.entry(9n, { $set: { at: '2026-01-01' } }),
    'an entry is said to be declined that took effect': (raw) =>
      raw.entry(9n, { $set: { decision: 'DECLINED' } }),
  },
  ACCOUNT_MISSING: { 'its document is lost': (raw) => raw.loseAccount() },
  ENTRY_MISSING: { 'a declined purchase is lost': (raw) => raw.lose(5n) },
  ENTRY_BEYOND_VERSION: {
    'an entry is written past the account': (raw) =>
      raw.copy(5n, { _id: { account: 'b', transaction: 'new' }, seq: 11n }),
  },
  COPIES_DIFFER: {
    'the copy in the ledger is changed': (raw) => raw.entry(9n, { $set: { subject: 'eva' } }),
  },
  TRANSACTION_TWICE: {
    'an entry of the journal has an id of the ledger': (raw) =>
      raw.account({ $set: { 'journal.2.transaction': 'buy-2' } }),
  },
  JOURNAL_BROKEN: {
    'it has a gap': (raw) => raw.account({ $pull: { journal: { seq: 9n } as never } }),
    'it is empty': async (raw) => {
      await raw.copy(3n, lastCredit)
      await raw.account({ $set: { journal: [] } })
    },
    'it lacks its last entry': async (raw) => {
      await raw.copy(3n, lastCredit)
      await raw.account({ $pop: { journal: 1 } })
    },
  },
  BALANCE_DIFFERS: { 'a centavo is added': (raw) => raw.account({ $inc: { 'wallets.FOOD': 1n } }) },
  BALANCE_AFTER_WRONG: {
    'an entry says a centavo more': (raw) => raw.entry(4n, { $inc: { balance_after: 1n } }),
  },
  // A readable entry cannot state a negative balance itself, so another discrepancy always accompanies this
  // one.
  BALANCE_NEGATIVE: {
    'a purchase of more than was there': async (raw) => {
      await raw.entry(2n, { $set: { amount: 200n, delta: 200n, balance_after: 200n } })
      await raw.entry(4n, { $set: { balance_after: 0n } })
      await raw.entry(6n, { $set: { balance_after: 0n } })
      await raw.account({ $set: { 'wallets.FOOD': 0n } })
    },
  },
  MOVEMENT_WRONG: {
    'a purchase was of another amount': (raw) => raw.entry(4n, { $inc: { amount: 1n } }),
    'a partial reversal was of another amount': (raw) => raw.entry(6n, { $inc: { amount: 1n } }),
  },
  REVERSAL_WRONG: {
    'of a purchase that was never seen': (raw) => raw.entry(6n, { $set: { original: 'nobody' } }),
    'of all that was left, and a part went back': (raw) => raw.entry(6n, { $unset: { amount: 1 } }),
    'of more than was paid': async (raw) => {
      // A counter cannot go below zero, so this reversal was never counted.
      const uncounted = { $unset: { day: 1 } } as const
      await raw.entry(6n, { $set: { amount: 301n, delta: 301n, balance_after: 1_001n }, ...uncounted })
      await raw.account({ $set: { 'wallets.FOOD': 1_001n, 'spent.FOOD': spent(300n) } })
    },
  },
  REVERSAL_IGNORED: {
    'a reversal is said to have come before a purchase that was there': (raw) =>
      raw.entry(7n, { $set: { original: 'buy-1' } }),
  },
  STATUS_DIFFERS: { 'it is blocked by hand': (raw) => raw.account({ $set: { status: 'BLOCKED' } }) },
  LIMITS_DIFFER: {
    'a limit is set by hand': (raw) => raw.account({ $set: { limits: { purchase: 1n, wallets: {} } } }),
  },
  SPENDING_DIFFERS: {
    'a centavo is added to the day': (raw) => raw.account({ $inc: { 'spent.FOOD.day_amount': 1n } }),
    'a centavo is added to the month': (raw) => raw.account({ $inc: { 'spent.FOOD.month_amount': 1n } }),
    'the day is another': (raw) => raw.account({ $set: { 'spent.FOOD.day': '2026-01-02' } }),
    'the counters of a wallet are lost': (raw) => raw.account({ $unset: { 'spent.FOOD': 1 } }),
  },
  REASON_WRONG: {
    'a purchase was declined because of a block that came later': (raw) =>
      raw.entry(5n, { $set: { reason: 'ACCOUNT_BLOCKED' } }),
  },
  DAYS_WRONG: {
    'a reversal was counted in another day than its purchase': async (raw) => {
      await raw.entry(6n, { $set: { day: '2025-12-31' } })
      await raw.account({ $set: { 'spent.FOOD': spent(300n) } })
    },
  },
  DAY_WRONG: {
    'a purchase was counted in the month before': async (raw) => {
      const paid = { wallet: 'FOOD', amount: 1n, delta: -1n, balance_after: 699n, day: '2025-12-31' }
      await raw.entry(5n, { $set: { ...paid, reason: 'APPROVED', decision: 'APPROVED' } })
      await raw.entry(6n, { $inc: { balance_after: -1n } })
      await raw.account({ $inc: { 'wallets.FOOD': -1n } })
    },
  },
  MARK_FORGOTTEN: { 'the mark is taken away': (raw) => raw.account({ $unset: { reversed_ahead: 1 } }) },
}

/** Spending of FOOD on the day of the example. */
function spent(amount: bigint): Document {
  return { day: '2026-01-01', day_amount: amount, month_amount: amount }
}

/** Turns the tenth entry of the example into a credit of 0.50 to MEAL. */
const lastCredit = {
  _id: { account: 'b', transaction: 'credit-3' },
  seq: 10n,
  wallet: 'MEAL',
  amount: 50n,
  delta: 50n,
  balance_after: 50n,
}

describe('verify on a database', () => {
  const database = useDatabase()
  before(() => ensureSchema(database()))
  beforeEach(async () => {
    for (const name of ['accounts', 'ledger']) await database().collection(name).deleteMany({})
  })

  describe('without discrepancies', () => {
    it('finds nothing in an empty one', async () => {
      const summary = await verify(database())
      expect(summary).to.deep.equal({ accounts: 0, entries: 0, discrepancies: 0, unposted: 0, found: [] })
    })

    it('finds nothing in one with every kind of document', async () => {
      await storeBooks(database(), ...['a', 'b', 'c'].map(exampleBooks))
      const summary = await verify(database())
      expect(summary).to.deep.equal({ accounts: 3, entries: 27, discrepancies: 0, unposted: 3, found: [] })
    })

    it('checks every account, in batches', async () => {
      const whole = (id: string) => accountAfter(id, [steps.open('open'), steps.credit('c', 'FOOD', 1n)])
      const ids = Array.from({ length: 1_203 }, (_, index) => `account-${index}`)
      await storeBooks(database(), ...ids.map((id) => booksOf(whole(id), { journal: 1, posted: 1 })))
      const summary = await verify(database())
      expect(summary).to.include({ accounts: 1_203, entries: 1_203, discrepancies: 0, unposted: 1_203 })
    })

    it('finds nothing for an account that was never opened', async () => {
      const whole = accountAfter('a', [steps.purchase('buy', 1n), steps.reverse('back', 'other')])
      await storeBooks(database(), booksOf(whole, { journal: 1, posted: 1 }))
      expect((await verify(database())).found).to.deep.equal([])
    })
  })

  for (const [kind, cases] of Object.entries(plantings)) {
    describe(`with a planted ${kind}`, () => {
      for (const [what, plant] of Object.entries(cases)) {
        it(`finds it, and nothing else: ${what}`, async () => {
          await storeBooks(database(), ...['a', 'b', 'c'].map(exampleBooks))
          await plant(unguarded(database()))
          const expected = kind === 'BALANCE_NEGATIVE' ? ['BALANCE_AFTER_WRONG', kind] : [kind]
          expect((await verify(database())).found).to.deep.equal(expected.map((one) => `b ${one}`))
        })
      }
    })
  }

  for (const [kind, cases] of Object.entries(plantedInCards)) {
    describe(`with a planted ${kind} of a card`, () => {
      for (const [what, { account, ledger }] of Object.entries<DamagedBooks>(cases)) {
        it(`finds it, and nothing else: ${what}`, async () => {
          if (!account) throw new Error('every card has its account')
          await storeBooks(database(), ...['a', 'z'].map(exampleBooks), { account, ledger })
          expect((await verify(database())).found).to.deep.equal([`${account.id} ${kind}`])
        })
      }
    })
  }

  describe('with a ledger document that names no account', () => {
    const oid = new ObjectId()
    const keys: readonly unknown[] = [
      null,
      'text',
      oid,
      {},
      { transaction: 'x' },
      { account: '', transaction: 'x' },
      { account: 5, transaction: 'x' },
      { account: null, transaction: 'x' },
      { account: oid, transaction: 'x' },
      { account: { b: 1 }, transaction: 'x' },
      // A sharded cluster stores no list there: its shard key would have several values.
      ...(isSharded ? [] : [{ account: ['b', 'z'], transaction: 'x' }]),
    ]
    for (const key of keys) {
      it(`finds it, and nothing else: ${BSON.EJSON.stringify(key).replace(oid.toHexString(), '...')}`, async () => {
        await storeBooks(database(), ...['a', 'b', 'c'].map(exampleBooks))
        await unguarded(database()).copy(5n, { _id: key, seq: 77n })
        const { discrepancies, entries, found } = await verify(database())
        expect({ discrepancies, entries, found }).to.deep.equal({
          discrepancies: 1,
          entries: 28,
          found: [' UNREADABLE'],
        })
      })
    }

    it('finds each of several, together with other discrepancies of the account', async () => {
      await storeBooks(database(), ...['a', 'b', 'c'].map(exampleBooks))
      const raw = unguarded(database())
      for (const [index, key] of keys.entries()) await raw.copy(5n, { _id: key, seq: BigInt(100 + index) })
      await raw.lose(5n)
      const { discrepancies, found } = await verify(database())
      expect({ discrepancies, found: [...found].sort() }).to.deep.equal({
        discrepancies: keys.length + 1,
        found: [' UNREADABLE', 'b ENTRY_MISSING'],
      })
    })
  })

  it('finds an account whose id is not text', async () => {
    await storeBooks(database(), ...['a', 'b', 'c'].map(exampleBooks))
    const account = await database().collection<{ _id: string }>('accounts').findOne({ _id: 'b' })
    const accounts = database().collection<{ _id: unknown }>('accounts')
    for (const _id of [5, new ObjectId()])
      await accounts.insertOne({ ...account, _id }, { bypassDocumentValidation: true })
    const { discrepancies, accounts: count, found } = await verify(database())
    expect({ discrepancies, count, found }).to.deep.equal({
      discrepancies: 2,
      count: 5,
      found: [' UNREADABLE'],
    })
  })

  it('continues after an unreadable purchase that was reversed', async () => {
    await storeBooks(database(), ...['a', 'b', 'c'].map(exampleBooks))
    await unguarded(database()).entry(4n, { $unset: { merchant: 1 } })
    await database().collection('ledger').deleteOne({ '_id.account': 'a', seq: 5n })
    expect((await verify(database())).found).to.include.members(['b UNREADABLE', 'a ENTRY_MISSING'])
  })

  describe('with entries that only journals hold', () => {
    const three = () => booksOf(exampleWhole('a'), { journal: 3, posted: 7 })

    it('counts them, and leaves them there', async () => {
      await storeBooks(database(), three())
      await verify(database())
      expect((await verify(database())).unposted).to.equal(3)
    })

    it('posts them to the ledger on request: a second run finds none', async () => {
      await storeBooks(database(), three())
      const first = await verify(database(), { repair: true })
      const second = await verify(database(), { repair: true })
      const seen = [first, second].map(({ entries, unposted, discrepancies }) => ({
        entries,
        unposted,
        discrepancies,
      }))
      expect(seen).to.deep.equal([
        { entries: 7, unposted: 3, discrepancies: 0 },
        { entries: 10, unposted: 0, discrepancies: 0 },
      ])
    })

    it('posts nothing of a damaged account', async () => {
      await storeBooks(database(), { ...three(), account: { ...three().account, status: 'CLOSED' } })
      await verify(database(), { repair: true })
      expect(await database().collection('ledger').countDocuments()).to.equal(7)
    })
  })

  describe('beside the service', () => {
    let cores: readonly Core[] = []
    beforeEach(async () => {
      const uri = await testMongoUri()
      const open = () => openCore(uri, database().databaseName)
      cores = [await open(), await open()]
    })
    afterEach(async () => {
      for (const core of cores) await core.close(2_000)
    })

    it('reports nothing while the service writes', async () => {
      const service = new BusyService(cores)
      await service.begin()
      const runs: Found[] = []
      // Fewer entries to read in between would cause hardly any apparent discrepancy.
      while (runs.length < 5 || service.decided < 100) {
        runs.push(await verify(database(), { repair: runs.length % 2 === 0 }))
      }
      await service.end()
      expect(runs.flatMap(({ found }) => found)).to.deep.equal([])
    })

    it('rereads entries that arrived between its two reads', async () => {
      const [core] = cores
      if (!core) throw new Error('the service was opened above')
      const accountId = await fundedAccount(core, { FOOD: 1_000n })
      const store = new InterruptedStore(database(), async () => {
        await buy(core, { accountId, transactionId: 'meanwhile' })
        await eventually('everything is posted', () => core.poster.unposted === 0)
      })
      const { found } = await verify(database(), { store })
      expect({ found, lookedAgain: store.lookedAgain }).to.deep.equal({ found: [], lookedAgain: [accountId] })
    })
  })
})

function exampleWhole(id: string) {
  const { account, ledger } = exampleBooks(id)
  const journal = [...ledger.filter(({ seq }) => seq < (account.journal[0]?.seq ?? 0n)), ...account.journal]
  return { ...account, journal }
}

/** Reads the accounts, and runs an action before it returns them. */
class InterruptedStore extends MongoAuditStore {
  readonly #meanwhile: () => Promise<void>
  readonly lookedAgain: string[] = []

  constructor(db: Db, meanwhile: () => Promise<void>) {
    super(db)
    this.#meanwhile = meanwhile
  }

  override async *accounts(): ReturnType<MongoAuditStore['accounts']> {
    for await (const account of super.accounts()) {
      await this.#meanwhile()
      yield account
    }
  }

  override async account(id: string) {
    this.lookedAgain.push(id)
    return await super.account(id)
  }
}

type Buying = { readonly accountId: string; readonly transactionId: string }

function buy(core: Core, { accountId, transactionId }: Buying) {
  const purchase = { transactionId, amount: centavos(3n), mcc: '5411', merchant: '' }
  return authorize(core, accountId, purchase, testBudget())
}

/**
 * Two processes that send purchases and reversals on a few accounts, as fast as they can, until they are
 * stopped.
 */
class BusyService {
  readonly #cores: readonly Core[]
  #ended = false
  #decided = 0
  #working: readonly Promise<void>[] = []

  constructor(cores: readonly Core[]) {
    this.#cores = cores
  }

  async begin(): Promise<void> {
    const [first] = this.#cores
    if (!first) throw new Error('there is no process')
    const ids = await Promise.all(Array.from({ length: 20 }, () => fundedAccount(first, { FOOD: 100_000n })))
    this.#working = ids.flatMap((accountId) =>
      this.#cores.map((core, index) => this.#work(core, accountId, `${index}`)),
    )
  }

  /** Number of purchases decided so far. */
  get decided(): number {
    return this.#decided
  }

  async end(): Promise<void> {
    this.#ended = true
    await Promise.all(this.#working)
  }

  async #work(core: Core, accountId: string, name: string): Promise<void> {
    for (let count = 0; !this.#ended; count++) {
      const transactionId = `buy-${name}-${count}`
      const reversal = { transactionId: `back-${name}-${count}`, originalId: transactionId, described: {} }
      await buy(core, { accountId, transactionId })
      if (count % 2 === 0) await reverse(core.engine, accountId, reversal, testBudget())
      this.#decided += 1
      await nextTurn()
    }
  }
}
