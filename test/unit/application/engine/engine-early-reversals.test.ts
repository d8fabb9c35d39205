import { expect } from 'chai'
import { reverse } from '../../../../src/application/reverse.js'
import type { AuthorizationEntry } from '../../../../src/domain/entry.js'
import { centavos } from '../../../../src/domain/money.js'
import type { Verdict } from '../../../../src/domain/verdict.js'
import { credited, fundedAccount, patience, purchase } from '../fixtures.js'
import { allSettled, occupy, type TestEngine, testEngine } from '../test-engine.js'

describe('engine: early partial reversals reduce the purchase', () => {
  let test: TestEngine

  beforeEach(() => {
    test = testEngine()
    test.store.put(fundedAccount('a'))
  })

  const reversePart = (transactionId: string, amount: bigint) =>
    reverse(
      test.engine,
      'a',
      { transactionId, originalId: 'late', amount: centavos(amount), described: {} },
      patience,
    )
  const buyLate = () => test.authorize('a', purchase('late', 100n), patience)

  /** Other purchases, until nothing older is in the journal. */
  async function leaveJournal(): Promise<void> {
    for (const id of ['more-1', 'more-2']) {
      await allSettled(test)
      await test.authorize('a', purchase(id, 1n), patience)
    }
    expect(test.store.account('a').journal.map(({ transactionId }) => transactionId)).to.deep.equal([
      'more-2',
    ])
  }

  it('when they are in the journal', async () => {
    await reversePart('early', 30n)
    expect(debited(await buyLate())).to.equal(70n)
  })

  it('when they have left the journal', async () => {
    await reversePart('early-1', 30n)
    await reversePart('early-2', 10n)
    await leaveJournal()
    expect(debited(await buyLate())).to.equal(60n)
  })

  it('when they have left the journal, and the process reads the account', async () => {
    await reversePart('early', 30n)
    await leaveJournal()
    const other = testEngine()
    other.store.putInLedger(...test.store.posted('a'))
    other.store.put(test.store.account('a'))
    expect(debited(await other.authorize('a', purchase('late', 100n), patience))).to.equal(70n)
  })

  it('when some are in the journal and some are posted', async () => {
    await reversePart('early-1', 30n)
    await leaveJournal()
    await reversePart('early-2', 10n)
    expect(debited(await buyLate())).to.equal(60n)
  })

  it('when they are decided in the same group, right before the purchase', async () => {
    test.store.put(credited(fundedAccount('a'), { transactionId: 'more', amount: 1n }))
    await occupy(test)
    const early = [reversePart('early-1', 30n), reversePart('early-2', 10n)]
    const late = buyLate()
    test.store.loading.release()
    await Promise.all(early)
    expect(debited(await late)).to.equal(60n)
  })

  it('when it is repeated: the stored answer keeps the amount', async () => {
    await reversePart('early', 30n)
    const first = await buyLate()
    await reversePart('later', 70n)
    await leaveJournal()
    expect(await buyLate()).to.deep.equal({ ...first, type: 'REPLAY' })
  })

  it('and reduce later reversals, when all of them have left the journal', async () => {
    await reversePart('early', 30n)
    await buyLate()
    await reversePart('later', 50n)
    await leaveJournal()
    const rest = await reverse(
      test.engine,
      'a',
      { transactionId: 'rest', originalId: 'late', described: {} },
      patience,
    )
    expect(rest.type === 'RECORD' && rest.entry.movement?.delta).to.equal(20n)
  })
})

/** The amount that a purchase decided now debits from the wallet. */
function debited(verdict: Verdict<AuthorizationEntry>): bigint | undefined {
  return verdict.type === 'RECORD' && verdict.entry.movement ? -verdict.entry.movement.delta : undefined
}
