import { expect } from 'chai'
import type { Document } from 'mongodb'
import { creditAccount } from '../../src/application/credit-account.js'
import { applyEntry, unopenedAccount } from '../../src/domain/account.js'
import { centavos } from '../../src/domain/money.js'
import type { Core } from '../../src/service/core.js'
import { entryOfLedger, type LedgerDocument } from '../../src/storage/account/ledger-document.js'
import { fundedAccount, openCore, testBudget } from '../support/database/accounts.js'
import { cardRailCalls, MovedClock, storedAccount } from '../support/database/card-rail-calls.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { eventually } from '../support/eventually.js'
import { postAll } from '../support/processes/engines.js'

const MINUTE_MS = 60_000

describe('holds in the database', () => {
  const database = useDatabase()
  const clock = new MovedClock()
  const cores: Core[] = []
  let core: Core
  let accountId: string
  let calls: ReturnType<typeof cardRailCalls>

  async function open(): Promise<Core> {
    const opened = await openCore(await testMongoUri(), database().databaseName, { clock })
    cores.push(opened)
    return opened
  }

  before(async () => {
    core = await open()
  })
  after(() => postAll(cores))
  beforeEach(async () => {
    accountId = await fundedAccount(core, { CASH: 1_000n })
    calls = cardRailCalls(core, accountId)
  })
  // Whatever a test did: the ledger tells the same story as the account.
  afterEach(async () => {
    await postAll(cores.splice(0))
    const entries = await database()
      .collection<LedgerDocument>('ledger')
      .find({ '_id.account': accountId })
      .sort({ seq: 1 })
      .toArray()
    const account = entries.map(entryOfLedger).reduce(applyEntry, unopenedAccount(accountId))
    core = await open()
    const { journal: _, ...stored } = await storedAccount(core, accountId)
    const { journal: _journal, ...told } = account
    expect(stored).to.deep.equal(told)
  })

  async function document(): Promise<Document> {
    const found = await database()
      .collection<Document & { _id: string }>('accounts')
      .findOne({ _id: accountId })
    if (!found) throw new Error('there is no account')
    return found
  }

  async function standing() {
    const { wallets, held, owed, holds } = await storedAccount(core, accountId)
    const parts = { available: wallets.get('CASH'), held: held.get('CASH'), owed: owed.get('CASH') }
    return { ...parts, holds: holds.length }
  }

  it('reserve money, and are stored with the time when the first one expires', async () => {
    const later = await calls.hold(200n, { id: 'later', seconds: 600 })
    const held = await calls.hold(300n)
    expect(await standing()).to.deep.equal({ available: 500n, held: 500n, owed: undefined, holds: 2 })
    const { next_expiry, held: parts, holds, ...rest } = await document()
    expect(next_expiry).to.deep.equal(held.heldUntil)
    expect(parts).to.deep.equal({ CASH: 500n })
    expect(holds[0]).to.deep.equal({
      id: 'later',
      wallet: 'CASH',
      authorized: 200n,
      expires_at: later.heldUntil,
      counted: [{ day: later.day, amount: 200n }],
    })
    expect(rest).not.to.have.any.keys('owed', 'captured_ahead')
  })

  it('grow by increments, and are captured in parts', async () => {
    await calls.hold(300n)
    expect((await calls.increment(100n)).reason).to.equal('APPROVED')
    expect((await calls.capture({ amount: 150n, moreToCome: true })).reason).to.equal('CAPTURED')
    expect(await standing()).to.deep.equal({ available: 600n, held: 250n, owed: undefined, holds: 1 })
    expect((await calls.capture({ amount: 200n })).reason).to.equal('CAPTURED')
    expect(await standing()).to.deep.equal({ available: 650n, held: 0n, owed: undefined, holds: 0 })
  })

  it('leave no field behind when the last one is closed, except their wallets at 0', async () => {
    await calls.hold(300n)
    await calls.capture({ amount: 300n })
    const stored = await document()
    expect(stored).not.to.have.any.keys('holds', 'next_expiry')
    expect(stored['held']).to.deep.equal({ CASH: 0n })
  })

  it('are given back by reversals, in part and whole', async () => {
    await calls.hold(300n)
    await calls.reverse({ amount: 100n })
    expect(await standing()).to.deep.equal({ available: 800n, held: 200n, owed: undefined, holds: 1 })
    await calls.reverse({ amount: 200n, advice: true })
    expect(await standing()).to.deep.equal({ available: 1_000n, held: 0n, owed: undefined, holds: 0 })
  })

  it('expire before the next decision', async () => {
    await calls.hold(900n)
    clock.advance(MINUTE_MS)
    expect((await calls.buy(1_000n)).reason).to.equal('APPROVED')
    expect(await standing()).to.deep.equal({ available: 0n, held: 0n, owed: undefined, holds: 0 })
  })

  it('are captured late after they have expired, and the wallet owes what it lacks', async () => {
    await calls.hold(900n)
    clock.advance(MINUTE_MS)
    await calls.buy(800n)
    expect((await calls.capture({ amount: 900n })).reason).to.equal('CAPTURED_LATE')
    expect(await standing()).to.deep.equal({ available: 0n, held: 0n, owed: 700n, holds: 0 })
    expect(await document()).to.deep.include({ owed: { CASH: 700n } })
  })

  it('leave debts that a credit pays when its caller says so', async () => {
    await calls.capture({ amount: 1_200n, originalId: 'unseen' })
    const credit = { transactionId: 'pays', wallet: 'CASH', amount: centavos(500n), paysOwed: true } as const
    await creditAccount(core, accountId, credit, testBudget())
    expect(await standing()).to.deep.equal({ available: 300n, held: undefined, owed: 0n, holds: 0 })
  })

  it('remember captures of purchases never seen, also after a restart', async () => {
    expect((await calls.capture({ amount: 100n })).reason).to.equal('CAPTURED_UNSEEN')
    expect(await document()).to.include({ captured_ahead: true })
    await postAll(cores.splice(0))
    core = await open()
    const again = cardRailCalls(core, accountId)
    expect((await again.hold(100n)).reason).to.equal('ALREADY_CAPTURED')
  })

  it('are no condition for advices and refunds', async () => {
    expect((await calls.advise({ amount: 1_500n, originalId: 'offline' })).reason).to.equal('ADVISED')
    expect(await standing()).to.deep.equal({ available: 0n, held: undefined, owed: 500n, holds: 0 })
    expect((await calls.refund({ amount: 600n, originalId: 'offline' })).reason).to.equal('REFUNDED')
    expect(await standing()).to.deep.equal({ available: 100n, held: undefined, owed: 0n, holds: 0 })
  })

  it('are read from the ledger once their entries have left the journal', async () => {
    await calls.hold(300n)
    await calls.capture({ amount: 100n })
    await eventually('all is known to be posted', () => core.poster.unposted === 0)
    await calls.buy(1n)
    expect((await document())['journal']).to.have.length(1)
    const refund = { amount: 101n, request: true } as const
    expect((await calls.refund(refund)).reason).to.equal('AMOUNT_OVER_REMAINDER')
    expect((await calls.refund({ ...refund, amount: 100n })).reason).to.equal('REFUNDED')
  })

  it('are 64 at most, which are all stored and expire together', async () => {
    for (let count = 0; count < 64; count++) await calls.hold(1n, { id: `held-${count}` })
    expect((await calls.hold(1n, { id: 'one more' })).reason).to.equal('HOLDS_FULL')
    expect(await standing()).to.deep.equal({ available: 936n, held: 64n, owed: undefined, holds: 64 })
    clock.advance(MINUTE_MS)
    await calls.buy(1n)
    expect(await standing()).to.deep.equal({ available: 999n, held: 0n, owed: undefined, holds: 0 })
  })
})
