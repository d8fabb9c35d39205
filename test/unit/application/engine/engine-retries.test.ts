import { expect } from 'chai'
import { type Budget, timeBudget } from '../../../../src/application/budget.js'
import { credited, fundedAccount, patience, purchase } from '../fixtures.js'
import { HandTimers } from '../hand-timers.js'
import { rejectionOf } from '../rejection.js'
import { soon } from '../soon.js'
import { occupy, type TestEngine, testEngine } from '../test-engine.js'

describe('engine: lost races and an unreliable store', () => {
  let test: TestEngine

  beforeEach(() => {
    test = testEngine()
    test.store.put(fundedAccount('a', 1_000n))
  })

  it('decides again, on the new state, when another process committed first', async () => {
    test.store.committing.hold()
    const answer = test.authorize('a', purchase('1', 1_500n), patience)
    await soon('the decline is on its way', () => test.store.committing.inProgress === 1)
    test.store.put(credited(fundedAccount('a'), { transactionId: 'theirs', amount: 600n }))
    test.store.committing.release()
    const verdict = await answer
    expect(verdict.type === 'RECORD' && verdict.entry.movement?.balanceAfter).to.equal(100n)
  })

  it('takes the next free place in the history after a lost race', async () => {
    test.store.committing.hold()
    const answer = test.authorize('a', purchase('1'), patience)
    await soon('the commit is on its way', () => test.store.committing.inProgress === 1)
    test.store.put(credited(fundedAccount('a'), { transactionId: 'theirs', amount: 1n }))
    test.store.committing.release()
    await answer
    expect(idsOf(test)).to.deep.equal(['open', 'fund', 'theirs', '1'])
  })

  it('retries a lost race as often as the budget allows', async () => {
    test.store.committing.meets('CONFLICT', 'CONFLICT', 'CONFLICT')
    const verdict = await test.authorize('a', purchase('1'), patience)
    expect(verdict.type).to.equal('RECORD')
  })

  it('reports why it decides again', async () => {
    test.store.loading.meets('OUTAGE')
    test.store.committing.meets('CONFLICT')
    await test.authorize('a', purchase('1'), patience)
    expect(test.retries).to.deep.equal(['STORE_AWAY', 'LOST_RACE'])
  })

  it('reports nothing when all goes well', async () => {
    await test.authorize('a', purchase('1'), patience)
    expect(test.retries).to.deep.equal([])
  })

  it('pauses longer before each attempt, reduced by chance, for 64 ms at most', async () => {
    const timers = new HandTimers({ goesOn: true })
    const { store, authorize } = testEngine({ timers, random: () => 1 })
    store.put(fundedAccount('a'))
    store.committing.meets(...Array.from({ length: 8 }, () => 'CONFLICT' as const))
    await authorize('a', purchase('1'), patience)
    expect(timers.lengthsMs).to.deep.equal([2, 4, 8, 16, 32, 64, 64, 64])
  })

  it('does not pause when no time would remain for a commit', async () => {
    const timers = new HandTimers({ goesOn: true })
    const { store, authorize } = testEngine({ timers, random: () => 1 })
    store.put(fundedAccount('a'))
    store.committing.alwaysMeets('CONFLICT')
    // Enough for pauses of 2 and 4 ms and a commit, but not for 8 ms.
    const late = authorize('a', purchase('1'), { remainingMs: () => 9 })
    expect(await rejectionOf(late)).to.equal('NO_TIME_LEFT')
    expect(timers.lengthsMs).to.deep.equal([2, 4])
  })

  it('reports each attempt that found the store unavailable', async () => {
    test.store.loading.meets('OUTAGE')
    test.store.committing.meets('OUTAGE', 'CONFLICT')
    await test.authorize('a', purchase('1'), patience)
    expect(test.outages.map(String)).to.deep.equal(Array.from({ length: 2 }, () => String(test.outages[0])))
    expect(test.outages[0]).to.have.property('indecision', 'UNAVAILABLE')
  })

  it('retries once for a group of unavailable accounts, not once for each', async () => {
    test.store.put(fundedAccount('b'))
    await occupy(test)
    test.store.loading.meets('OUTAGE')
    const answers = ['a', 'b'].map((id) => test.authorize(id, purchase('1'), patience))
    test.store.loading.release()
    await Promise.all(answers)
    expect(test.retries).to.deep.equal(['STORE_AWAY', 'STORE_AWAY'])
  })

  for (const fault of ['LOST_REPLY', new Map([['a', 'LOST_REPLY']] as const)] as const) {
    const whose = fault === 'LOST_REPLY' ? 'of the whole commit' : 'of one change'

    it(`finds its own entry after the reply ${whose} was lost`, async () => {
      test.store.committing.meets(fault)
      const verdict = await test.authorize('a', purchase('1'), patience)
      expect(verdict.type).to.equal('REPLAY')
    })

    it(`makes one entry only when the reply ${whose} was lost`, async () => {
      test.store.committing.meets(fault)
      await test.authorize('a', purchase('1'), patience)
      expect(idsOf(test)).to.deep.equal(['open', 'fund', '1'])
    })
  }

  it('decides again when the unknown commit had not happened', async () => {
    test.store.committing.meets('OUTAGE')
    const verdict = await test.authorize('a', purchase('1'), patience)
    expect(verdict.type).to.equal('RECORD')
  })

  it('passes the entry of a lost reply to the poster', async () => {
    test.store.committing.meets('LOST_REPLY')
    await test.authorize('a', purchase('1'), patience)
    await soon('the entry is in the ledger', () => test.store.posted('a').at(-1)?.transactionId === '1')
  })

  for (const operation of ['loading', 'finding'] as const) {
    it(`retries after an outage while ${operation}`, async () => {
      await prepare(test, operation)
      test.store[operation].meets('OUTAGE', 'OUTAGE')
      const verdict = await test.authorize('a', purchase('1'), patience)
      expect(verdict.type).to.equal('RECORD')
    })

    it(`rejects UNAVAILABLE when an outage while ${operation} outlasts the budget`, async () => {
      await prepare(test, operation)
      test.store[operation].alwaysMeets('OUTAGE')
      test.store[operation].onCall = () => test.clock.advance(100)
      const answer = test.authorize('a', purchase('1'), timeBudget(250, test.clock))
      expect(await rejectionOf(answer)).to.equal('UNAVAILABLE')
    })
  }

  it('spends no more than the budget on an outage', async () => {
    test.store.loading.alwaysMeets('OUTAGE')
    test.store.loading.onCall = () => test.clock.advance(100)
    await rejectionOf(test.authorize('a', purchase('1'), timeBudget(250, test.clock)))
    expect(test.store.loading.asked.length).to.equal(3)
  })

  it('rejects UNAVAILABLE when the budget ends while it waits for an account that the store keeps busy', async () => {
    test.store.loading.hold()
    test.store.loading.alwaysMeets('OUTAGE')
    const first = rejectionOf(test.authorize('a', purchase('1'), timeBudget(100, test.clock)))
    const second = rejectionOf(test.authorize('a', purchase('2'), timeBudget(100, test.clock)))
    test.clock.advance(100)
    test.store.loading.release()
    expect(await Promise.all([first, second])).to.deep.equal(['UNAVAILABLE', 'UNAVAILABLE'])
  })

  it('rejects NO_TIME_LEFT when the budget ends while it waits and the store answers', async () => {
    test.store.loading.hold()
    const first = test.authorize('a', purchase('1'), patience)
    const second = rejectionOf(test.authorize('a', purchase('2'), timeBudget(100, test.clock)))
    test.clock.advance(100)
    test.store.loading.release()
    await first
    expect(await second).to.equal('NO_TIME_LEFT')
  })

  it('rejects NO_TIME_LEFT when the budget ends while it waits after an outage', async () => {
    test.store.loading.meets('OUTAGE')
    await test.authorize('a', purchase('0'), patience)
    test.store.committing.hold()
    const first = test.authorize('a', purchase('1'), patience)
    const second = rejectionOf(test.authorize('a', purchase('2'), timeBudget(100, test.clock)))
    test.clock.advance(100)
    test.store.committing.release()
    await first
    expect(await second).to.equal('NO_TIME_LEFT')
  })

  it('rejects NO_TIME_LEFT when it loses races until the budget ends', async () => {
    test.store.committing.alwaysMeets('CONFLICT')
    test.store.committing.onCall = () => test.clock.advance(100)
    const answer = test.authorize('a', purchase('1'), timeBudget(250, test.clock))
    expect(await rejectionOf(answer)).to.equal('NO_TIME_LEFT')
  })

  it('rejects UNAVAILABLE when it loses races after a commit of unknown outcome: that may have debited', async () => {
    test.store.committing.meets('OUTAGE', ...Array.from({ length: 20 }, () => 'CONFLICT' as const))
    test.store.committing.onCall = () => test.clock.advance(100)
    const answer = test.authorize('a', purchase('1'), timeBudget(350, test.clock))
    expect(await rejectionOf(answer)).to.equal('UNAVAILABLE')
  })
})

describe('engine: the budget', () => {
  const spent: readonly (readonly [string, Budget])[] = [
    ['is cancelled', { remainingMs: () => 0 }],
    ['is late', { remainingMs: () => -1 }],
    ['leaves less than the 5 ms that a commit may take', { remainingMs: () => 4.9 }],
  ]

  for (const [what, budget] of spent) {
    it(`rejects NO_TIME_LEFT for a caller who ${what}`, async () => {
      const test = testEngine()
      expect(await rejectionOf(test.authorize('a', purchase('1'), budget))).to.equal('NO_TIME_LEFT')
    })

    it(`sends no request to the store for a caller who ${what}`, async () => {
      const test = testEngine()
      await rejectionOf(test.authorize('a', purchase('1'), budget))
      expect(test.store.calls).to.deep.equal([])
    })
  }

  it('decides for a caller who leaves exactly the 5 ms of a commit', async () => {
    const { authorize } = testEngine()
    const verdict = await authorize('a', purchase('1'), { remainingMs: () => 5 })
    expect(verdict.type).to.equal('RECORD')
  })

  for (const stage of ['loading', 'finding'] as const) {
    it(`commits nothing for a caller whose budget ends while ${stage}`, async () => {
      const test = testEngine()
      await prepare(test, stage)
      const commits = test.store.committing.asked.length
      test.store[stage].onCall = () => test.clock.advance(100)
      await rejectionOf(test.authorize('a', purchase('1'), timeBudget(100, test.clock)))
      expect(test.store.committing.asked.length).to.equal(commits)
    })
  }

  it('still decides for the rest of the group when one budget ends', async () => {
    const test = testEngine()
    test.store.put(fundedAccount('a'))
    test.store.loading.hold()
    const late = rejectionOf(test.authorize('a', purchase('1'), timeBudget(100, test.clock)))
    const first = test.authorize('b', purchase('1'), patience)
    const second = test.authorize('a', purchase('2'), patience)
    test.clock.advance(100)
    test.store.loading.release()
    await Promise.all([late, first, second])
    expect(idsOf(test)).to.deep.equal(['open', 'fund', '2'])
  })
})

/**
 * An account with only its latest entry in the journal, so that the engine searches for ids in the ledger:
 * together with the account (loading), or alone (finding) right after a commit of the account.
 */
async function prepare({ store, authorize }: TestEngine, next: 'loading' | 'finding'): Promise<void> {
  const account = credited(fundedAccount('a'), { transactionId: 'more', amount: 1n })
  store.putInLedger(...account.journal)
  store.put({ ...account, journal: account.journal.slice(-1) })
  if (next === 'finding') await authorize('a', purchase('0'), patience)
}

function idsOf({ store }: TestEngine): readonly string[] {
  return store.history('a').map(({ transactionId }) => transactionId)
}
