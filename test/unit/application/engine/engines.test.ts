import { expect } from 'chai'
import { authorize } from '../../../../src/application/authorize.js'
import { Engines } from '../../../../src/application/engine/engines.js'
import { LedgerPosters } from '../../../../src/application/engine/ledger-posters.js'
import { challengeCategories } from '../../../../src/domain/category.js'
import { catalogOf } from '../../../support/catalog/catalogs.js'
import { utcCalendar } from '../../../support/catalog/utc-calendar.js'
import { fundedAccount, patience, purchase } from '../fixtures.js'
import { nextTurns, soon } from '../soon.js'
import { type TestEngine, testEngine } from '../test-engine.js'

describe('engines, one for each shard', () => {
  const ids = ['left-1', 'right-1', 'left-2', 'right-2', 'left-3', 'right-3']
  let test: TestEngine
  let engines: Engines
  let posters: LedgerPosters
  let moved: boolean

  beforeEach(() => {
    test = testEngine()
    moved = false
    test.store.put(...ids.map((id) => fundedAccount(id)))
    posters = new LedgerPosters({
      ledger: test.store,
      clock: test.clock,
      gatherMsMax: 10,
      onFailure: () => {},
      onDiscrepancy: (entry) => test.discrepancy.push(entry),
    })
    engines = new Engines({
      accounts: test.store,
      ledger: test.store,
      posters,
      clock: test.clock,
      queueMax: 2,
      waitMsMax: 1_000,
      shardOf: (id) => (moved ? 'right' : (id.split('-', 1)[0] ?? '')),
    })
  })

  it('never put accounts of two shards into one group', async () => {
    await Promise.all(ids.map((id) => buy(id)))
    for (const group of test.store.loading.asked)
      expect(new Set(group.map((id) => id.split('-', 1)[0]))).to.have.lengthOf(1)
  })

  it('decide for one shard while the other does not answer', async () => {
    test.store.loading.hold()
    const held = ['left-1', 'left-2'].map((id) => buy(id))
    await soon('both groups of the left are loading', () => test.store.loading.inProgress === 2)
    const right = buy('right-1')
    expect(test.store.loading.inProgress).to.equal(3)
    test.store.loading.release()
    await Promise.all([...held, right])
  })

  it('forget the accounts that they hold in memory, and read them again', async () => {
    await buy('left-1')
    await buy('left-1')
    const loads = test.store.loading.asked.length
    await engines.drain()
    engines.forget()
    await buy('left-1')
    expect(test.store.loading.asked).to.have.lengthOf(loads + 1)
  })

  it('each have a queue: a full queue rejects only its own requests', async () => {
    test.store.loading.hold()
    const held = ['left-1', 'left-2', 'left-3', 'left-1'].map((id) => buy(id))
    const rejected = await buy('left-2').catch((error: unknown) => error)
    expect(rejected).to.have.property('indecision', 'OVERLOADED')
    const right = ['right-1', 'right-2', 'right-3'].map((id) => buy(id))
    expect(engines.waiting).to.equal(3)
    expect(engines.waitingMax).to.equal(4)
    test.store.loading.release()
    await Promise.all([...held, ...right])
  })

  it('decide each purchase once on an account that moves while one engine has read it', async () => {
    test.store.betweenReads = async () => {
      moved = true
      await buy('left-1')
      await everythingPosted()
    }
    expect((await buy('left-1')).type).to.equal('RECORD')
    expect(test.store.committed.map(({ seq }) => seq)).to.deep.equal([3n, 4n])
    expect(test.store.violations).to.deep.equal([])
  })

  it('drain together', async () => {
    const answers = ids.slice(0, 4).map((id) => buy(id))
    await engines.drain()
    expect(engines.waiting).to.equal(0)
    expect((await Promise.all(answers)).map(({ type }) => type)).to.deep.equal(
      Array.from({ length: 4 }, () => 'RECORD'),
    )
    await everythingPosted()
  })

  it('end their drain only when each has answered', async () => {
    test.store.loading.hold()
    let isDrained = false
    const answer = buy('left-1')
    const end = engines.drain().then(() => {
      isDrained = true
    })
    await nextTurns()
    expect(isDrained).to.equal(false)
    test.store.loading.release()
    await Promise.all([answer, end])
    await everythingPosted()
  })

  it('accept as many waiting requests as one engine before the first request', () => {
    expect(engines.waitingMax).to.equal(2)
  })

  it('post for one shard while the other accepts no entries', async () => {
    test.store.appending.hold()
    await buy('left-1')
    await soon('the left is being posted', () => test.store.appending.inProgress === 1)
    await buy('right-1')
    await soon('so is the right', () => test.store.appending.inProgress === 2)
    test.store.appending.release()
    await everythingPosted()
  })

  async function everythingPosted(): Promise<void> {
    await soon('everything is posted', () => posters.unposted === 0)
  }

  let requests = 0
  function buy(id: string) {
    const catalog = catalogOf(challengeCategories)
    requests += 1
    const options = { engine: engines, catalog: () => catalog, calendar: utcCalendar }
    return authorize(options, id, purchase(`purchase-${requests}`), patience)
  }
})
