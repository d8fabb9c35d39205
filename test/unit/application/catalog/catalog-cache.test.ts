import { expect } from 'chai'
import fc from 'fast-check'
import { CatalogCache } from '../../../../src/application/catalog/catalog-cache.js'
import { UndecidedError } from '../../../../src/application/errors.js'
import { benefit } from '../../../../src/domain/category.js'
import { mccSet } from '../../../../src/domain/mcc-set.js'
import type { MerchantRule, MerchantRuleByName } from '../../../../src/domain/merchant-rule.js'
import { HandClock } from '../hand-clock.js'
import { rejectionOf } from '../rejection.js'
import { soon } from '../soon.js'
import { InMemoryCatalogStore } from './in-memory-catalog-store.js'

const rule: MerchantRuleByName = { id: 'padaria', match: 'EXACT', name: 'PADARIA', mcc: '5811' }
const pets = benefit({ id: 'PETS', displayName: 'Pets', order: 80, mccs: '5995' })
const away = new UndecidedError('UNAVAILABLE', 'no database')

describe('catalog cache', () => {
  let store: InMemoryCatalogStore
  let clock: HandClock
  let failures: unknown[]
  let unwatched: unknown[]
  let cache: CatalogCache

  beforeEach(() => {
    store = new InMemoryCatalogStore()
    clock = new HandClock()
    failures = []
    unwatched = []
    cache = cacheOf(store)
  })

  afterEach(() => cache.close())

  it('has no catalog before the first read, and reports UNAVAILABLE', async () => {
    expect(await rejectionOf(Promise.resolve().then(() => cache.current()))).to.equal('UNAVAILABLE')
  })

  it('has a catalog when it has started', async () => {
    await cache.start()
    expect(cache.current().categories.map(({ id }) => id)).to.deep.equal(['FOOD', 'MEAL', 'CASH'])
  })

  it('does not start when the first read fails', async () => {
    store.outage = away
    expect(await rejectionOf(cache.start())).to.equal('UNAVAILABLE')
    expect(failures).to.deep.equal([])
  })

  it('starts later when the first read failed', async () => {
    store.outage = away
    await rejectionOf(cache.start())
    store.outage = undefined
    await cache.start()
    expect(cache.current().version).to.equal(1n)
  })

  it('watches once, however often it is started', async () => {
    await cache.start()
    await cache.start()
    expect(store.watches).to.equal(1)
  })

  it('applies changes', async () => {
    await cache.start()
    store.change({ rules: [rule], upserted: [pets] })
    await soon('the rule decides', () => mccOfPadaria() === '5811')
    expect(cache.current().version).to.equal(2n)
  })

  it('reads only the changes since its version', async () => {
    await cache.start()
    store.change({ rules: [rule] })
    store.change({ upserted: [pets] })
    await soon('version 3 is here', () => cache.current().version === 3n)
    expect(store.reads.slice(0, 2)).to.deep.equal([undefined, 1n])
  })

  it('reads nothing while nothing changes', async () => {
    await cache.start()
    await soon('it has looked a few times', () => store.versionReads > 3)
    expect(store.reads).to.deep.equal([undefined])
  })

  it('refreshes at once when a change is announced', async () => {
    cache = cacheOf(store, 1_000_000)
    store.announces = true
    await cache.start()
    store.change({ rules: [rule] })
    await soon('the rule decides', () => mccOfPadaria() === '5811')
  })

  it('misses no change that is announced while it reads', async () => {
    cache = cacheOf(store, 1_000_000)
    store.announces = true
    await cache.start()
    const release = store.holdReads()
    store.change({ rules: [rule] })
    await soon('it reads', () => store.reads.length === 2)
    store.change({ upserted: [pets] })
    release()
    await soon('version 3 is here', () => cache.current().version === 3n)
  })

  it('reports when changes are no longer announced, and still sees them', async () => {
    await cache.start()
    store.loseWatches('why')
    store.change({ rules: [rule] })
    await soon('the rule decides', () => mccOfPadaria() === '5811')
    expect(unwatched).to.deep.equal(['why'])
  })

  it('replaces the whole catalog when the store cannot list the changes', async () => {
    await cache.start()
    store.change({ upserted: [pets] })
    store.change({ deleted: ['PETS'] })
    store.purgedVersion = 3n
    await soon('version 3 is here', () => cache.current().version === 3n)
    expect(cache.current().categories.map(({ id }) => id)).to.deep.equal(['FOOD', 'MEAL', 'CASH'])
  })

  it('applies more rules than fit into one step', async () => {
    await cache.start()
    store.change({ rules: manyRules(1_500) })
    await soon('all rules are here', () => cache.current().rules.size === 1_500)
  })

  it('returns the whole previous catalog while many rules are being applied', async () => {
    await cache.start()
    const release = store.holdReads()
    store.change({ rules: [...manyRules(1_500), rule] })
    await soon('it reads', () => store.reads.length === 2)
    release()
    const seen = new Set<string>()
    await soon('all rules are here', () => {
      const { version, rules } = cache.current()
      seen.add(`${version}: ${rules.size}`)
      return version === 2n
    })
    expect([...seen].sort()).to.deep.equal(['1: 0', '2: 1501'])
  })

  it('keeps the last catalog while it cannot be read, and reports why', async () => {
    await cache.start()
    const last = cache.current()
    store.outage = away
    await soon('a look has failed', () => failures.length > 0)
    expect(cache.current()).to.equal(last)
    expect(failures[0]).to.equal(away)
  })

  it('reads again after a failure', async () => {
    await cache.start()
    store.outage = away
    await soon('a look has failed', () => failures.length > 0)
    store.outage = undefined
    store.change({ rules: [rule] })
    await soon('the rule decides', () => mccOfPadaria() === '5811')
  })

  it('keeps the last catalog when the new one contradicts itself', async () => {
    await cache.start()
    const last = cache.current()
    store.change({ deleted: ['CASH'] })
    await soon('the contradiction is told', () => failures.length > 0)
    expect(cache.current()).to.equal(last)
    expect(mccOfPadaria()).to.equal('9999')
    expect(String(failures[0])).to.include('free balance')
  })

  it('reads an unusable version once, not at every check', async () => {
    await cache.start()
    store.change({ deleted: ['CASH'] })
    await soon('it has failed a few times', () => failures.length > 3)
    // Reads the changes, and then everything.
    expect(store.reads).to.deep.equal([undefined, 1n, undefined])
  })

  it('reads an unusable version again when it may have been corrected', async () => {
    await cache.start()
    store.change({ deleted: ['CASH'] })
    await soon('the contradiction is told', () => failures.length > 0)
    store.mend({ rules: [rule] })
    clock.advance(30_000)
    await soon('the rule decides', () => mccOfPadaria() === '5811')
  })

  it('continues with the version after an invalid one', async () => {
    await cache.start()
    store.change({ deleted: ['CASH'] })
    await soon('the contradiction is told', () => failures.length > 0)
    store.change({ upserted: [{ ...pets, id: 'CASH', mccs: [], free: true }], rules: [rule] })
    await soon('the rule decides', () => mccOfPadaria() === '5811')
  })

  it('recovers by reading everything when the changes do not match its catalog', async () => {
    await cache.start()
    store.change({ rules: [rule] })
    await soon('the rule decides', () => mccOfPadaria() === '5811')
    // A rule disappears without a change record, and its slot is reused.
    store.mend({})
    store.change({ rules: [{ ...rule, id: 'other', mcc: '5411' }] })
    await soon('the other rule decides', () => mccOfPadaria() === '5411')
    expect(failures).to.deep.equal([])
  })

  it('keeps its catalog when the store goes back, and reports it', async () => {
    store.change({ rules: [rule] })
    await cache.start()
    store.goBack()
    await soon('it is told', () => failures.length > 0)
    expect(String(failures[0])).to.include('went back from version 2 to 1')
    expect(cache.current().version).to.equal(2n)
  })

  it('uses the older catalog of the store when it has to read everything', async () => {
    store.change({ rules: [rule] })
    await cache.start()
    store.goBack()
    await cache.reread()
    expect(cache.current().version).to.equal(1n)
    store.change({ rules: [rule] })
    await soon('the next change is seen', () => cache.current().version === 2n)
  })

  it('uses its catalog until it has read the store again', async () => {
    await cache.start()
    store.outage = new Error('away')
    expect(await cache.reread().catch(String)).to.equal('Error: away')
    expect(cache.current().version).to.equal(1n)
    store.outage = undefined
    await cache.refresh()
    expect(store.reads.at(-1)).to.equal(undefined)
  })

  it('stops watching when it is closed', async () => {
    await cache.start()
    await cache.close()
    const looks = store.versionReads
    await anotherHasLookedAgain()
    expect([store.versionReads, store.watches]).to.deep.equal([looks, 0])
  })

  it('does not watch when it is closed during its first read', async () => {
    const starting = cache.start()
    await cache.close()
    await starting
    await anotherHasLookedAgain()
    expect([store.versionReads, store.watches]).to.deep.equal([0, 0])
  })

  it('keeps declining a missing rail in every later version', async () => {
    const shared = new InMemoryCatalogStore()
    const strict = new CatalogCache({
      store: shared,
      clock,
      refreshMs: 1_000_000,
      missingRail: 'decline',
      onFailure: (error) => failures.push(error),
      onUnwatched: (error) => unwatched.push(error),
    })
    shared.change({ upserted: [{ ...pets, rails: ['DEBIT'] }] })
    await strict.refresh()
    const walletsNow = () => strict.current().route({ mcc: '5995', merchant: '' }).wallets
    expect(walletsNow()).to.deep.equal(['CASH'])
    shared.change({ rules: [rule] })
    await strict.refresh()
    expect(walletsNow()).to.deep.equal(['CASH'])
    shared.change({ rules: manyRules(600) })
    await strict.refresh()
    expect(walletsNow()).to.deep.equal(['CASH'])
    await strict.close()
  })

  it('equals the whole catalog of the store after every history of changes', async () => {
    const anyChange = fc.record({
      upserted: fc.subarray([pets, { ...pets, id: 'BIRDS', order: 81 }]),
      deleted: fc.subarray(['PETS', 'BIRDS']),
      rules: fc.subarray([rule, { ...rule, id: 'prefix', match: 'PREFIX' as const, mcc: '5411' }]),
      deletedRules: fc.subarray(['padaria', 'prefix']),
      neverPermitted: fc.subarray(['7995', '6011']).map((mccs) => mccSet(mccs)),
      neverPermittedAsReceived: fc.subarray(['7995', '5921']).map((mccs) => mccSet(mccs)),
    })
    const anyHistory = fc.array(fc.array(anyChange, { maxLength: 3 }), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(anyHistory, async (history) => {
        const shared = new InMemoryCatalogStore()
        const following = cacheOf(shared, 1_000_000)
        const fresh = cacheOf(shared, 1_000_000)
        try {
          await following.refresh()
          for (const changes of history) {
            for (const change of changes) shared.change(change)
            await following.refresh()
          }
          await fresh.refresh()
          expect(pictureOf(following)).to.deep.equal(pictureOf(fresh))
        } finally {
          await following.close()
          await fresh.close()
        }
      }),
    )
  })

  describe('health', () => {
    it('has version 0 before the first catalog', () => {
      expect(cache.health).to.deep.equal({ version: 0n, ageMs: 0 })
    })

    it('reports the time since the catalog was last confirmed as the latest', async () => {
      cache = cacheOf(store, 1_000_000)
      await cache.start()
      clock.advance(700)
      expect(cache.health).to.deep.equal({ version: 1n, ageMs: 700 })
      await cache.refresh()
      expect(cache.health).to.deep.equal({ version: 1n, ageMs: 0 })
    })

    it('reports the error of the last refresh until one succeeds', async () => {
      cache = cacheOf(store, 1_000_000)
      await cache.start()
      store.outage = away
      await rejectionOf(cache.refresh())
      expect(cache.health.failure).to.equal(away)
      store.outage = undefined
      await cache.refresh()
      expect(cache.health).to.deep.equal({ version: 1n, ageMs: 0 })
    })
  })

  function cacheOf(from: InMemoryCatalogStore, refreshMs = 1): CatalogCache {
    return new CatalogCache({
      store: from,
      clock,
      refreshMs,
      onFailure: (error) => failures.push(error),
      onUnwatched: (error) => unwatched.push(error),
    })
  }

  /** Waits longer than the cache waits between two reads. */
  async function anotherHasLookedAgain(): Promise<void> {
    const others = new InMemoryCatalogStore()
    const other = cacheOf(others)
    await other.start()
    await soon('another cache has looked twice more', () => others.versionReads >= 3)
    await other.close()
  }

  function mccOfPadaria(): string {
    return cache.current().route({ mcc: '9999', merchant: 'PADARIA' }).effectiveMcc
  }
})

/** The decisions of a catalog in the aspects that may differ here. */
function pictureOf(cache: CatalogCache): unknown {
  const catalog = cache.current()
  const merchants = ['PADARIA', 'PADARIA DO ZE', '']
  const mccs = ['5995', '7995', '6011', '5921', '5411']
  return {
    version: catalog.version,
    categories: catalog.categories,
    size: catalog.rules.size,
    routes: merchants.flatMap((merchant) => mccs.map((mcc) => catalog.route({ mcc, merchant }))),
  }
}

function manyRules(count: number): readonly MerchantRule[] {
  return Array.from({ length: count }, (_, index) => ({
    ...rule,
    id: `rule-${index}`,
    name: `SHOP ${index}`,
  }))
}
