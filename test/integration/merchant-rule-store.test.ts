import { expect } from 'chai'
import type { Db } from 'mongodb'
import type {
  MerchantRuleFilter,
  MerchantRuleOutcome,
  StoredMerchantRule,
} from '../../src/application/catalog/merchant-rule-store.js'
import { isSameRule, type MerchantRule, type MerchantRuleByName } from '../../src/domain/merchant-rule.js'
import { MongoCatalogStore } from '../../src/storage/catalog/mongo-catalog-store.js'
import { MongoMerchantRuleStore } from '../../src/storage/catalog/mongo-merchant-rule-store.js'
import { createClient } from '../../src/storage/client.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { byMerchantId, byTaxId, ruleOf } from '../unit/domain/builders.js'

const bound: Partial<MerchantRuleByName> = { city: 'São Paulo', country: 'BR' }

describe('MongoMerchantRuleStore', () => {
  const database = useDatabase()
  let store: MongoMerchantRuleStore
  before(async () => {
    await ensureSchema(database())
    store = new MongoMerchantRuleStore(database())
  })
  beforeEach(() => database().collection('merchant_rules').deleteMany({}))

  async function create(...rules: readonly MerchantRule[]): Promise<void> {
    for (const rule of rules) storedOf(await store.create(rule, 'ana'))
  }

  const ids = async (filter: MerchantRuleFilter = {}) =>
    (await store.page({ afterId: '', limit: 100, filter })).map(({ rule }) => rule.id)

  it('returns a rule as it was created, with its author', async () => {
    const rule = ruleOf({ match: 'PREFIX', name: 'PAG*JoseDaSilva', ...bound })
    const stored = storedOf(await store.create(rule, 'ana'))
    expect(stored).to.deep.include({ rule, changedBy: 'ana' })
    expect(await store.find('rule-1')).to.deep.equal(stored)
  })

  for (const rule of [byTaxId('rule-1'), byMerchantId('rule-1')]) {
    it(`reads a rule by ${rule.match} as it was created, and rejects one that ties`, async () => {
      const stored = storedOf(await store.create(rule, 'ana'))
      expect(stored.rule).to.deep.equal(rule)
      expect(await store.find('rule-1')).to.deep.equal(stored)
      const tie = { rejection: { reason: 'TIE', with: 'rule-1' } }
      expect(await store.create({ ...rule, id: 'second', mcc: '5811' }, 'ana')).to.deep.equal(tie)
      const { rules } = await new MongoCatalogStore(database()).read()
      expect(rules.upserted).to.deep.equal([rule])
    })
  }

  it('tells rules by id apart from each other and from names', async () => {
    await create(
      byTaxId('1'),
      byTaxId('2', { merchantTaxId: '11222333000181' }),
      byMerchantId('3'),
      byMerchantId('4', { merchantId: 'LOJA 2' }),
      byMerchantId('5', { acquirerId: '42' }),
      ruleOf({ id: '6', name: '12ABC34501DE35' }),
      ruleOf({ id: '7', name: '0042/LOJA 1' }),
    )
    expect(await ids()).to.have.length(7)
  })

  it('gives a rule an id in place of its name, and frees the name', async () => {
    await create(ruleOf({ ...bound }))
    const changed = storedOf(await store.update('rule-1', () => byTaxId('rule-1'), { by: 'eva' }))
    expect((await store.find('rule-1'))?.rule).to.deep.equal(changed.rule)
    await create(ruleOf({ id: 'other', ...bound }))
    expect(await ids({ namePrefix: 'AC' })).to.deep.equal(['other'])
  })

  it('finds nothing in an empty store', async () => {
    expect(await store.find('rule-1')).to.equal(undefined)
  })

  it('rejects a used id', async () => {
    await create(ruleOf())
    expect(await store.create(ruleOf({ name: 'OTHER' }), 'ana')).to.deep.equal({
      rejection: { reason: 'EXISTS' },
    })
  })

  it('rejects a rule that ties, and names the other one', async () => {
    await create(ruleOf({ id: 'first', name: 'Açaí', ...bound }))
    const second = ruleOf({ id: 'second', name: 'ACAI', city: 'SAO PAULO', country: 'BR' })
    expect(await store.create(second, 'ana')).to.deep.equal({ rejection: { reason: 'TIE', with: 'first' } })
    expect(await ids()).to.deep.equal(['first'])
  })

  it('accepts rules of one name that differ in match, city or country', async () => {
    await create(
      ruleOf({ id: '1' }),
      ruleOf({ id: '2', match: 'PREFIX' }),
      ruleOf({ id: '3', city: 'SANTOS' }),
      ruleOf({ id: '4', country: 'BR' }),
      ruleOf({ id: '5', city: 'SANTOS', country: 'BR' }),
    )
    expect(await ids()).to.have.length(5)
  })

  it('accepts exactly one of many tied rules, from two processes at once', async () => {
    const client = createClient({ uri: await testMongoUri(), poolSizeMax: 10 })
    try {
      const other = new MongoMerchantRuleStore(client.db(database().databaseName))
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, at) =>
          (at % 2 ? store : other).create(ruleOf({ id: `r${at}` }), 'ana'),
        ),
      )
      const winners = outcomes.flatMap(({ stored }) => (stored ? [stored.rule.id] : []))
      expect(winners).to.have.length(1)
      const rejections = outcomes.flatMap(({ rejection }) => (rejection ? [rejection] : []))
      expect(rejections).to.deep.equal(Array(7).fill({ reason: 'TIE', with: winners[0] }))
      expect(await ids()).to.deep.equal(winners)
    } finally {
      await client.close()
    }
  })

  it('gives an updated rule a new version', async () => {
    const before = storedOf(await store.create(ruleOf(bound), 'ana'))
    const { city: _, ...withoutCity } = before.rule
    const after = storedOf(await store.update('rule-1', () => withoutCity, { by: 'eva' }))
    expect(after).to.deep.include({ rule: withoutCity, changedBy: 'eva' })
    expect(after.version > before.version).to.equal(true)
    expect(await store.find('rule-1')).to.deep.equal(after)
  })

  it('leaves a rule unchanged when the update is equal', async () => {
    const before = storedOf(await store.create(ruleOf(), 'ana'))
    expect(storedOf(await store.update('rule-1', (rule) => rule, { by: 'eva' }))).to.deep.equal(before)
  })

  it('changes and deletes only the expected version, if one is given', async () => {
    const { version } = storedOf(await store.create(ruleOf(), 'ana'))
    const expected = { by: 'eva', expectedVersion: version }
    storedOf(await store.update('rule-1', (rule) => ({ ...rule, mcc: '5812' }), expected))
    const late = { rejection: { reason: 'CHANGED_MEANWHILE' } }
    expect(await store.update('rule-1', (rule) => ({ ...rule, mcc: '5411' }), expected)).to.deep.equal(late)
    expect(await store.delete('rule-1', version)).to.deep.equal(late)
    expect((await store.find('rule-1'))?.rule.mcc).to.equal('5812')
  })

  it('rejects an update that would tie, and names the other one', async () => {
    await create(ruleOf({ id: 'a', name: 'A' }), ruleOf({ id: 'b', name: 'B' }))
    const outcome = await store.update('b', () => ruleOf({ id: 'b', name: 'a' }), { by: 'ana' })
    expect(outcome).to.deep.equal({ rejection: { reason: 'TIE', with: 'a' } })
    expect((await store.find('b'))?.rule.name).to.equal('B')
  })

  it('neither updates nor deletes a missing rule', async () => {
    const missing = { rejection: { reason: 'NOT_FOUND' } }
    expect(await store.update('nobody', (rule) => rule, { by: 'ana' })).to.deep.equal(missing)
    expect(await store.delete('nobody', undefined)).to.deep.equal(missing)
  })

  it('frees the id and the place of a deleted rule', async () => {
    await create(ruleOf())
    expect(storedOf(await store.delete('rule-1', undefined)).rule).to.deep.equal(ruleOf())
    expect(await store.find('rule-1')).to.equal(undefined)
    expect(await ids()).to.deep.equal([])
    expect(await pieces(store)).to.deep.equal([])
    await create(ruleOf({ id: 'other' }), ruleOf({ name: 'NEW' }))
    expect(await ids()).to.deep.equal(['other', 'rule-1'])
  })

  it('accepts rules up to the limit, and does not count deleted ones', async () => {
    const small = new MongoMerchantRuleStore(database(), { rulesMax: 2 })
    const replace = (...rules: readonly MerchantRule[]) =>
      small.replace(rules, { by: 'ana', dryRun: false, proceed: () => {} })
    await create(ruleOf({ id: 'a', name: 'A' }), ruleOf({ id: 'b', name: 'B' }))
    const third = ruleOf({ id: 'c', name: 'C' })
    expect(await small.create(third, 'ana')).to.deep.equal({ rejection: { reason: 'FULL' } })
    expect((await replace(ruleOf({ id: 'a', name: 'A2' }), third)).full).to.equal(true)
    expect((await small.find('a'))?.rule.name).to.equal('A')
    expect((await replace(ruleOf({ id: 'a', name: 'A2' }))).full).to.equal(false)
    await small.delete('b', undefined)
    expect((await replace(third)).created).to.equal(1)
  })

  describe('pages', () => {
    beforeEach(() =>
      create(
        ruleOf({ id: '1', name: 'Uber', mcc: '4121' }),
        ruleOf({ id: '2', match: 'PREFIX', name: 'UBER', ...bound }),
        ruleOf({ id: '3', name: 'UBERABA', country: 'BR' }),
        ruleOf({ id: '4', name: 'A.B' }),
        ruleOf({ id: '5', name: 'AXB' }),
        byTaxId('6', { mcc: '5812' }),
        byMerchantId('7'),
        byMerchantId('8', { merchantId: 'LOJA 2' }),
        ruleOf({ id: '9', name: '12ABC34501DE35' }),
      ),
    )

    const filters: readonly (readonly [MerchantRuleFilter, readonly string[]])[] = [
      [{}, ['1', '2', '3', '4', '5', '6', '7', '8', '9']],
      [{ match: 'PREFIX' }, ['2']],
      [{ namePrefix: 'UBER' }, ['1', '2', '3']],
      [{ namePrefix: 'A.B' }, ['4']],
      [{ city: 'SAO PAULO' }, ['2']],
      [{ country: 'BR' }, ['2', '3']],
      [{ mcc: '4121' }, ['1']],
      [{ mcc: '4121', match: 'PREFIX' }, []],
      [{ namePrefix: '12ABC' }, ['9']],
      [{ match: 'TAX_ID' }, ['6']],
      [{ merchantTaxId: '12ABC34501DE35' }, ['6']],
      [{ merchantTaxId: '12ABC34501DE35', mcc: '5411' }, []],
      [{ acquirerId: '0042' }, ['7', '8']],
      [{ merchantId: 'LOJA 2' }, ['8']],
      [{ acquirerId: '0042', merchantId: 'LOJA 1' }, ['7']],
      [{ acquirerId: '42', merchantId: 'LOJA 1' }, []],
    ]
    for (const [filter, found] of filters) {
      it(`return the requested rules: ${JSON.stringify(filter)}`, async () => {
        expect(await ids(filter)).to.deep.equal(found)
      })
    }

    it('begin after an id, and stop at the limit', async () => {
      const page = await store.page({ afterId: '2', limit: 2, filter: {} })
      expect(page.map(({ rule }) => rule.id)).to.deep.equal(['3', '4'])
    })
  })

  describe('replacement of many rules', () => {
    const options = { by: 'ana', dryRun: false, proceed: () => {} }
    const many = Array.from({ length: 1_201 }, (_, at): MerchantRule => {
      const id = `r${String(at).padStart(4, '0')}`
      if (at % 5 === 2) return byMerchantId(id, { merchantId: String(at) })
      return ruleOf({ id, name: `NAME ${at}`, ...(at % 2 === 0 && bound) })
    })

    it('creates, changes and keeps rules, in one version of the catalog', async () => {
      await create(
        ruleOf({ id: 'untouched', name: 'UNTOUCHED' }),
        ruleOf({ id: 'r0000', name: 'OLD' }),
        ...many.slice(1, 2),
      )
      const counts = await store.replace(many, options)
      expect(counts).to.deep.equal({ created: 1_199, changed: 1, unchanged: 1, ties: new Map(), full: false })
      const all = (await pieces(store)).flat()
      expect(all.map(({ rule }) => rule)).to.deep.equal([
        ...many,
        ruleOf({ id: 'untouched', name: 'UNTOUCHED' }),
      ])
      expect(new Set(all.map(({ version }) => version)).size).to.equal(3)
    })

    it('changes nothing the second time, not even the version', async () => {
      await store.replace(many, options)
      const before = await versionIn(database())
      expect((await store.replace(many, options)).unchanged).to.equal(many.length)
      expect(await versionIn(database())).to.equal(before)
    })

    it('lets rules swap places, and take the place of a removed rule', async () => {
      await create(ruleOf({ id: 'a', name: 'A' }), ruleOf({ id: 'b', name: 'B' }))
      const moved = [
        ruleOf({ id: 'a', name: 'B' }),
        ruleOf({ id: 'b', name: 'C' }),
        ruleOf({ id: 'c', name: 'A' }),
      ]
      await store.replace(moved, options)
      const kept = (await pieces(store)).flat().map(({ rule }) => rule)
      expect(kept.every((rule, at) => isSameRule(rule, moved[at] ?? rule))).to.equal(true)
      expect(kept).to.have.length(3)
    })

    it('names every tie with a remaining rule, and changes nothing', async () => {
      await create(
        ruleOf({ id: 'x', name: 'NAME 1' }),
        ruleOf({ id: 'y', name: 'name 3' }),
        byMerchantId('z', { merchantId: '7' }),
      )
      const { ties, created } = await store.replace(many, options)
      expect([...ties]).to.deep.equal([
        ['r0001', 'x'],
        ['r0003', 'y'],
        ['r0007', 'z'],
      ])
      expect(created).to.equal(0)
      expect(await ids()).to.deep.equal(['x', 'y', 'z'])
    })

    it('only searches for ties in a dry run', async () => {
      expect((await store.replace([ruleOf()], { ...options, dryRun: true })).ties.size).to.equal(0)
      expect(await ids()).to.deep.equal([])
    })

    it('changes nothing when it is stopped, at any point', async () => {
      let asked = 0
      const proceed = () => {
        asked += 1
        if (asked === 2) throw new Error('too late')
      }
      const outcome = await store
        .replace([ruleOf()], { ...options, proceed })
        .catch((error: Error) => error.message)
      expect(outcome).to.equal('too late')
      expect(await ids()).to.deep.equal([])
    })

    it('keeps whichever comes first, one of its rules or a concurrent tied rule', async () => {
      const [{ created, ties }] = await Promise.all([
        store.replace([ruleOf({ id: 'mine' })], options),
        store.create(ruleOf({ id: 'theirs' }), 'eva'),
      ])
      const left = await ids()
      expect(left).to.have.length(1)
      expect([created, ties.get('mine')]).to.deep.equal(left[0] === 'mine' ? [1, undefined] : [0, 'theirs'])
    })
  })
})

function storedOf({ stored, rejection }: MerchantRuleOutcome): StoredMerchantRule {
  if (!stored) throw new Error(`rejected: ${rejection.reason}`)
  return stored
}

async function pieces(store: MongoMerchantRuleStore): Promise<readonly (readonly StoredMerchantRule[])[]> {
  const found: (readonly StoredMerchantRule[])[] = []
  for await (const piece of store.all()) found.push(piece)
  return found
}

async function versionIn(db: Db): Promise<unknown> {
  return (await db.collection('catalog').findOne({}))?.['version']
}
