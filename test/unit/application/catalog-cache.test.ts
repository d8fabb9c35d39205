import { expect } from 'chai'
import { CatalogCache, type CatalogStore } from '../../../src/application/catalog-cache.js'
import { type Category, challengeCategories } from '../../../src/domain/category.js'
import type { MerchantRule } from '../../../src/domain/merchant-rule.js'
import { rejectionOf } from './rejection.js'
import { soon } from './soon.js'

const rule: MerchantRule = { id: 'padaria', match: 'EXACT', name: 'PADARIA', mcc: '5811' }

describe('catalog cache', () => {
  let reads: number
  let content: { readonly categories: readonly Category[]; readonly rules: readonly MerchantRule[] }
  let outage: Error | undefined
  let failures: unknown[]
  let cache: CatalogCache

  beforeEach(() => {
    reads = 0
    content = { categories: challengeCategories, rules: [] }
    outage = undefined
    failures = []
    const store: CatalogStore = {
      read: async () => {
        reads += 1
        if (outage) throw outage
        return content
      },
    }
    cache = new CatalogCache({ store, refreshMs: 1, onFailure: (error) => failures.push(error) })
  })

  afterEach(() => {
    cache.close()
  })

  it('has no catalog, and says so as UNAVAILABLE, before the first one was read', async () => {
    expect(await rejectionOf(Promise.resolve().then(() => cache.current()))).to.equal('UNAVAILABLE')
  })

  it('has a catalog when it has started', async () => {
    await cache.start()
    expect(cache.current().categories.map(({ id }) => id)).to.deep.equal(['FOOD', 'MEAL', 'CASH'])
  })

  it('does not start when the first read fails', async () => {
    outage = new Error('no database')
    expect(await rejectionOf(cache.start())).to.equal(outage)
  })

  it('starts later when the first read failed', async () => {
    outage = new Error('no database')
    await rejectionOf(cache.start())
    outage = undefined
    await cache.start()
    expect(cache.current().categories.length).to.equal(3)
  })

  it('takes on what has changed', async () => {
    await cache.start()
    content = { ...content, rules: [rule] }
    await soon('the rule decides', () => mccOfPadaria() === '5811')
  })

  it('gives the same catalog to whoever holds one, whatever changes meanwhile', async () => {
    await cache.start()
    const held = cache.current()
    content = { ...content, rules: [rule] }
    await soon('the rule decides', () => mccOfPadaria() === '5811')
    expect(held.route({ mcc: '9999', merchant: 'PADARIA' }).effectiveMcc).to.equal('9999')
  })

  it('keeps the last catalog while it cannot be read', async () => {
    await cache.start()
    const last = cache.current()
    outage = new Error('no database')
    await soon('a read has failed', () => failures.length > 0)
    expect(cache.current()).to.equal(last)
  })

  it('tells why it could not be read', async () => {
    await cache.start()
    outage = new Error('no database')
    await soon('a read has failed', () => failures.length > 0)
    expect(failures[0]).to.equal(outage)
  })

  it('keeps the last catalog when the new one contradicts itself', async () => {
    await cache.start()
    const last = cache.current()
    content = { ...content, categories: [] }
    await soon('the contradiction is told', () => failures.length > 0)
    expect(cache.current()).to.equal(last)
  })

  it('reads again after a failure', async () => {
    await cache.start()
    outage = new Error('no database')
    await soon('a read has failed', () => failures.length > 0)
    outage = undefined
    content = { ...content, rules: [rule] }
    await soon('the rule decides', () => mccOfPadaria() === '5811')
  })

  it('reads no more when it is closed', async () => {
    await cache.start()
    cache.close()
    const readsAtClose = reads
    await anotherHasReadAgain()
    expect(reads).to.equal(readsAtClose)
  })

  it('reads no more when it is closed during its first read', async () => {
    const starting = cache.start()
    cache.close()
    await starting
    await anotherHasReadAgain()
    expect(reads).to.equal(1)
  })

  /** Waits as long as the cache would take to read again, and longer. */
  async function anotherHasReadAgain(): Promise<void> {
    let othersReads = 0
    const store: CatalogStore = {
      read: async () => {
        othersReads += 1
        return content
      },
    }
    const other = new CatalogCache({ store, refreshMs: 1, onFailure: () => {} })
    await other.start()
    await soon('another cache has read twice more', () => othersReads >= 3)
    other.close()
  }

  function mccOfPadaria(): string {
    return cache.current().route({ mcc: '9999', merchant: 'PADARIA' }).effectiveMcc
  }
})
