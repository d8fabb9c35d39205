import { expect } from 'chai'
import { freeTurns } from '../../../src/application/engine/background-turns.js'
import { UndecidedError } from '../../../src/application/errors.js'
import {
  type DueAccount,
  type DueAccounts,
  type DueAccountsQuery,
  HoldSweeper,
} from '../../../src/application/expire-holds.js'
import { JOURNAL_MAX } from '../../../src/domain/account.js'
import { centavos } from '../../../src/domain/money.js'
import { accountWithJournal, fundedAccount, patience, purchase } from './fixtures.js'
import { HandTimers } from './hand-timers.js'
import { soon } from './soon.js'
import { type TestEngine, testEngine } from './test-engine.js'

const MINUTE_MS = 60_000

/** The due accounts of these ids in the store, and the queries for them. */
class StoredDueAccounts implements DueAccounts {
  readonly asked: DueAccountsQuery[] = []
  fault: Error | undefined
  readonly #test: TestEngine
  readonly #ids: readonly string[]

  constructor(test: TestEngine, ids: readonly string[]) {
    this.#test = test
    this.#ids = ids
  }

  async page(query: DueAccountsQuery): Promise<readonly DueAccount[]> {
    this.asked.push(query)
    if (this.fault) throw this.fault
    const { dueAt, after, limit } = query
    const due = this.#ids.flatMap((id): DueAccount[] => {
      const times = this.#test.store.account(id).holds.map(({ expiresAt }) => expiresAt.getTime())
      const dueSince = new Date(Math.min(...times))
      return times.length > 0 && dueSince <= dueAt ? [{ id, dueSince }] : []
    })
    const key = ({ dueSince, id }: DueAccount) => `${dueSince.toISOString()} ${id}`
    const rest = due
      .sort((a, b) => (key(a) < key(b) ? -1 : 1))
      .filter((one) => !after || key(one) > key(after))
    return rest.slice(0, limit)
  }
}

describe('HoldSweeper', () => {
  let test: TestEngine
  let timers: HandTimers
  let failures: string[]
  let sweepers: HoldSweeper[]

  beforeEach(() => {
    test = testEngine()
    timers = new HandTimers({ goesOn: false })
    failures = []
    sweepers = []
  })

  afterEach(() => {
    for (const sweeper of sweepers) sweeper.stop()
    test.store.appending.alwaysMeets(undefined)
    expect(test.store.violations).to.deep.equal([])
  })

  /** Opens accounts, each with a hold of 4.00 of its 10.00 that expires after a minute. */
  async function withHolds(...ids: readonly string[]): Promise<StoredDueAccounts> {
    for (const id of ids) {
      test.store.put(fundedAccount(id))
      const held = { ...purchase('held', 400n), hold: { expiresInSeconds: MINUTE_MS / 1_000 } }
      await test.authorize(id, held, patience)
    }
    return new StoredDueAccounts(test, ids)
  }

  function sweeperOf(dueAccounts: DueAccounts, { engine } = test): HoldSweeper {
    const sweeper = new HoldSweeper({
      dueAccounts,
      engine,
      clock: test.clock,
      turns: freeTurns,
      timers,
      onFailure: (error) => failures.push(String(error)),
    })
    sweepers.push(sweeper)
    return sweeper
  }

  const openHolds = (id: string) => test.store.account(id).holds.length

  it('expires the holds of accounts that nothing else happens to', async () => {
    const due = await withHolds('a', 'b')
    test.clock.advance(MINUTE_MS)
    await sweeperOf(due).sweep()
    expect(test.store.history('a').map(({ transactionId }) => transactionId)).to.include(' expiry held')
    expect(openHolds('a') + openHolds('b')).to.equal(0)
  })

  it('leaves holds alone that are not due', async () => {
    const due = await withHolds('a')
    test.clock.advance(MINUTE_MS - 1)
    await sweeperOf(due).sweep()
    expect(openHolds('a')).to.equal(1)
  })

  it('makes one entry for a hold when two processes sweep at once', async () => {
    const due = await withHolds('a')
    const other = testEngine({ store: test.store })
    for (const { clock } of [test, other]) clock.advance(MINUTE_MS)
    test.store.committing.hold()
    const sweeps = [sweeperOf(due).sweep(), sweeperOf(due, other).sweep()]
    await soon('both commit', () => test.store.committing.inProgress === 2)
    test.store.committing.release()
    await Promise.all(sweeps)
    expect(test.store.history('a').filter(({ kind }) => kind === 'EXPIRY')).to.have.length(1)
  })

  it('visits every due account in pages of 500, each account once', async () => {
    const ids = Array.from({ length: 1_100 }, (_, index) => `account-${index}`)
    const due = await withHolds(...ids)
    test.clock.advance(MINUTE_MS)
    await sweeperOf(due).sweep()
    expect(ids.filter((id) => openHolds(id) > 0)).to.deep.equal([])
    expect(due.asked.map(({ limit }) => limit)).to.deep.equal([500, 500, 500])
  })

  it('sweeps at its start, and again 10 seconds after each sweep', async () => {
    const due = await withHolds('a')
    sweeperOf(due).start()
    await soon('the sweep is over', () => timers.asked.length === 1)
    expect(timers.lengthsMs).to.deep.equal([10_000])
    test.clock.advance(MINUTE_MS)
    timers.end(timers.asked[0])
    await soon('the next sweep is over', () => timers.asked.length === 2)
    expect(openHolds('a')).to.equal(0)
  })

  it('stops: it takes no more accounts, and no longer waits for the next sweep', async () => {
    const due = await withHolds('a')
    const sweeper = sweeperOf(due)
    sweeper.start()
    await soon('the sweep is over', () => timers.asked.length === 1)
    sweeper.stop()
    expect(timers.asked[0]).to.have.property('state', 'CALLED_OFF')
    test.clock.advance(MINUTE_MS)
    await sweeper.sweep()
    expect(openHolds('a')).to.equal(1)
  })

  it('reports that the due accounts could not be read, and sweeps again', async () => {
    const due = await withHolds('a')
    due.fault = new UndecidedError('UNAVAILABLE', 'away')
    sweeperOf(due).start()
    await soon('the sweep has failed', () => timers.asked.length === 1)
    expect(failures).to.deep.equal(['UndecidedError: away'])
    due.fault = undefined
    test.clock.advance(MINUTE_MS)
    timers.end(timers.asked[0])
    await soon('the hold has expired', () => openHolds('a') === 0)
  })

  it('reports an account whose holds cannot expire, and expires those of the others', async () => {
    const due = await withHolds('a', 'b')
    const other = testEngine({ store: test.store })
    test.store.put({ ...test.store.account('a'), held: new Map([['CASH', centavos(0n)]]), version: 4n })
    test.clock.advance(MINUTE_MS)
    other.clock.advance(MINUTE_MS)
    const sweeper = sweeperOf(due, other)
    await sweeper.sweep()
    expect(failures).to.have.length(1)
    expect(failures[0]).to.include('account a: ')
    expect([openHolds('a'), openHolds('b')]).to.deep.equal([1, 0])
    expect(sweeper.oldestOverdueMs).to.equal(0)
    test.clock.advance(5_000)
    expect(sweeper.oldestOverdueMs).to.equal(5_000)
  })

  it('knows the age of the oldest hold that it could not expire', async () => {
    const due = await withHolds('a')
    const { holds, held } = test.store.account('a')
    // The ledger is away and the journal is full.
    test.store.appending.alwaysMeets('OUTAGE')
    test.store.put({ ...accountWithJournal('full', JOURNAL_MAX), holds, held })
    test.clock.advance(MINUTE_MS)
    const sweeper = sweeperOf(new StoredDueAccounts(test, ['a', 'full']))
    expect(sweeper.oldestOverdueMs).to.equal(0)
    await sweeper.sweep()
    test.clock.advance(7_000)
    expect(sweeper.oldestOverdueMs).to.equal(7_000)
    expect(failures).to.deep.equal([])
    expect([openHolds('a'), openHolds('full')]).to.deep.equal([0, 1])
    expect(due.asked).to.deep.equal([])
  })

  it('has no overdue hold once all have expired', async () => {
    const due = await withHolds('a')
    test.clock.advance(2 * MINUTE_MS)
    const sweeper = sweeperOf(due)
    await sweeper.sweep()
    expect(sweeper.oldestOverdueMs).to.equal(0)
  })
})
