import { expect } from 'chai'
import { timeBudget } from '../../../../src/application/budget.js'
import { UndecidedError } from '../../../../src/application/errors.js'
import { JOURNAL_MAX } from '../../../../src/domain/account.js'
import { accountWithJournal, fundedAccount, patience, purchase } from '../fixtures.js'
import { rejectionOf } from '../rejection.js'
import { soon } from '../soon.js'
import { occupy, type TestEngine, testEngine } from '../test-engine.js'

describe('engine: its queue', () => {
  const { random } = Math

  beforeEach(() => {
    Math.random = () => 0.999
  })

  afterEach(() => {
    Math.random = random
  })

  it('rejects a request beyond its limit as OVERLOADED', async () => {
    const test = testEngine({ queueMax: 2 })
    await occupy(test)
    const waiting = ['a', 'b'].map((id) => test.authorize(id, purchase('1'), patience))
    expect(await rejectionOf(test.authorize('c', purchase('1'), patience))).to.equal('OVERLOADED')
    test.store.loading.release()
    await Promise.all(waiting)
  })

  it('accepts requests up to its limit', async () => {
    const test = testEngine({ queueMax: 2 })
    await occupy(test)
    const waiting = ['a', 'b'].map((id) => rejectionOf(test.authorize(id, purchase('1'), patience)))
    test.store.loading.release()
    expect(await Promise.all(waiting)).to.deep.equal(['ANSWERED', 'ANSWERED'])
  })

  it('accepts requests again when the queue has emptied', async () => {
    const test = testEngine({ queueMax: 1 })
    await occupy(test)
    const waiting = test.authorize('a', purchase('1'), patience)
    await rejectionOf(test.authorize('b', purchase('1'), patience))
    test.store.loading.release()
    await waiting
    expect(await rejectionOf(test.authorize('b', purchase('1'), patience))).to.equal('ANSWERED')
  })

  it('counts pausing requests as waiting', async () => {
    const test = testEngine({ queueMax: 1 })
    test.store.loading.alwaysMeets('OUTAGE')
    const waiting = rejectionOf(test.authorize('a', purchase('1'), timeBudget(1_000, test.clock)))
    // After so many attempts the pauses have their maximum length, long enough to be observed.
    await soon('it pauses', () => test.store.loading.asked.length >= 6 && test.store.loading.inProgress === 0)
    const rejected = await rejectionOf(test.authorize('b', purchase('1'), patience))
    test.clock.advance(1_000)
    await waiting
    expect(rejected).to.equal('OVERLOADED')
  })
})

describe('engine: a failure in a group', () => {
  let test: TestEngine
  const bug = new RangeError('a bug')

  beforeEach(async () => {
    test = testEngine()
    test.store.put(...['a', 'b'].map((id) => fundedAccount(id)))
    await occupy(test)
  })

  it('rejects a request with the error that its decision throws', async () => {
    const failing = rejectionOf(throwOn('a'))
    test.store.loading.release()
    expect(await failing).to.equal(bug)
  })

  it('still decides other requests, even on the same account, when a decision throws', async () => {
    void rejectionOf(throwOn('a'))
    const others = ['a', 'b'].map((id) => test.authorize(id, purchase('1'), patience))
    test.store.loading.release()
    expect((await Promise.all(others)).map(({ type }) => type)).to.deep.equal(['RECORD', 'RECORD'])
  })

  it('rejects with an unexpected error of the store, and does not retry', async () => {
    test.store.loading.release()
    await test.engine.drain()
    test.store.committing.meets(new Map([['a', bug]]))
    expect(await rejectionOf(test.authorize('a', purchase('1'), patience))).to.equal(bug)
  })

  it('still commits the other changes when the store rejects one', async () => {
    test.store.committing.meets(undefined, undefined, new Map([['a', bug]]))
    const answers = ['a', 'b'].map((id) => rejectionOf(test.authorize(id, purchase('1'), patience)))
    test.store.loading.release()
    expect(await Promise.all(answers)).to.deep.equal([bug, 'ANSWERED'])
  })

  it('still decides on other accounts when one cannot be read', async () => {
    test.store.damaged.add('a')
    const damaged = rejectionOf(test.authorize('a', purchase('1'), patience))
    const neighbours = ['b', 'c', 'd'].map((id) => rejectionOf(test.authorize(id, purchase('1'), patience)))
    test.store.loading.release()
    await damaged
    expect(await Promise.all(neighbours)).to.deep.equal(['ANSWERED', 'ANSWERED', 'ANSWERED'])
  })

  it('rejects a request on an unreadable account with the error of the store', async () => {
    test.store.damaged.add('a')
    const answers = ['a', 'b'].map((id) => rejectionOf(test.authorize(id, purchase('1'), patience)))
    test.store.loading.release()
    expect(await answers[0]).to.be.instanceOf(TypeError)
  })

  function throwOn(accountId: string): Promise<unknown> {
    const decide = () => {
      throw bug
    }
    return test.engine.execute({ accountId, lane: 'PURCHASE', transactionIds: ['0'], decide }, patience)
  }
})

describe('engine: a queue that is emptied slowly', () => {
  it('accepts at most one group of requests', async () => {
    const test = testEngine()
    const ask = (count: number): void => {
      for (let index = 0; index < count; index++) {
        requests += 1
        answers.push(rejectionOf(test.authorize('a', purchase(`${requests}`), patience)))
      }
    }
    let requests = 0
    const answers: Promise<unknown>[] = []
    const { committing } = test.store
    committing.hold()
    ask(1)
    // Ends while others wait, so that the next one shows the duration of a group.
    ask(130)
    await soon('the first group commits', () => committing.inProgress === 1)
    committing.releaseOne()
    await soon('the second group commits', () => committing.asked.length === 2 && committing.inProgress === 1)
    // Longer than a burst, too.
    test.clock.advance(30_000)
    committing.releaseOne()
    await soon('the third group commits', () => committing.asked.length === 3 && committing.inProgress === 1)
    ask(128)
    expect(await rejectionOf(test.authorize('a', purchase('late'), patience))).to.equal('OVERLOADED')
    committing.release()
    expect(new Set(await Promise.all(answers))).to.deep.equal(new Set(['ANSWERED']))
  })
})

describe('engine: a full journal', () => {
  let test: TestEngine

  beforeEach(() => {
    test = testEngine()
    test.store.appending.alwaysMeets('OUTAGE')
    test.store.put(accountWithJournal('a', JOURNAL_MAX))
  })

  afterEach(() => {
    test.store.appending.alwaysMeets(undefined)
  })

  it('accepts entries up to its limit', async () => {
    test.store.put(accountWithJournal('a', JOURNAL_MAX - 1))
    expect(await rejectionOf(test.authorize('a', purchase('1'), patience))).to.equal('ANSWERED')
  })

  it('rejects an entry beyond its limit as UNAVAILABLE while the ledger is down', async () => {
    expect(await rejectionOf(test.authorize('a', purchase('1'), patience))).to.equal('UNAVAILABLE')
  })

  it('rejects only the requests of a group that have no room', async () => {
    test.store.put(accountWithJournal('a', JOURNAL_MAX - 1))
    await occupy(test)
    const answers = ['1', '2'].map((id) => rejectionOf(test.authorize('a', purchase(id), patience)))
    test.store.loading.release()
    expect(await Promise.all(answers)).to.deep.equal(['ANSWERED', 'UNAVAILABLE'])
  })

  it('still answers a repeated request', async () => {
    const verdict = await test.authorize('a', purchase('fund'), patience)
    expect(verdict.type).to.equal('REUSED')
  })

  it('has room again when the ledger is back', async () => {
    test.store.put(accountWithJournal('a', JOURNAL_MAX - 1))
    await test.authorize('a', purchase('1'), patience)
    await rejectionOf(test.authorize('a', purchase('2'), patience))
    test.store.appending.alwaysMeets(undefined)
    await soon('the journal is posted', () => test.poster.postedThrough('a') === BigInt(JOURNAL_MAX))
    expect(await rejectionOf(test.authorize('a', purchase('2'), patience))).to.equal('ANSWERED')
  })

  it('has room again in a process that started with a full journal', async () => {
    await rejectionOf(test.authorize('a', purchase('1'), patience))
    test.store.appending.alwaysMeets(undefined)
    await soon('the journal is posted', () => test.poster.postedThrough('a') === BigInt(JOURNAL_MAX))
    expect(await rejectionOf(test.authorize('a', purchase('1'), patience))).to.equal('ANSWERED')
  })
})

describe('engine: drain', () => {
  it('ends at once when there is nothing to do', async () => {
    const { engine } = testEngine()
    await engine.drain()
    expect(engine.waiting).to.equal(0)
  })

  it('waits for requests in flight, waiting requests and retries', async () => {
    const test = testEngine()
    test.store.committing.meets('CONFLICT', 'CONFLICT')
    await occupy(test)
    const answered: string[] = []
    for (const id of ['a', 'b']) {
      void test.authorize(id, purchase('1'), patience).then(() => answered.push(id))
    }
    test.store.loading.release()
    await test.engine.drain()
    expect(answered).to.have.members(['a', 'b'])
  })

  it('waits for requests that will be rejected', async () => {
    const test = testEngine()
    test.store.loading.alwaysMeets('OUTAGE')
    test.store.loading.onCall = () => test.clock.advance(100)
    let outcome: unknown
    void rejectionOf(test.authorize('a', purchase('1'), timeBudget(250, test.clock))).then((rejection) => {
      outcome = rejection
    })
    await test.engine.drain()
    expect(outcome).to.equal('UNAVAILABLE')
  })

  it('ends for all waiting callers', async () => {
    const test = testEngine()
    const answer = test.authorize('a', purchase('1'), patience)
    await Promise.all([test.engine.drain(), test.engine.drain()])
    expect(await rejectionOf(answer)).to.equal('ANSWERED')
  })

  it('does not affect the requests in flight: they are decided', async () => {
    const test = testEngine()
    const answer = test.authorize('a', purchase('1'), patience)
    await test.engine.drain()
    const verdict = await answer
    expect(verdict.type === 'RECORD' && verdict.entry.reason).to.equal('ACCOUNT_NOT_FOUND')
  })
})

describe('UndecidedError', () => {
  it('keeps its cause for the log', () => {
    const cause = new Error('socket closed')
    expect(new UndecidedError('UNAVAILABLE', 'the store', { cause }).cause).to.equal(cause)
  })
})
