import { expect } from 'chai'
import type { Account } from '../../../../src/domain/account.js'
import { credited, fundedAccount, patience, purchase, trimmed } from '../fixtures.js'
import { soon } from '../soon.js'
import { allSettled, occupy, type TestEngine, testEngine } from '../test-engine.js'

describe('engine: an id is decided once', () => {
  let test: TestEngine

  beforeEach(() => {
    test = testEngine()
    test.store.put(fundedAccount('a'))
  })

  it('answers a repeated request with the stored entry', async () => {
    const first = await test.authorize('a', purchase('1'), patience)
    const second = await test.authorize('a', purchase('1'), patience)
    expect(second).to.deep.equal({ ...first, type: 'REPLAY' })
  })

  it('commits nothing for a repeated request', async () => {
    await test.authorize('a', purchase('1'), patience)
    await test.authorize('a', purchase('1'), patience)
    expect(test.store.committing.asked.length).to.equal(1)
  })

  it('records one and replays the other when one id comes twice in a group', async () => {
    await occupy(test)
    const twice = [1, 2].map(() => test.authorize('a', purchase('1'), patience))
    test.store.loading.release()
    expect((await Promise.all(twice)).map(({ type }) => type)).to.deep.equal(['RECORD', 'REPLAY'])
  })

  it('replays an entry of the same group only when the entry is durable', async () => {
    await occupy(test)
    let replayed = false
    const answers = [1, 2].map(() =>
      test.authorize('a', purchase('1'), patience).then(({ type }) => {
        replayed ||= type === 'REPLAY'
      }),
    )
    test.store.committing.hold()
    test.store.loading.release()
    await soon('both groups commit', () => test.store.committing.inProgress === 2)
    test.store.committing.releaseOne()
    test.store.committing.releaseOne()
    await soon('the group commits', () => test.store.committing.asked.length === 3)
    expect(replayed).to.equal(false)
    test.store.committing.release()
    await Promise.all(answers)
  })

  it('rejects an id that comes twice in a group with other content', async () => {
    await occupy(test)
    const twice = [10n, 11n].map((amount) => test.authorize('a', purchase('1', amount), patience))
    test.store.loading.release()
    expect((await Promise.all(twice)).map(({ type }) => type)).to.deep.equal(['RECORD', 'REUSED'])
  })

  it('treats the same id on another account as another request', async () => {
    test.store.put(fundedAccount('b'))
    await test.authorize('a', purchase('1'), patience)
    const verdict = await test.authorize('b', purchase('1'), patience)
    expect(verdict.type).to.equal('RECORD')
  })
})

describe('engine: searching the ledger', () => {
  let test: TestEngine
  const long = credited(fundedAccount('a'), { transactionId: 'latest', amount: 1n })

  beforeEach(() => {
    test = testEngine()
  })

  it('reads the account and searches in one round trip', async () => {
    putTrimmed(test, long)
    await test.authorize('a', purchase('1'), patience)
    expect(test.store.calls.slice(0, 2)).to.deep.equal(['load', 'commit'])
    expect(test.store.looked).to.deep.equal([[{ accountId: 'a', transactionId: '1' }]])
  })

  it('does not read an account again that it has just committed', async () => {
    putTrimmed(test, long)
    await test.authorize('a', purchase('1'), patience)
    await test.authorize('a', purchase('2'), patience)
    expect(test.store.loading.asked.length).to.equal(1)
  })

  it('searches for a new id on an account that it has just committed', async () => {
    putTrimmed(test, long)
    await test.authorize('a', purchase('1'), patience)
    await test.authorize('a', purchase('2'), patience)
    expect(test.store.finding.asked).to.deep.equal([[{ accountId: 'a', transactionId: '2' }]])
  })

  it('does not search when the committed journal holds the whole history', async () => {
    test.store.appending.alwaysMeets('OUTAGE')
    test.store.put(long)
    await test.authorize('a', purchase('1'), patience)
    await test.authorize('a', purchase('2'), patience)
    // The ledger poster makes its calls at its own time.
    const isEngines = (call: string) => call !== 'append' && call !== 'missing'
    expect(test.store.calls.filter(isEngines)).to.deep.equal(['load', 'commit', 'commit'])
    test.store.appending.alwaysMeets(undefined)
  })

  it('does not search for an id in a journal that it has just committed', async () => {
    putTrimmed(test, long)
    await test.authorize('a', purchase('1'), patience)
    await test.authorize('a', purchase('1'), patience)
    expect(test.store.finding.asked).to.deep.equal([])
  })

  it('finds an id that has left the journal', async () => {
    putTrimmed(test, long)
    const verdict = await test.authorize('a', purchase('fund'), patience)
    expect(verdict.type).to.equal('REUSED')
  })

  it('reads and searches again after a lost race', async () => {
    putTrimmed(test, long)
    test.store.committing.meets('CONFLICT')
    await test.authorize('a', purchase('1'), patience)
    expect(test.store.calls.slice(0, 4)).to.deep.equal(['load', 'commit', 'load', 'commit'])
  })

  it('does not confuse entries of different accounts in a group', async () => {
    putTrimmed(test, credited(long, { transactionId: 'more', amount: 1n }))
    putTrimmed(test, credited(fundedAccount('b'), { transactionId: 'more', amount: 1n }))
    await occupy(test)
    const answers = ['a', 'b'].map((id) => test.authorize(id, purchase('latest'), patience))
    test.store.loading.release()
    expect((await Promise.all(answers)).map(({ type }) => type)).to.deep.equal(['REUSED', 'RECORD'])
  })

  it('searches for the ids of a whole group in one round trip', async () => {
    putTrimmed(test, long)
    await occupy(test)
    const waiting = ['1', '2'].map((id) => test.authorize('a', purchase(id), patience))
    test.store.loading.release()
    await Promise.all(waiting)
    const ids = test.store.looked.slice(2).map((keys) => keys.map(({ transactionId }) => transactionId))
    expect(ids).to.deep.equal([['1', '2']])
  })
})

describe('engine: the journal', () => {
  let test: TestEngine

  beforeEach(() => {
    test = testEngine()
    test.store.put(fundedAccount('a'))
  })

  it('keeps an entry while the ledger has not acknowledged it', async () => {
    test.store.appending.hold()
    await test.authorize('a', purchase('1'), patience)
    await soon('the ledger is asked', () => test.store.appending.inProgress === 1)
    await test.authorize('a', purchase('2'), patience)
    expect(journalOf(test)).to.deep.equal(['open', 'fund', '1', '2'])
    test.store.appending.release()
  })

  it('keeps an entry whose acknowledgement was lost', async () => {
    test.store.appending.alwaysMeets('LOST_REPLY')
    await test.authorize('a', purchase('1'), patience)
    await soon('the entry is in the ledger', () => test.store.posted('a').length === 3)
    await test.authorize('a', purchase('2'), patience)
    expect(journalOf(test)).to.deep.equal(['open', 'fund', '1', '2'])
    test.store.appending.alwaysMeets(undefined)
  })

  it('drops acknowledged entries with the next commit', async () => {
    await test.authorize('a', purchase('1'), patience)
    await allSettled(test)
    await test.authorize('a', purchase('2'), patience)
    expect(journalOf(test)).to.deep.equal(['2'])
  })

  it('still knows an id after its entry has left the journal', async () => {
    await test.authorize('a', purchase('1'), patience)
    await allSettled(test)
    await test.authorize('a', purchase('2'), patience)
    const verdict = await test.authorize('a', purchase('1'), patience)
    expect(verdict.type).to.equal('REPLAY')
  })

  it('posts the entries that another process left in the journal, even if only a repeated request touches the account', async () => {
    await test.authorize('a', purchase('1'), patience)
    const fresh = testEngine()
    fresh.store.put(test.store.account('a'))
    await fresh.authorize('a', purchase('1'), patience)
    await soon('the entries are in the ledger', () => fresh.store.posted('a').length === 3)
  })
})

function putTrimmed({ store }: TestEngine, account: Account): void {
  store.putInLedger(...account.journal)
  store.put(trimmed(account))
}

function journalOf({ store }: TestEngine): readonly string[] {
  return store.account('a').journal.map(({ transactionId }) => transactionId)
}
