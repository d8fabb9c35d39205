import { expect } from 'chai'
import type { AccountChange } from '../../../../src/application/account-store.js'
import { movementOf } from '../../../../src/domain/entry.js'
import { fundedAccount, patience, purchase } from '../fixtures.js'
import { soon } from '../soon.js'
import { occupy, type TestEngine, testEngine } from '../test-engine.js'

describe('engine: groups', () => {
  let test: TestEngine

  beforeEach(() => {
    test = testEngine()
    test.store.put(...['a', 'b', 'c'].map((id) => fundedAccount(id)))
  })

  it('decides a single request in its own group', async () => {
    await test.authorize('a', purchase('1'), patience)
    expect(test.store.loading.asked).to.deep.equal([['a']])
  })

  it('sends a lone request to the store in the turn in which it arrives', () => {
    void test.authorize('a', purchase('1'), patience)
    expect(test.store.loading.inProgress).to.equal(1)
  })

  it('groups the requests that arrive while round trips are in flight', async () => {
    await occupy(test)
    const waiting = ['a', 'b', 'c'].map((id) => test.authorize(id, purchase('1'), patience))
    test.store.loading.release()
    await Promise.all(waiting)
    expect(test.store.loading.asked.at(-1)).to.deep.equal(['a', 'b', 'c'])
  })

  it('reports the size and the duration of each group', async () => {
    await occupy(test)
    const waiting = ['a', 'b', 'c'].map((id) => test.authorize(id, purchase('1'), patience))
    test.clock.advance(7)
    test.store.loading.release()
    await Promise.all(waiting)
    await soon('all groups have ended', () => test.groups.length === 3)
    expect(test.groups).to.deep.equal([
      { size: 1, durationMs: 7 },
      { size: 1, durationMs: 7 },
      { size: 3, durationMs: 0 },
    ])
  })

  it('commits the accounts of a group in one round trip', async () => {
    await occupy(test)
    const waiting = ['a', 'b', 'c'].map((id) => test.authorize(id, purchase('1'), patience))
    test.store.loading.release()
    await Promise.all(waiting)
    expect(test.store.committing.asked.at(-1)?.map(({ after }) => after.id)).to.deep.equal(['a', 'b', 'c'])
  })

  it('has at most two groups in flight', async () => {
    await occupy(test)
    void test.authorize('a', purchase('1'), patience)
    expect({ loading: test.store.loading.inProgress, waiting: test.engine.waiting }).to.deep.equal({
      loading: 2,
      waiting: 1,
    })
    test.store.loading.release()
  })

  it('keeps the slot of a group until its commit has returned', async () => {
    test.store.committing.hold()
    void test.authorize('a', purchase('1'), patience)
    void test.authorize('b', purchase('1'), patience)
    await soon('both groups commit', () => test.store.committing.inProgress === 2)
    void test.authorize('c', purchase('1'), patience)
    expect(test.engine.waiting).to.equal(1)
    test.store.committing.release()
  })

  it('does not put an account into two groups at once', async () => {
    test.store.committing.hold()
    const first = test.authorize('a', purchase('1'), patience)
    const second = test.authorize('a', purchase('2'), patience)
    await soon('the first commits', () => test.store.committing.inProgress === 1)
    expect(test.store.loading.asked).to.deep.equal([['a']])
    test.store.committing.release()
    await Promise.all([first, second])
  })

  it('lets requests on other accounts overtake requests on a busy account', async () => {
    test.store.committing.hold()
    const answers = [
      test.authorize('a', purchase('1'), patience),
      test.authorize('a', purchase('2'), patience),
      test.authorize('b', purchase('1'), patience),
    ]
    await soon('both accounts commit', () => test.store.committing.inProgress === 2)
    expect(test.store.loading.asked).to.deep.equal([['a'], ['b']])
    test.store.committing.release()
    await Promise.all(answers)
  })

  it('decides requests on a busy account in the order of arrival', async () => {
    test.store.committing.hold()
    const answers = ['1', '2', '3', '4'].map((id) => test.authorize('a', purchase(id), patience))
    test.store.committing.release()
    await Promise.all(answers)
    const ids = test.store.history('a').map(({ transactionId }) => transactionId)
    expect(ids).to.deep.equal(['open', 'fund', '1', '2', '3', '4'])
  })

  it("commits a group's requests on one account as one change, in their order", async () => {
    await occupy(test)
    const waiting = ['1', '2', '3'].map((id) => test.authorize('a', purchase(id), patience))
    test.store.loading.release()
    await Promise.all(waiting)
    const changes = changesOf(test, 'a')
    expect(changes.map(newIds)).to.deep.equal([['1', '2', '3']])
  })

  it('decides each request on top of the one before it', async () => {
    await occupy(test)
    const waiting = [600n, 600n, 400n].map((amount, index) =>
      test.authorize('a', purchase(`${index}`, amount), patience),
    )
    test.store.loading.release()
    const verdicts = await Promise.all(waiting)
    const balances = verdicts.map((verdict) =>
      verdict.type === 'RECORD' ? movementOf(verdict.entry)?.balanceAfter : verdict.type,
    )
    expect(balances).to.deep.equal([400n, undefined, 0n])
  })

  it('puts at most 128 requests into one group', async () => {
    await occupy(test)
    const ids = Array.from({ length: 130 }, (_, index) => `many-${index}`)
    const waiting = ids.map((id) => test.authorize(id, purchase('1'), patience))
    test.store.loading.release()
    await Promise.all(waiting)
    expect(test.store.loading.asked.map((group) => group.length)).to.deep.equal([1, 1, 128, 2])
  })

  it('answers only when the commit has returned', async () => {
    test.store.committing.hold()
    let answered = false
    const answer = test.authorize('a', purchase('1'), patience).then(() => {
      answered = true
    })
    await soon('the commit is in flight', () => test.store.committing.inProgress === 1)
    expect(answered).to.equal(false)
    test.store.committing.release()
    await answer
  })
})

function changesOf({ store }: TestEngine, id: string): readonly AccountChange[] {
  return store.committing.asked.flat().filter(({ after }) => after.id === id)
}

function newIds({ before, after }: AccountChange): readonly string[] {
  const entries = after.journal.filter(({ seq }) => seq > before.version)
  return entries.map(({ transactionId }) => transactionId)
}
