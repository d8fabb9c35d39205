import { expect } from 'chai'
import { reverse } from '../../../../src/application/reverse.js'
import { fundedAccount, patience, purchase } from '../fixtures.js'
import { allSettled, type TestEngine, testEngine } from '../test-engine.js'

describe('engine: a ledger that is newer than the account read with it', () => {
  let test: TestEngine
  let other: TestEngine

  beforeEach(() => {
    test = testEngine()
    // Another process on the same store.
    other = testEngine({ store: test.store })
    test.store.put(fundedAccount('a'))
  })

  it('makes a concurrent identical purchase once', async () => {
    test.store.betweenReads = async () => {
      await other.authorize('a', purchase('1'), patience)
      await forgotten(['2', '3'])
    }
    const verdict = await test.authorize('a', purchase('1'), patience)
    expect(verdict.type).to.equal('REPLAY')
    expect(test.store.committed.map(({ transactionId }) => transactionId)).to.deep.equal(['1', '2', '3'])
    expect(test.store.violations).to.deep.equal([])
  })

  it('rejects a concurrent different purchase under the same id as a reuse', async () => {
    test.store.betweenReads = async () => {
      await other.authorize('a', purchase('1', 10n), patience)
      await forgotten(['2', '3'])
    }
    const verdict = await test.authorize('a', purchase('1', 11n), patience)
    expect(verdict.type).to.equal('REUSED')
  })

  it('makes a concurrent reversal of the same purchase once', async () => {
    await test.authorize('a', purchase('buy'), patience)
    await allSettled(test)
    // An engine without a copy of the account.
    const fresh = testEngine({ store: test.store })
    test.store.betweenReads = async () => {
      await reversal(other, 'back-1')
      await forgotten(['2', '3'])
    }
    const verdict = await reversal(fresh, 'back-2')
    expect(verdict).to.have.nested.property('entry.reason', 'ALREADY_REVERSED')
    const approved = test.store.committed.filter(
      (entry) => entry.kind === 'REVERSAL' && entry.reason === 'APPROVED',
    )
    expect(approved.map(({ transactionId }) => transactionId)).to.deep.equal(['back-1'])
  })

  /** Makes the other process post the journal, and drop it with further purchases. */
  async function forgotten(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await allSettled(other)
      await other.authorize('a', purchase(id), patience)
    }
    await allSettled(other)
  }

  function reversal({ engine }: TestEngine, transactionId: string) {
    return reverse(engine, 'a', { transactionId, originalId: 'buy', described: {} }, patience)
  }
})
