import { expect } from 'chai'
import type { Budget } from '../../../../src/application/budget.js'
import { creditAccount } from '../../../../src/application/credit-account.js'
import { challengeCategories } from '../../../../src/domain/category.js'
import { centavos } from '../../../../src/domain/money.js'
import { catalogOf } from '../../../support/catalog/catalogs.js'
import { fundedAccount, purchase } from '../fixtures.js'
import { rejectionOf } from '../rejection.js'
import { soon } from '../soon.js'
import { occupy, type TestEngine, testEngine } from '../test-engine.js'

const greedy: Budget = { subject: 'greedy', remainingMs: () => 60_000 }
const modest: Budget = { subject: 'modest', remainingMs: () => 60_000 }

describe('engine: several callers', () => {
  let test: TestEngine
  let requests = 0

  it('answers all requests of a modest caller beside a greedy one, which loses only the excess', async () => {
    test = testEngine({ queueMax: 512 })
    test.store.put(...accounts(64))
    await occupy(test)
    const ofGreedy = buy(512, greedy)
    const ofModest = buy(20, modest)
    test.store.loading.release()
    expect(tally(await Promise.all(ofModest))).to.deep.equal({ ANSWERED: 20 })
    expect(tally(await Promise.all(ofGreedy))).to.deep.equal({ ANSWERED: 492, OVERLOADED: 20 })
  })

  it('rejects the greedy caller itself when it sends more', async () => {
    test = testEngine({ queueMax: 512 })
    test.store.put(...accounts(64))
    await occupy(test)
    const before = buy(512, greedy)
    expect(tally(await Promise.all(buy(3, greedy)))).to.deep.equal({ OVERLOADED: 3 })
    test.store.loading.release()
    expect(tally(await Promise.all(before))).to.deep.equal({ ANSWERED: 512 })
  })

  it('decides the request of a modest caller in the next group, whatever others sent before', async () => {
    test = testEngine()
    test.store.put(...accounts(64), fundedAccount('of the modest one'))
    await occupy(test)
    const ofGreedy = buy(512, greedy)
    const ofModest = test.authorize('of the modest one', purchase('1', 1n), modest)
    test.store.loading.releaseOne()
    await soon('a third group is read', () => test.store.loading.asked.length === 3)
    expect(test.store.loading.asked.at(-1)).to.include('of the modest one')
    test.store.loading.release()
    await Promise.all([...ofGreedy, ofModest])
  })

  it('decides purchases before earlier credits', async () => {
    test = testEngine()
    test.store.put(...accounts(64), fundedAccount('buyer'))
    await occupy(test)
    const credits = credit(300)
    const bought = test.authorize('buyer', purchase('1', 1n), modest)
    test.store.loading.releaseOne()
    await soon('a third group is read', () => test.store.loading.asked.length === 3)
    expect(test.store.loading.asked.at(-1)).to.include('buyer')
    expect(test.store.loading.asked.at(-1)).to.have.lengthOf(9)
    test.store.loading.release()
    await bought
    expect(tally(await Promise.all(credits))).to.deep.equal({ ANSWERED: 300 })
  })

  it('rejects no purchase because of credits', async () => {
    test = testEngine({ queueMax: 100 })
    test.store.put(...accounts(64))
    await occupy(test)
    const credits = credit(100)
    const purchases = buy(100, greedy)
    test.store.loading.release()
    expect(tally(await Promise.all([...credits, ...purchases]))).to.deep.equal({ ANSWERED: 200 })
  })

  it('rejects an evicted request with the error of its last attempt, because its outcome is unknown', async () => {
    test = testEngine({ queueMax: 2 })
    test.store.put(...accounts(64))
    test.store.loading.alwaysMeets('OUTAGE')
    const ofGreedy = buy(2, greedy)
    await soon('both pause', () => test.engine.waitingIn('PURCHASE') === 2)
    const ofModest = buy(1, modest)
    expect(tally([await Promise.race(ofGreedy)])).to.deep.equal({ UNAVAILABLE: 1 })
    test.store.loading.alwaysMeets(undefined)
    expect(tally(await Promise.all(ofModest))).to.deep.equal({ ANSWERED: 1 })
    expect(tally(await Promise.all(ofGreedy))).to.deep.equal({ ANSWERED: 1, UNAVAILABLE: 1 })
  })

  function buy(count: number, caller: Budget): readonly Promise<unknown>[] {
    return Array.from({ length: count }, (_, index) => {
      requests += 1
      return rejectionOf(test.authorize(`account-${index % 64}`, purchase(`${requests}`, 1n), caller))
    })
  }

  function credit(count: number): readonly Promise<unknown>[] {
    const catalog = catalogOf(challengeCategories)
    const options = { engine: test.engine, catalog: () => catalog }
    return Array.from({ length: count }, (_, index) => {
      requests += 1
      const credit = { transactionId: `${requests}`, wallet: 'CASH', amount: centavos(1n) }
      return rejectionOf(creditAccount(options, `account-${index % 64}`, credit, greedy))
    })
  }
})

function accounts(count: number) {
  return Array.from({ length: count }, (_, index) => fundedAccount(`account-${index}`))
}

function tally(outcomes: readonly unknown[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1
  return counts
}
