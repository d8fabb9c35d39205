import { expect } from 'chai'
import { type CreditOptions, creditAccount } from '../../src/application/credit-account.js'
import { Engine } from '../../src/application/engine/engine.js'
import { LedgerPoster } from '../../src/application/engine/ledger-poster.js'
import { UndecidedError } from '../../src/application/errors.js'
import { readDatabaseConfig } from '../../src/config.js'
import { JOURNAL_MAX } from '../../src/domain/account.js'
import { challengeCategories } from '../../src/domain/category.js'
import type { Entry } from '../../src/domain/entry.js'
import { centavos } from '../../src/domain/money.js'
import { type Core, createCore, systemClock } from '../../src/service/core.js'
import { MongoAccountStore } from '../../src/storage/account/mongo-account-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { catalogOf } from '../support/catalog/catalogs.js'
import { fundedAccount, testBudget } from '../support/database/accounts.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { eventually } from '../support/eventually.js'

/** The ledger in MongoDB with a switch: while it is off, every write fails. */
class AwayLedger extends MongoLedger {
  away = false

  override async append(entries: readonly Entry[]): Promise<readonly Entry[]> {
    if (this.away) throw new UndecidedError('UNAVAILABLE', 'the test took the ledger away')
    return await super.append(entries)
  }
}

type Process = Pick<Core, 'engine' | 'poster'> & CreditOptions

const challenge = catalogOf(challengeCategories)
const catalog = () => challenge

describe('the journal limit', () => {
  const database = useDatabase()
  let ledger: AwayLedger
  const running: Process[] = []

  before(() => ensureSchema(database()))
  beforeEach(() => {
    ledger = new AwayLedger(database())
  })
  afterEach(async () => {
    ledger.away = false
    for (const { engine, poster } of running.splice(0)) {
      await engine.drain()
      await poster.drain(2_000)
    }
  })

  /** Another process on the same database and the same ledger. */
  function startProcess(): Process {
    const clock = systemClock
    const poster = new LedgerPoster({
      ledger,
      clock,
      gatherMsMax: 10,
      onFailure: () => {},
      onDiscrepancy: failed,
    })
    const accounts = new MongoAccountStore(database())
    const engine = new Engine({ accounts, ledger, poster, clock, queueMax: 2_000, waitMsMax: 60_000 })
    const process = { poster, engine, catalog }
    running.push(process)
    return process
  }

  const open = (process: Process) => fundedAccount(process, {})

  async function journalOf(accountId: string): Promise<number> {
    const accounts = database().collection<{ _id: string; journal: unknown[] }>('accounts')
    return (await accounts.findOne({ _id: accountId }))?.journal.length ?? 0
  }

  it('is reached during an outage of the ledger, and then the account answers UNAVAILABLE', async () => {
    const process = startProcess()
    ledger.away = true
    const accountId = await open(process)
    const answers = await creditMany(process, accountId, 700)
    // The opening is an entry too.
    expect(countOf(answers)).to.deep.equal({ RECORD: JOURNAL_MAX - 1, UNAVAILABLE: 700 - JOURNAL_MAX + 1 })
    expect(await journalOf(accountId)).to.equal(JOURNAL_MAX)
  })

  it('does not affect other accounts', async () => {
    const process = startProcess()
    ledger.away = true
    const [full, other] = [await open(process), await open(process)]
    await creditMany(process, full, 600)
    expect(await creditOnce(process, full, 'one-more')).to.equal('UNAVAILABLE')
    expect(await creditOnce(process, other, 'one-more')).to.equal('RECORD')
  })

  it('does not affect earlier answers: the account repeats them', async () => {
    const process = startProcess()
    ledger.away = true
    const accountId = await open(process)
    await creditMany(process, accountId, 600)
    expect(await creditOnce(process, accountId, 'credit-0')).to.equal('REPLAY')
  })

  it('no longer applies once the ledger is back', async () => {
    const process = startProcess()
    ledger.away = true
    const accountId = await open(process)
    await creditMany(process, accountId, 600)
    ledger.away = false
    await recovery(process, accountId)
    await eventually('the journal is short again', async () => {
      await creditOnce(process, accountId, `later-${performance.now()}`)
      return (await journalOf(accountId)) < 20
    })
  })

  it('no longer applies in a process that starts with a full journal', async () => {
    const dead = startProcess()
    ledger.away = true
    const accountId = await open(dead)
    await creditMany(dead, accountId, 600)
    await dead.poster.drain(1)
    ledger.away = false
    await recovery(startProcess(), accountId)
  })

  it('loses no entry', async () => {
    const process = startProcess()
    ledger.away = true
    const accountId = await open(process)
    const answers = await creditMany(process, accountId, 600)
    ledger.away = false
    await recovery(process, accountId)
    await eventually('everything is posted', () => process.poster.unposted === 0)
    const entries = database().collection('ledger')
    const credited = answers.filter((answer) => answer === 'RECORD').length
    const kept = await entries.countDocuments({ '_id.account': accountId, '_id.transaction': /^credit-/ })
    expect(kept).to.equal(credited)
  })

  it('is reached, and no longer applies, when the ledger collection rejects every document for a while', async () => {
    const core = await coreThatExpectsDamage()
    await core.prepare()
    const accountId = await open(core)
    await eventually('the opening is posted', () => core.poster.unposted === 0)
    await database().command({ collMod: 'ledger', validator: { never: { $exists: true } } })
    try {
      const answers = await creditMany(core, accountId, 600)
      expect(countOf(answers)).to.deep.equal({ RECORD: JOURNAL_MAX, UNAVAILABLE: 600 - JOURNAL_MAX })
      expect(await creditOnce(core, await open(core), 'other')).to.equal('RECORD')
    } finally {
      await ensureSchema(database())
    }
    await recovery(core, accountId)
    await core.close(5_000)
  })

  async function coreThatExpectsDamage(): Promise<Core> {
    const mongodbUri = await testMongoUri()
    const config = readDatabaseConfig({ MONGODB_URI: mongodbUri, MONGODB_DATABASE: database().databaseName })
    const expected = () => {}
    return createCore({
      config,
      mongodbUri,
      onPostingFailure: expected,
      onDiscrepancy: expected,
      onCatalogFailure: failed,
      onCatalogUnwatched: failed,
    })
  }
})

function failed(cause: unknown): never {
  throw new Error('this was not to happen in a test', { cause })
}

/** The result of a credit of one centavo: a verdict, or the reason for its absence. */
function creditOnce(process: Process, accountId: string, transactionId: string): Promise<string> {
  const credit = { transactionId, wallet: 'CASH', amount: centavos(1n) }
  return creditAccount(process, accountId, credit, testBudget()).then(
    ({ type }) => type,
    (error: unknown) => (error instanceof UndecidedError ? error.indecision : String(error)),
  )
}

function creditMany(process: Process, accountId: string, count: number): Promise<readonly string[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => creditOnce(process, accountId, `credit-${index}`)),
  )
}

function countOf(answers: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}

/** Waits until the account decides again. */
function recovery(process: Process, accountId: string): Promise<unknown> {
  return eventually('the account decides again', async () => {
    const answer = await creditOnce(process, accountId, 'after')
    return answer === 'RECORD' || answer === 'REPLAY'
  })
}
