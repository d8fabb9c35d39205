import { expect } from 'chai'
import { type Document, Double, Int32 } from 'mongodb'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { codeOf, DUPLICATE_KEY, VALIDATION_FAILED } from '../support/database/server-code.js'

const at = new Date()
const journal = Array.from({ length: 513 }, () => ({}))
const account = {
  status: 'ACTIVE',
  wallets: { FOOD: 0n, CASH: 100n },
  version: 1n,
  journal: [{}],
  updated_at: at,
}
const spent = { day: '2026-11-23', day_amount: 1n, month_amount: 2n }
const limits = { purchase: 1n, wallets: { CASH: { day: 1n, month: 2n }, FOOD: {} } }
const entry = {
  seq: 1n,
  kind: 'CREDIT',
  at,
  decision: 'APPROVED',
  amount: 100n,
  wallet: 'CASH',
  delta: -100n,
  balance_after: 0n,
}
const counted = [{ day: '2026-11-23', amount: 5n }]
const hold = { id: 'buy', wallet: 'FOOD', authorized: 5n, expires_at: at, counted }
const capture = {
  ...entry,
  kind: 'CAPTURE',
  reason: 'CAPTURED',
  original: 'buy',
  mcc: '5411',
  merchant: 'PADARIA',
  held_delta: -100n,
  held_after: 0n,
  owed_delta: 5n,
  owed_after: 5n,
  more_to_come: true,
  days: counted,
}
const category = {
  version: 1n,
  display_name: 'Food',
  mccs: ['5411'],
  order: 1,
  free: false,
  credits_closed: false,
  changed_at: at,
  changed_by: 'ana',
}
const catalog = { _id: 'catalog', version: 1n, changed_at: at, never_permitted: ['7995'] }
const rule = {
  version: 1n,
  match: 'EXACT',
  name: 'UBER TRIP',
  mcc: '5411',
  slot: { name: 'UBER TRIP' },
  changed_at: at,
  changed_by: 'ana',
}
const of = { version: 1n, mcc: '5411', slot: { name: 'x' }, changed_at: at, changed_by: 'ana' }
const taxIdRule = { ...of, match: 'TAX_ID', merchant_tax_id: '12ABC34501DE35', slot: { name: 'tax' } }
const merchantIdRule = {
  ...of,
  match: 'MERCHANT_ID',
  acquirer_id: '0042',
  merchant_id: 'LOJA 1',
  slot: { name: 'merchant' },
}

describe('the validators', () => {
  const database = useDatabase()
  let count = 0
  before(() => ensureSchema(database()))

  /** Inserts a document under a unique id. */
  function insert(collection: string, document: Document): Promise<unknown> {
    count += 1
    const ids: Readonly<Record<string, unknown>> = {
      ledger: { account: `a${count}`, transaction: 't' },
      categories: `C${count}`,
    }
    return database()
      .collection<{ _id: unknown }>(collection)
      .insertOne({ _id: ids[collection] ?? `id-${count}`, ...document })
  }

  it('of the catalog accepts a list of MCCs as received, and rejects one that is malformed', async () => {
    const write = (list: unknown) =>
      database()
        .collection<{ _id: string }>('catalog')
        .updateOne({ _id: 'catalog' }, { $set: { never_permitted_as_received: list } })
    expect(await codeOf(write(['5921', '6010-6011']))).to.equal(0)
    expect(await codeOf(write(['592']))).to.equal(VALIDATION_FAILED)
  })

  it('of categories accepts rails and a regulation', async () => {
    const railed = { ...category, rails: ['VOUCHER', 'DEBIT'], regulated: true }
    expect(await codeOf(insert('categories', railed))).to.equal(0)
  })

  for (const [collection, good] of [
    ['accounts', account],
    ['ledger', entry],
    ['categories', category],
    ['merchant_rules', rule],
    ['merchant_rules', taxIdRule],
    ['merchant_rules', merchantIdRule],
  ] as const) {
    it(`of ${collection} accepts a complete document`, async () => {
      expect(await codeOf(insert(collection, good))).to.equal(0)
    })

    it(`of ${collection} rejects an unknown field`, async () => {
      expect(await codeOf(insert(collection, { ...good, note: 'x' }))).to.equal(VALIDATION_FAILED)
    })

    for (const missing of Object.keys(good).filter((name) => !/amount|wallet$|delta|balance_/.test(name))) {
      it(`of ${collection} rejects a document without ${missing}`, async () => {
        const { [missing as keyof typeof good]: _, ...rest } = good
        expect(await codeOf(insert(collection, rest))).to.equal(VALIDATION_FAILED)
      })
    }
  }

  for (const [what, collection, document] of [
    ['a negative balance', 'accounts', { ...account, wallets: { CASH: -1n } }],
    ['a balance that is a double', 'accounts', { ...account, wallets: { CASH: new Double(1) } }],
    ['a balance that is an int32', 'accounts', { ...account, wallets: { CASH: new Int32(1) } }],
    ['a balance that is text', 'accounts', { ...account, wallets: { CASH: '1' } }],
    ['a version of 0', 'accounts', { ...account, version: 0n }],
    ['a version that is an int32', 'accounts', { ...account, version: 1 }],
    ['a status that nobody knows', 'accounts', { ...account, status: 'LOST' }],
    ['spending below zero', 'accounts', { ...account, spent: { CASH: { ...spent, day_amount: -1n } } }],
    ['spending on no day', 'accounts', { ...account, spent: { CASH: { ...spent, day: 'today' } } }],
    [
      'spending that is a double',
      'accounts',
      { ...account, spent: { CASH: { ...spent, month_amount: new Double(1) } } },
    ],
    ['spending with another field', 'accounts', { ...account, spent: { CASH: { ...spent, year: 1n } } }],
    ['a negative limit', 'accounts', { ...account, limits: { purchase: -1n, wallets: {} } }],
    [
      'a limit of a wallet that is an int32',
      'accounts',
      { ...account, limits: { wallets: { CASH: { day: new Int32(1) } } } },
    ],
    ['a limit of another time', 'accounts', { ...account, limits: { wallets: { CASH: { year: 1n } } } }],
    ['network data with another field', 'ledger', { ...entry, network: { stan: '1' } }],
    ['network data with an unknown rail', 'ledger', { ...entry, network: { rail: 'CHEQUE' } }],
    ['network data with a field that is no text', 'ledger', { ...entry, network: { rrn: 1 } }],
    ['an approval code of five characters', 'ledger', { ...entry, approval_code: '7K3Q9' }],
    ['an approval code of small letters', 'ledger', { ...entry, approval_code: '7k3q9z' }],
    ['a verification that is false', 'ledger', { ...entry, verification: false }],
    ['a verified wallet that is no text', 'ledger', { ...entry, verified_wallet: 1 }],
    ['negative held money', 'accounts', { ...account, held: { FOOD: -1n } }],
    ['owed money that is a double', 'accounts', { ...account, owed: { FOOD: new Double(1) } }],
    ['an empty list of holds', 'accounts', { ...account, holds: [] }],
    ['a list of 65 holds', 'accounts', { ...account, holds: Array.from({ length: 65 }, () => hold) }],
    ['a next expiry that is text', 'accounts', { ...account, next_expiry: 'soon' }],
    ['a mark of early captures that is false', 'accounts', { ...account, captured_ahead: false }],
    ['negative held money after', 'ledger', { ...capture, held_after: -1n }],
    ['an owed amount that is an int32', 'ledger', { ...capture, owed_delta: new Int32(1) }],
    ['a final capture that says so', 'ledger', { ...capture, more_to_come: false }],
    ['a counted day without an amount', 'ledger', { ...capture, days: [{ day: '2026-11-23' }] }],
    ['an empty list of counted days', 'ledger', { ...capture, days: [] }],
    ['a hold with another field', 'ledger', { ...entry, hold: { days: 7n } }],
    ['a hold of a time that is an int32', 'ledger', { ...entry, hold: { expires_in: new Int32(60) } }],
    ['a time of a hold that is text', 'ledger', { ...entry, held_until: 'soon' }],
    ['an invalid day of an entry', 'ledger', { ...entry, day: '23/11/2026' }],
    ['an empty journal', 'accounts', { ...account, journal: [] }],
    ['a journal of 513 entries', 'accounts', { ...account, journal }],
    ['an amount that is a double', 'ledger', { ...entry, amount: new Double(1.5) }],
    ['an amount that is an int32', 'ledger', { ...entry, amount: new Int32(100) }],
    ['a negative amount', 'ledger', { ...entry, amount: -1n }],
    ['a negative balance after', 'ledger', { ...entry, balance_after: -1n }],
    ['a delta that is a double', 'ledger', { ...entry, delta: new Double(1) }],
    ['a place of 0', 'ledger', { ...entry, seq: 0n }],
    ['a kind that nobody knows', 'ledger', { ...entry, kind: 'GIFT' }],
    ['an MCC of three digits', 'ledger', { ...entry, mcc: '541' }],
    ['an MCC of three digits', 'categories', { ...category, mccs: ['541'] }],
    ['an unknown rail', 'categories', { ...category, rails: ['PIX'] }],
    ['a rail twice', 'categories', { ...category, rails: ['DEBIT', 'DEBIT'] }],
    ['an empty list of rails', 'categories', { ...category, rails: [] }],
    ['a regulation that is false', 'categories', { ...category, regulated: false }],
    ['an MCC twice', 'categories', { ...category, mccs: ['5411', '5411'] }],
    ['a range of MCCs with one end', 'categories', { ...category, mccs: ['5411-'] }],
    ['a version that is an int32', 'categories', { ...category, version: 1 }],
    [
      'a tombstone with something left in it',
      'categories',
      { version: 1n, deleted: true, deleted_at: at, order: 1 },
    ],
    ['a second document', 'catalog', { ...catalog, _id: 'other' }],
    ['an MCC of letters', 'merchant_rules', { ...rule, mcc: 'FOOD' }],
    ['an empty name', 'merchant_rules', { ...rule, name: '' }],
    ['a country of three letters', 'merchant_rules', { ...rule, country: 'BRA' }],
    ['a name beside a tax id', 'merchant_rules', { ...taxIdRule, name: 'ACME' }],
    ['a tax id of 13 characters', 'merchant_rules', { ...taxIdRule, merchant_tax_id: '2ABC34501DE35' }],
    ['a city beside a merchant id', 'merchant_rules', { ...merchantIdRule, city: 'SANTOS' }],
    ['an acquirer of letters', 'merchant_rules', { ...merchantIdRule, acquirer_id: 'REDE' }],
    ['a merchant id of a rule by name', 'merchant_rules', { ...merchantIdRule, match: 'EXACT' }],
  ] as const) {
    it(`of ${collection} rejects ${what}`, async () => {
      expect(await codeOf(insert(collection, document))).to.equal(VALIDATION_FAILED)
    })
  }

  it('of accounts accepts an account with limits and spending', async () => {
    expect(await codeOf(insert('accounts', { ...account, limits, spent: { CASH: spent } }))).to.equal(0)
  })

  it('of accounts accepts held and owed money, and holds', async () => {
    const holding = { ...account, held: { FOOD: 5n }, owed: { FOOD: 1n }, holds: [hold], next_expiry: at }
    expect(await codeOf(insert('accounts', { ...holding, captured_ahead: true }))).to.equal(0)
  })

  it('of ledger accepts a hold, with and without its time', async () => {
    const held = { ...entry, kind: 'AUTHORIZATION', held_until: at }
    expect(await codeOf(insert('ledger', { ...held, hold: { expires_in: 60n } }))).to.equal(0)
    expect(await codeOf(insert('ledger', { ...held, hold: {} }))).to.equal(0)
  })

  for (const [kind, more] of [
    ['INCREMENT', {}],
    ['CAPTURE', {}],
    ['ADVICE', { fallback: 'NEVER' }],
    ['REVERSAL', { advice: true }],
    ['REFUND', { request: true, approval_code: 'ABC123' }],
    ['EXPIRY', {}],
    ['CREDIT', { pays_owed: true }],
  ] as const) {
    it(`of ledger accepts the kind ${kind}`, async () => {
      expect(await codeOf(insert('ledger', { ...capture, kind, ...more }))).to.equal(0)
    })
  }

  it('of ledger accepts a change of limits', async () => {
    expect(await codeOf(insert('ledger', { ...entry, kind: 'ADMIN', limits, day: '2026-11-23' }))).to.equal(0)
  })

  it('of ledger accepts network data, whole or in part', async () => {
    const network = {
      rail: 'VOUCHER',
      product: 'MEAL_PAT',
      merchant_id: '1',
      merchant_tax_id: '12ABC34501DE35',
      acquirer_id: '1',
      terminal_id: '1',
      rrn: '1',
      network_reference: '1',
      currency: 'BRL',
      entry_mode: '051',
      local_time: '2026-11-23T12:34:56',
    }
    expect(await codeOf(insert('ledger', { ...entry, network }))).to.equal(0)
    expect(await codeOf(insert('ledger', { ...entry, network: { currency: 'USD' } }))).to.equal(0)
  })

  it('of accounts rejects a debit that would overdraw', async () => {
    await insert('accounts', account)
    const debit = { $inc: { 'wallets.CASH': -101n } }
    const update = database().collection('accounts').updateOne({ 'wallets.CASH': 100n }, debit)
    expect(await codeOf(update)).to.equal(VALIDATION_FAILED)
  })

  it('of ledger rejects an id with another field', async () => {
    const write = database()
      .collection<{ _id: unknown }>('ledger')
      .insertOne({ ...entry, _id: { account: 'a', transaction: 't', more: 1 } })
    expect(await codeOf(write)).to.equal(VALIDATION_FAILED)
  })

  it('work with the index: no second entry has the same place in an account', async () => {
    const ledger = database().collection<{ _id: unknown }>('ledger')
    await ledger.insertOne({ ...entry, _id: { account: 'twice', transaction: 'one' } })
    const second = ledger.insertOne({ ...entry, _id: { account: 'twice', transaction: 'two' } })
    expect(await codeOf(second)).to.equal(DUPLICATE_KEY)
  })
})
