import { expect } from 'chai'
import { authorize } from '../../../src/application/authorize.js'
import { UndecidedError } from '../../../src/application/errors.js'
import type { Catalog } from '../../../src/domain/catalog.js'
import { challengeCategories } from '../../../src/domain/category.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { fundedAccount, patience, purchase } from './fixtures.js'
import { rejectionOf } from './rejection.js'
import { type TestEngine, testEngine } from './test-engine.js'

describe('authorize', () => {
  const plain = catalogOf(challengeCategories)
  const ruled = catalogOf(challengeCategories, [
    { id: 'padaria', match: 'EXACT', name: 'PADARIA DO ZE', mcc: '5811' },
  ])
  let test: TestEngine
  let catalog: () => Catalog

  beforeEach(() => {
    test = testEngine()
    test.store.put(fundedAccount('a'))
    catalog = () => plain
  })

  it('records a purchase on the given account', async () => {
    await buy('1')
    expect(test.store.history('a').at(-1)?.transactionId).to.equal('1')
  })

  it('records the time of the decision by the wall clock', async () => {
    test.clock.advance(1_234)
    await buy('1')
    expect(test.store.history('a').at(-1)?.at).to.deep.equal(new Date(1_234))
  })

  it('records a decline as well', async () => {
    await buy('1', 1_001n)
    expect(test.store.history('a').at(-1)).to.include({ reason: 'INSUFFICIENT_BALANCE' })
  })

  it('uses the current catalog', async () => {
    await buy('1')
    catalog = () => ruled
    await buy('2')
    expect(test.store.history('a').at(-1)).to.include({ effectiveMcc: '5811', merchantRule: 'padaria' })
  })

  it('uses the current catalog again after a lost race', async () => {
    test.store.committing.meets('CONFLICT')
    test.store.committing.onCall = () => {
      catalog = () => ruled
    }
    await buy('1')
    expect(test.store.history('a').at(-1)).to.include({ effectiveMcc: '5811' })
  })

  it('rejects UNAVAILABLE without a catalog', async () => {
    catalog = noCatalog
    expect(await rejectionOf(buy('1'))).to.equal('UNAVAILABLE')
  })

  it('records nothing without a catalog', async () => {
    catalog = noCatalog
    await rejectionOf(buy('1'))
    expect(test.store.committing.asked).to.deep.equal([])
  })

  function buy(id: string, amount?: bigint): Promise<unknown> {
    const { engine } = test
    return authorize(
      { engine, catalog: () => catalog(), calendar: utcCalendar },
      'a',
      purchase(id, amount),
      patience,
    )
  }

  function noCatalog(): Catalog {
    throw new UndecidedError('UNAVAILABLE', 'the catalog has not been read yet')
  }
})
