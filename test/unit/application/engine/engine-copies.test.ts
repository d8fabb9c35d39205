import { expect } from 'chai'
import { timeBudget } from '../../../../src/application/budget.js'
import { type Account, JOURNAL_MAX } from '../../../../src/domain/account.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { accountWithJournal, credited, fundedAccount, patience, purchase, trimmed } from '../fixtures.js'
import { rejectionOf } from '../rejection.js'
import { soon } from '../soon.js'
import { allSettled, type TestEngine, testEngine } from '../test-engine.js'

describe('engine: deciding on copies', () => {
  let test: TestEngine
  let requests = 0

  beforeEach(() => {
    test = testEngine()
    test.store.put(fundedAccount('a'))
  })

  afterEach(() => {
    expect(test.store.violations).to.deep.equal([])
  })

  it('answers a repeated request without reading', async () => {
    await buy('a', 'same')
    test.store.calls.splice(0)
    expect((await test.authorize('a', purchase('same', 1n), patience)).type).to.equal('REPLAY')
    expect(test.store.calls).not.to.include('load')
  })

  it('packs the copy of an idle account, and uses it when the account is needed again', async () => {
    const packed: Account[] = []
    test = testEngine({
      codec: {
        pack: (account) => packed.push(account) - 1,
        unpack: (place) => packed[Number(place)] ?? fundedAccount('none'),
      },
    })
    test.store.put(fundedAccount('a'))
    await buy('a')
    await buy('a')
    expect(packed).to.deep.equal([])
    // Entries stay in their journals.
    test.store.appending.alwaysMeets('OUTAGE')
    for (const id of ['1', '2', '3', '4', '5', '6', '7', '8', '9']) {
      test.store.put(accountWithJournal(id, JOURNAL_MAX - 1))
      await buy(id)
    }
    const versionsOfA = () => packed.filter(({ id }) => id === 'a').map(({ version }) => version)
    expect(versionsOfA()).to.deep.equal([4n])
    await buy('a')
    expect(test.store.account('a').version).to.equal(5n)
    test.store.appending.alwaysMeets(undefined)
  })

  it('retries as after any outage when the store was away for the commit', async () => {
    await buy('a')
    test.store.committing.meets('OUTAGE')
    await buy('a')
    expect(test.retries).to.deep.equal(['STORE_AWAY'])
  })

  it('reads the account when the outcome of its commit is unknown', async () => {
    await buy('a')
    test.store.committing.meets('LOST_REPLY')
    expect((await test.authorize('a', purchase('lost'), patience)).type).to.equal('REPLAY')
    expect(test.retries).to.deep.equal(['STORE_AWAY'])
  })

  // A commit by another process causes two reads of its account: at once, and the next time.
  it('stops for some time after others have changed one in twenty accounts', async () => {
    expect(await readsOf({ every: 20, changes: 12 })).to.be.above(24)
  })

  it('continues when others have changed one in forty', async () => {
    expect(await readsOf({ every: 40, changes: 12 })).to.be.at.most(24)
  })

  /**
   * Buys on many accounts repeatedly; another process first changes one in so many. Returns the number of
   * reads.
   */
  async function readsOf({
    every,
    changes,
  }: {
    readonly every: number
    readonly changes: number
  }): Promise<number> {
    const ids = Array.from({ length: 2 * every }, (_, index) => `a-${index}`)
    test.store.put(...ids.map((id) => fundedAccount(id, 100_000n)))
    for (const id of ids) await buy(id)
    test.store.calls.splice(0)
    for (let purchases = 0; purchases < every * changes; purchases++) {
      const id = ids[(purchases + Math.floor(purchases / ids.length)) % ids.length] ?? ''
      if (purchases % every === 0) changeBehindItsBack(id)
      await buy(id)
    }
    return test.store.calls.filter((call) => call === 'load').length
  }

  async function buy(id: string, transactionId = `buy-${requests}`): Promise<void> {
    requests += 1
    const verdict = await test.authorize(id, purchase(transactionId, 1n), patience)
    expect(verdict.type).to.equal('RECORD')
  }

  function changeBehindItsBack(id: string): void {
    requests += 1
    test.store.put(credited(test.store.account(id), { transactionId: `theirs-${requests}`, amount: 1n }))
  }
})

describe('engine: the journal of an account', () => {
  let test: TestEngine

  beforeEach(() => {
    test = testEngine()
  })

  afterEach(() => {
    expect(test.store.violations).to.deep.equal([])
  })

  it('drops all posted entries with the next commit', async () => {
    test.store.put(fundedAccount('a'))
    await test.authorize('a', purchase('1'), patience)
    await allSettled(test)
    await test.authorize('a', purchase('2'), patience)
    expect(idsInJournal('a')).to.deep.equal(['2'])
    await allSettled(test)
  })

  it('has room for as many entries as are posted', async () => {
    test.store.put(accountWithJournal('a', JOURNAL_MAX - 1))
    await test.authorize('a', purchase('last'), patience)
    await allSettled(test)
    test.store.appending.alwaysMeets('OUTAGE')
    for (let index = 0; index < JOURNAL_MAX; index++)
      await test.authorize('a', purchase(`${index}`, 1n), patience)
    test.store.committing.onCall = () => test.clock.advance(100)
    const late = test.authorize('a', purchase('late', 1n), timeBudget(20, test.clock))
    expect(await rejectionOf(late)).to.equal('UNAVAILABLE')
    test.store.appending.alwaysMeets(undefined)
    await allSettled(test)
  })

  it('has room for one entry after one of a full journal is posted', async () => {
    test.poster.add(accountAfter('a', [steps.open('open')]))
    await allSettled(test)
    expect(test.poster.postedThrough('a')).to.equal(1n)
    test.store.appending.alwaysMeets('OUTAGE')
    test.store.put(accountWithJournal('a', JOURNAL_MAX))
    expect((await test.authorize('a', purchase('last', 1n), patience)).type).to.equal('RECORD')
    test.store.appending.alwaysMeets(undefined)
    await allSettled(test)
  })

  it('is posted when a request touches the account, even a single entry', async () => {
    const opened = accountAfter('a', [steps.open('open')])
    test.store.put(opened)
    const again = test.engine.execute(
      { accountId: 'a', lane: 'BACK_OFFICE', transactionIds: ['open'], decide: steps.open('open') },
      patience,
    )
    expect((await again).type).to.equal('REPLAY')
    await soon('it is posted', () => test.store.posted('a').length === 1)
  })

  for (const [what, ask] of [
    ['an answer', () => test.authorize('a', purchase('fund'), patience)],
    ['a commit', () => test.authorize('a', purchase('new'), patience)],
  ] as const) {
    it(`is not appended again after ${what} when another process has posted it`, async () => {
      const account = credited(fundedAccount('a'), { transactionId: 'latest', amount: 1n })
      test.store.put(account)
      test.store.putInLedger(...account.journal)
      await ask()
      await allSettled(test)
      const appended = test.store.appending.asked.flat().map(({ transactionId }) => transactionId)
      expect(appended).not.to.include.members(['open', 'fund', 'latest'])
      expect(appended.filter((id) => id !== 'new')).to.deep.equal([])
    })
  }

  it('keeps the new entry, even when this process has posted more of the account than it read', async () => {
    const old = fundedAccount('a')
    const newer = credited(credited(old, { transactionId: 't-3', amount: 1n }), {
      transactionId: 't-4',
      amount: 1n,
    })
    test.poster.add(newer)
    await allSettled(test)
    test.store.put(old)
    test.store.committing.hold()
    const answer = test.authorize('a', purchase('1'), patience)
    await soon('it commits on the old account', () => test.store.committing.inProgress === 1)
    test.store.put(trimmed(newer))
    test.store.committing.release()
    expect((await answer).type).to.equal('RECORD')
    expect(test.retries).to.deep.equal(['LOST_RACE'])
  })

  function idsInJournal(id: string): readonly string[] {
    const account: Account = test.store.account(id)
    return account.journal.map(({ transactionId }) => transactionId)
  }
})
