import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Db, MongoClient } from 'mongodb'
import { createClient } from '../../src/storage/client.js'
import { ReplicaSet } from '../faults/harness/replica-set.js'
import { AccountClient } from '../support/clients/account-client.js'
import { purchase, TestClient } from '../support/clients/client.js'
import { HealthClient } from '../support/clients/health-client.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { backUp, restore, type StoredDatabase } from '../support/database/stored-database.js'
import { cleanBooks } from '../support/database/verified.js'
import { eventually } from '../support/eventually.js'
import { type ServiceProcess, useServices } from '../support/processes/service-process.js'
import { useTempFolder } from '../support/temp-folder.js'

const DATABASE = 'books-in-use'
const SERVICE = 'benefits.v1.AuthorizationService'
/** The service has this account in memory all the time. */
const HOT = 'hot'
/** The service reads these when calls need them. */
const COLD = Array.from({ length: 200 }, (_, index) => `cold-${index}`)

/** One call of the load, and its outcome. */
type Answer = {
  readonly call: 'hot purchase' | 'cold purchase' | 'opening' | 'credit' | 'look'
  readonly startedMs: number
  /** The code of a decision, OK, or the status of an error. */
  readonly outcome: string
}

describe('a service that loses its books under load', () => {
  const folder = useTempFolder()
  let mongo: ReplicaSet
  let service: ServiceProcess
  let purchases: TestClient
  let accounts: AccountClient
  let health: HealthClient
  let mongoClient: MongoClient
  const db = (): Db => mongoClient.db(DATABASE)

  // Before the hooks of the service: an open watch would hold up its end.
  after(async () => {
    health.close()
    purchases.close()
    accounts.close()
    await mongoClient.close()
    try {
      await service.stop()
    } finally {
      await mongo.stop()
    }
  })
  const start = useServices()
  before(async () => {
    mongo = await ReplicaSet.prepare({ folder: join(folder(), 'one'), onCrash })
    await mongo.start()
    await fill(mongo)
    mongoClient = createClient({ uri: mongo.uri, poolSizeMax: 4 })
    service = await start({ MONGODB_URI: mongo.uri, MONGODB_DATABASE: DATABASE, JWT_SECRET })
    await service.untilEvent('serving')
    purchases = new TestClient(service.grpcAddress)
    accounts = new AccountClient(service.grpcAddress)
    health = new HealthClient(service.grpcAddress)
  })

  const readyz = async () => (await (await fetch(`${service.httpUrl}/readyz`)).text()).trim()
  const untilRejected = (cause: string, detail = '') =>
    eventually(`/readyz says ${cause} ${detail}`, async () => {
      const said = await readyz()
      return said.startsWith(`the database is not the expected one: ${cause}`) && said.includes(detail)
    })
  const untilServing = () => eventually('it serves', async () => (await readyz()) === 'ready')

  describe('because an administrator drops the database', () => {
    let load: Load
    let kept: StoredDatabase
    let droppedAtMs: number
    before(async () => {
      await new Load(purchases, accounts).run((answers) => answers.length >= 150)
      kept = await backUp(db())
      load = new Load(purchases, accounts)
      await load.run(async (answers) => {
        if (droppedAtMs === undefined && answers.length >= 150) {
          await db().dropDatabase()
          droppedAtMs = performance.now()
        }
        if (droppedAtMs === undefined) return false
        const later = since(droppedAtMs, answers)
        return later.length >= 150 && new Set(later.map(({ call }) => call)).size === 5
      })
      await untilRejected('BOOKS_MISSING')
    })

    it('had answered every call before', () => {
      const before = load.answers.slice(0, 150).filter(({ outcome }) => outcome !== '00' && outcome !== 'OK')
      expect(before).to.deep.equal([])
    })

    it('never reports a known account as missing', () => {
      const missing = load.answers.filter(({ outcome }) => outcome === '07' || outcome === 'NOT_FOUND')
      expect(missing).to.deep.equal([])
    })

    it('rejects every later call: purchase, opening, credit and read', () => {
      const outcomes = since(droppedAtMs, load.answers).map(({ call, outcome }) => `${call}: ${outcome}`)
      const expected = ['hot purchase', 'cold purchase', 'opening', 'credit', 'look'].map(
        (call) => `${call}: UNAVAILABLE`,
      )
      expect([...new Set(outcomes)]).to.have.members(expected)
    })

    it('writes nothing to the empty database, not even a schema', async () => {
      expect(await db().listCollections().toArray()).to.deep.equal([])
    })

    it('reports NOT_SERVING, and logs what is missing', async () => {
      expect(await health.check(SERVICE)).to.equal('NOT_SERVING')
      const said = await service.untilEvent('not serving: the database is not the expected one')
      expect(said).to.include({ cause: 'BOOKS_MISSING' })
    })

    it('serves again when the books are restored to a state some hundred entries older', async () => {
      await restore(db(), kept)
      await untilServing()
      const again = new Load(purchases, accounts)
      await again.run((answers) => answers.length >= 300)
      const rejected = again.answers.filter(({ outcome }) => outcome !== '00' && outcome !== 'OK')
      expect(rejected).to.deep.equal([])
    })

    it('leaves books in which every centavo is explained', () => cleanBooks(db()))
  })

  describe('in part, or to other books', () => {
    for (const name of ['accounts', 'ledger', 'catalog']) {
      it(`decides nothing without the collection ${name}, and continues when it is back`, async () => {
        const [kept] = (await backUp(db())).filter((collection) => collection.name === name)
        if (!kept) throw new Error('the collection is not there')
        await db().dropCollection(name)
        const droppedAtMs = performance.now()
        const load = new Load(purchases, accounts)
        await load.run(async () => (await readyz()).includes(`BOOKS_MISSING, missing: ${name}`))
        // Decisions continue without the catalog's document until the next check: the catalog in memory is
        // correct.
        if (name !== 'catalog') {
          const answered = since(droppedAtMs, load.answers).filter(({ outcome }) => outcome !== 'UNAVAILABLE')
          // A read skips the ledger, and a new opening has no entry that contradicts it.
          const wrong = answered.filter(({ call }) => name === 'accounts' || call !== 'look')
          expect(wrong).to.deep.equal([])
        }
        expect((await db().listCollections({ name }).toArray()).length).to.equal(0)
        await restore(db(), [kept])
        await untilServing()
        await cleanBooks(db())
      })
    }

    it('decides nothing without the unique index of the ledger, and continues when it is back', async () => {
      await db().collection('ledger').dropIndex('account_seq')
      await untilRejected('SCHEMA_DAMAGED', 'without index: ledger.account_seq')
      expect(await outcomeOf(purchases, HOT)).to.equal('UNAVAILABLE')
      await db()
        .collection('ledger')
        .createIndex({ '_id.account': 1, seq: -1 }, { name: 'account_seq', unique: true })
      await untilServing()
      expect(await outcomeOf(purchases, HOT)).to.equal('00')
    })

    it('decides nothing without the validator of the accounts, and continues when it is back', async () => {
      const [kept] = (await backUp(db())).filter(({ name }) => name === 'accounts')
      await db().command({ collMod: 'accounts', validator: {} })
      await untilRejected('SCHEMA_DAMAGED', 'without validator: accounts')
      await db().command({ collMod: 'accounts', validator: kept?.options['validator'] })
      await untilServing()
    })

    it('decides nothing on other books at the same address, even with the same account ids', async () => {
      const { port } = mongo.members[0].mongod
      const other = await ReplicaSet.prepare({ folder: join(folder(), 'other'), port, onCrash })
      try {
        await mongo.stop()
        await other.start()
        await fill(other)
        const before = await backUp(db())
        const load = new Load(purchases, accounts)
        await load.run(async (answers) => answers.length >= 50 && (await readyz()).includes('BOOKS_OTHER'))
        expect(load.answers.filter(({ outcome }) => outcome !== 'UNAVAILABLE')).to.deep.equal([])
        expect(await backUp(db())).to.deep.equal(before)
      } finally {
        await other.stop()
      }
      await mongo.start()
      await untilServing()
      expect(await outcomeOf(purchases, HOT)).to.equal('00')
      await cleanBooks(db())
    })
  })

  it('does not start on books that a later release has upgraded, and names both versions', async () => {
    const later = 'books-of-a-later-release'
    const core = await openCore(mongo.uri, later)
    await core.close(1_000)
    await mongoClient
      .db(later)
      .collection<{ _id: string }>('books')
      .updateOne({ _id: 'books' }, { $set: { schema_version: 999 } })
    const older = await start({ MONGODB_URI: mongo.uri, MONGODB_DATABASE: later, JWT_SECRET })
    expect(await older.untilExit()).to.equal(1)
    expect(older.stdout).to.match(/has schema version 999, this release works with version \d+/)
  })
})

function onCrash(reason: string): never {
  throw new Error(`the database has ended: ${reason}`)
}

/** Creates books with the accounts of the load. */
async function fill({ uri }: ReplicaSet): Promise<void> {
  const core = await openCore(uri, DATABASE)
  try {
    for (const id of [HOT, ...COLD]) await fundedAccount(core, { CASH: 100_000_000n }, id)
  } finally {
    await core.close(10_000)
  }
}

function since(timeMs: number, answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ startedMs }) => startedMs > timeMs)
}

async function outcomeOf(client: TestClient, accountId: string): Promise<string> {
  const { response, error } = await client.authorize(purchase({ account_id: accountId, amount: 1 }))
  return response?.code ?? error?.code ?? 'no answer'
}

/** Calls of every kind: several loops, each with one call after another. */
class Load {
  readonly answers: Answer[] = []
  readonly #purchases: TestClient
  readonly #accounts: AccountClient
  #count = 0

  constructor(purchases: TestClient, accounts: AccountClient) {
    this.#purchases = purchases
    this.#accounts = accounts
  }

  /** Calls until the load ends. */
  async run(isEnough: (answers: readonly Answer[]) => boolean | Promise<boolean>): Promise<void> {
    let ended = false
    const calls: Readonly<Record<Answer['call'], () => Promise<string>>> = {
      'hot purchase': () => outcomeOf(this.#purchases, HOT),
      'cold purchase': () => outcomeOf(this.#purchases, this.#nextCold()),
      opening: () => this.#ask('CreateAccount', { account_id: `new-${randomUUID()}` }),
      credit: () => this.#ask('Credit', creditOf(this.#nextCold())),
      look: () => this.#ask('GetAccount', { account_id: this.#nextCold() }),
    }
    const loops = Object.entries(calls).map(async ([call, make]) => {
      while (!ended) {
        const startedMs = performance.now()
        const outcome = await make()
        this.answers.push({ call: call as Answer['call'], startedMs, outcome })
      }
    })
    try {
      await eventually('the load was enough', async () => await isEnough(this.answers))
    } finally {
      ended = true
      await Promise.all(loops)
    }
  }

  #nextCold(): string {
    this.#count += 1
    return COLD[this.#count % COLD.length] ?? HOT
  }

  async #ask(name: 'CreateAccount' | 'Credit' | 'GetAccount', request: object): Promise<string> {
    return await this.#accounts.ask(name, request).then(
      () => 'OK',
      (error: Error) => error.message.replace(/^not answered, but ([A-Z_]+):.*$/, '$1'),
    )
  }
}

function creditOf(accountId: string): object {
  return { account_id: accountId, transaction_id: randomUUID(), category: 'CASH', amount: 1 }
}
