import { expect } from 'chai'
import fc from 'fast-check'
import type { Db } from 'mongodb'
import { CatalogCache } from '../../src/application/catalog/catalog-cache.js'
import type { CatalogWatch } from '../../src/application/catalog/catalog-store.js'
import { benefit } from '../../src/domain/category.js'
import { replaceMccPolicy, upsertCategory } from '../../src/domain/category-edit.js'
import type { MccPolicy } from '../../src/domain/mcc-policy.js'
import { mccSet } from '../../src/domain/mcc-set.js'
import type { MerchantRule } from '../../src/domain/merchant-rule.js'
import { rails } from '../../src/domain/network.js'
import { systemClock } from '../../src/service/core.js'
import { changeCatalog, tombstoneOf } from '../../src/storage/catalog/catalog-change.js'
import { MongoCatalogStore } from '../../src/storage/catalog/mongo-catalog-store.js'
import { MongoCategoryStore } from '../../src/storage/catalog/mongo-category-store.js'
import { MongoMerchantRuleStore } from '../../src/storage/catalog/mongo-merchant-rule-store.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { eventually } from '../support/eventually.js'

const pets = benefit({ id: 'PETS', displayName: 'Pets', order: 80, mccs: '5995 5462' })
const bakery: MerchantRule = { id: 'bakery', match: 'EXACT', name: 'PADARIA', mcc: '5462' }
/** Longer than any test: only announcements make changes visible. */
const NEVER_MS = 1_000_000

/** A store without announcements, like a deployment without change streams. */
class SilentStore extends MongoCatalogStore {
  override watch(): CatalogWatch {
    return { close: async () => {} }
  }
}

describe('the catalog cache on MongoDB', () => {
  const database = useDatabase()
  const open: CatalogCache[] = []
  let failures: unknown[]
  let categories: MongoCategoryStore
  let rules: MongoMerchantRuleStore

  before(() => ensureSchema(database()))
  beforeEach(() => {
    failures = []
    categories = new MongoCategoryStore(database())
    rules = new MongoMerchantRuleStore(database())
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((cache) => cache.close()))
  })

  it('follows announced changes', async () => {
    const cache = await startedCache(new MongoCatalogStore(database()), NEVER_MS)
    await changeUntilSeen(cache)
  })

  it('follows changes without an announcement', async () => {
    const cache = await startedCache(new SilentStore(database()), 50)
    await changeUntilSeen(cache)
  })

  it('follows changes again after their stream has broken', async () => {
    const cache = await startedCache(new MongoCatalogStore(database()), NEVER_MS)
    await changeUntilSeen(cache)
    await endStreams(database())
    await changeUntilSeen(cache)
    expect(failures).to.deep.equal([])
  })

  it('equals a full read after any changes', async () => {
    const following = await startedCache(new SilentStore(database()), NEVER_MS)
    await fc.assert(
      fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 6 }), async (changes) => {
        for (const change of changes) await make(change)
        await following.refresh()
        const fresh = await startedCache(new SilentStore(database()), NEVER_MS)
        expect(pictureOf(following)).to.deep.equal(pictureOf(fresh))
      }),
      { numRuns: 15 },
    )
  })

  it('keeps the last valid catalog while the stored catalog contradicts itself', async () => {
    const cache = await startedCache(new SilentStore(database()), NEVER_MS)
    const good = cache.current().version
    const { wallets } = cache.current().route({ mcc: '5411', merchant: '' })
    await write('CASH', (change) => tombstoneOf('CASH', change))
    expect(await cache.refresh().catch(String)).to.match(/exactly one free balance, not 0/)
    expect(cache.current().version).to.equal(good)
    expect(cache.current().route({ mcc: '5411', merchant: '' }).wallets).to.deep.equal(wallets)
    expect(cache.health.failure).to.be.instanceOf(RangeError)

    const cash = { ...pets, id: 'CASH', order: 1_000, mccs: [], free: true }
    await categories.edit((current) => upsertCategory(current, cash), 'ana')
    await cache.refresh()
    expect([cache.current().version, cache.health.failure]).to.deep.equal([good + 2n, undefined])
  })

  it('reads rules with slots of an earlier normal form, even when they now tie', async () => {
    const stored = [
      { _id: 'b', name: 'UBER *TRIP', mcc: '5411' },
      { _id: 'a', name: 'UBER*TRIP', mcc: '5412' },
    ].map(({ _id, name, mcc }) => {
      const rule = { match: 'EXACT', name, mcc, slot: { name } }
      return { _id, version: 1n, ...rule, changed_at: new Date(), changed_by: 'test' }
    })
    await database().collection<{ _id: string }>('merchant_rules').insertMany(stored)
    try {
      const cache = await startedCache(new SilentStore(database()), NEVER_MS)
      const decides = () => cache.current().route({ mcc: '9999', merchant: 'Uber *Trip' }).merchantRule
      expect(decides()).to.equal('a')
      await rules.delete('a', undefined)
      await cache.refresh()
      expect(decides()).to.equal('b')
      expect(failures).to.deep.equal([])
    } finally {
      await database().collection('merchant_rules').deleteMany({})
    }
  })

  it('reads twenty thousand rules, and yields to other work meanwhile', async () => {
    const documents = Array.from({ length: 20_000 }, (_, index) => {
      const name = `SHOP ${index}`
      const rule = { match: 'EXACT', name, mcc: '5411', slot: { name } }
      return { _id: `shop-${index}`, version: 1n, ...rule, changed_at: new Date(), changed_by: 'test' }
    })
    await database().collection<{ _id: string }>('merchant_rules').insertMany(documents, { ordered: false })
    try {
      let turns = 0
      const turn = setInterval(() => {
        turns += 1
      }, 1)
      const cache = await startedCache(new SilentStore(database()), NEVER_MS)
      clearInterval(turn)
      expect(cache.current().rules.size).to.be.at.least(20_000)
      expect(cache.current().route({ mcc: '9999', merchant: 'SHOP 17777' }).merchantRule).to.equal(
        'shop-17777',
      )
      expect(turns).to.be.above(5)

      await rules.create({ ...bakery, id: 'one-more', name: 'ONE MORE' }, 'ana')
      await cache.refresh()
      expect(cache.current().route({ mcc: '9999', merchant: 'ONE MORE' }).merchantRule).to.equal('one-more')
    } finally {
      await database().collection('merchant_rules').deleteMany({})
    }
  })

  async function startedCache(store: MongoCatalogStore, refreshMs: number): Promise<CatalogCache> {
    const cache = new CatalogCache({
      store,
      clock: systemClock,
      refreshMs,
      onFailure: (error) => failures.push(error),
      onUnwatched: () => {},
    })
    open.push(cache)
    await cache.start()
    return cache
  }

  /** Makes changes until the cache has seen the latest: the first may precede the opening of the stream. */
  async function changeUntilSeen(cache: CatalogCache): Promise<void> {
    let order = 100
    const before = cache.current().version
    await eventually('the cache has seen a change', async () => {
      order += 1
      await categories.edit((current) => upsertCategory(current, { ...pets, order }), 'ana')
      return cache.current().version > before
    })
  }

  /** Writes a category without the checks of the service. */
  async function write(id: string, document: Parameters<typeof writeInto>[2]): Promise<void> {
    await writeInto(database(), id, document)
  }

  async function make(change: Change): Promise<void> {
    switch (change.kind) {
      case 'CATEGORY':
        await categories.edit((current) => upsertCategory(current, change.category), 'ana')
        return
      case 'NO_CATEGORY':
        await write(change.id, (catalogChange) => tombstoneOf(change.id, catalogChange))
        return
      case 'NEVER':
        await categories.edit((current) => replaceMccPolicy(current, policyOf(change)), 'ana')
        return
      case 'RULE':
        // Another rule of the same name and place prevents the change, which counts as a change, too.
        await rules.create(change.rule, 'ana')
        return
      case 'NO_RULE':
        await rules.delete(change.id, undefined)
    }
  }
})

type Change =
  | { readonly kind: 'CATEGORY'; readonly category: typeof pets }
  | { readonly kind: 'NO_CATEGORY'; readonly id: string }
  | { readonly kind: 'NEVER'; readonly mccs: readonly string[]; readonly mccsAsReceived: readonly string[] }
  | { readonly kind: 'RULE'; readonly rule: MerchantRule }
  | { readonly kind: 'NO_RULE'; readonly id: string }

const someIds = ['PETS', 'BIRDS']
const someRuleIds = ['r1', 'r2', 'r3']
const someMccs = ['5995', '5462', '5411']

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('CATEGORY' as const),
    category: fc.record({
      id: fc.constantFrom(...someIds),
      displayName: fc.constant('Animals'),
      mccs: fc.subarray(someMccs).map((mccs) => mccSet(mccs)),
      order: fc.integer({ min: 200, max: 100_000 }),
      free: fc.constant(false),
      creditsClosed: fc.boolean(),
      rails: fc.subarray([...rails]),
      regulated: fc.boolean(),
    }),
  }),
  fc.record({ kind: fc.constant('NO_CATEGORY' as const), id: fc.constantFrom(...someIds) }),
  fc.record({
    kind: fc.constant('NEVER' as const),
    mccs: fc.subarray(['7995', '6010-6012', '5995']),
    mccsAsReceived: fc.subarray(['7995', '5995']),
  }),
  fc.record({
    kind: fc.constant('RULE' as const),
    rule: fc.record({
      id: fc.constantFrom(...someRuleIds),
      match: fc.constantFrom('EXACT' as const, 'PREFIX' as const),
      name: fc.constantFrom('UBER', 'UBER TRIP', 'PADARIA'),
      mcc: fc.constantFrom(...someMccs),
    }),
  }),
  fc.record({ kind: fc.constant('NO_RULE' as const), id: fc.constantFrom(...someRuleIds) }),
)

function policyOf({ mccs, mccsAsReceived }: Change & { readonly kind: 'NEVER' }): MccPolicy {
  return { neverPermitted: mccSet(mccs), neverPermittedAsReceived: mccSet(mccsAsReceived) }
}

/** The decisions of a catalog in the aspects that may differ here. */
function pictureOf(cache: CatalogCache): unknown {
  const catalog = cache.current()
  const merchants = ['UBER', 'UBER TRIP', 'UBER EATS', 'PADARIA', 'PADARIA DO ZE', '']
  return {
    version: catalog.version,
    categories: catalog.categories,
    neverPermitted: catalog.neverPermitted,
    neverPermittedAsReceived: catalog.neverPermittedAsReceived,
    rules: catalog.rules.size,
    routes: merchants.flatMap((merchant) =>
      someMccs.flatMap((mcc) => [
        catalog.route({ mcc, merchant }),
        ...rails.map((rail) => catalog.route({ mcc, merchant, network: { rail } })),
      ]),
    ),
  }
}

async function writeInto(
  db: Db,
  id: string,
  document: (change: Parameters<typeof tombstoneOf>[1]) => ReturnType<typeof tombstoneOf>,
): Promise<void> {
  await changeCatalog(db, async (change) => {
    await db
      .collection<{ _id: string }>('categories')
      .replaceOne({ _id: id }, document(change), { session: change.session, upsert: true })
  })
}

/** Ends every change stream on the database, as the stop of a server would. */
async function endStreams(db: Db): Promise<void> {
  const admin = db.client.db('admin')
  const operations = await admin
    .aggregate<{ cursor?: { cursorId: bigint }; ns: string }>(
      [{ $currentOp: { idleCursors: true } }, { $match: { ns: `${db.databaseName}.catalog` } }],
      { readConcern: { level: 'local' } },
    )
    .toArray()
  const cursors = operations.flatMap(({ cursor }) => (cursor ? [cursor.cursorId] : []))
  await db.command({ killCursors: 'catalog', cursors })
}
