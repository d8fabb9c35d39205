import { expect } from 'chai'
import { auditRival } from '../../../bench/books/rival-audit.js'
import { sampleOf } from '../../../bench/books/sample.js'
import { totalsOf } from '../../../bench/books/totals.js'
import { verifyBooks } from '../../../bench/books/verify-books.js'
import { loadBooks } from '../../../bench/dataset/load-books.js'
import { ENTRIES_PER_ACCOUNT } from '../../../bench/dataset/loaded-account.js'
import { rivalCollections } from '../../../bench/dataset/rival-collections.js'
import { accountIdAt } from '../../../bench/load/account-id.js'
import { accountRange } from '../../../bench/plan/scenarios.js'
import type { AccountDocument } from '../../../src/storage/account/account-document.js'
import { useDatabase } from '../../support/database/database-fixture.js'

/** More than one batch of the loader, and not a multiple of one. */
const COUNT = 1_203
const { signal } = new AbortController()
const accounts = accountRange(COUNT)

describe('books loaded by the benchmark', () => {
  const db = useDatabase()
  const shown: number[] = []

  before(async () => {
    const onProgress = (done: number) => shown.push(done)
    await loadBooks(db(), { accounts, shape: 'OURS', signal, onProgress })
    await loadBooks(db(), { accounts, shape: 'RIVAL', signal })
  })

  it('hold the requested number of accounts', async () => {
    expect(await db().collection('accounts').countDocuments()).to.equal(COUNT)
    expect(await db().collection('ledger').countDocuments()).to.equal(COUNT * ENTRIES_PER_ACCOUNT)
    expect(await totalsOf(db(), 'OURS')).to.deep.equal({
      entries: BigInt(COUNT * ENTRIES_PER_ACCOUNT),
      balance: BigInt(COUNT) * (2n * 900_000_000_000n + 1n - 1_000n),
      negative: 0n,
    })
    expect(await totalsOf(db(), 'RIVAL')).to.deep.equal(await totalsOf(db(), 'OURS'))
    expect(shown.at(-1)).to.equal(COUNT)
  })

  it('pass the validators', async () => {
    for (const name of ['accounts', 'ledger']) {
      const [collection] = await db().listCollections({ name }).toArray()
      // The driver's type of listed collections lacks the options.
      const { options } = collection as unknown as { options: { validator: object } }
      expect(options.validator).to.have.property('$jsonSchema')
      expect(
        await db()
          .collection(name)
          .countDocuments({ $nor: [options.validator] }),
      ).to.equal(0)
    }
  })

  it('pass verify, whole or as a sample', async () => {
    const clean = { discrepancies: 0, unposted: 0, damageFound: [] }
    expect(await verifyBooks(db())).to.deep.equal({
      accounts: COUNT,
      entries: COUNT * ENTRIES_PER_ACCOUNT,
      ...clean,
    })
    const sample = await sampleOf(db(), { accounts: COUNT, wanted: 20 })
    expect(sample).to.have.length(20).and.include('bench-0000000')
    expect(await verifyBooks(db(), sample)).to.deep.equal({
      accounts: 20,
      entries: 20 * ENTRIES_PER_ACCOUNT,
      ...clean,
    })
    expect(await auditRival(db())).to.deep.equal([])
  })

  it('pass verify with open holds', async () => {
    const expiries = [1, 2].map((days) => new Date(Date.now() + days * 86_400_000))
    const held = { prefix: 'held-', count: 3 }
    await loadBooks(db(), { accounts: held, shape: 'OURS', signal, expiriesOf: () => expiries })
    const documents = db().collection<AccountDocument>('accounts')
    const { holds, next_expiry } = (await documents.findOne({ _id: 'held-0000002' })) ?? {}
    expect(holds?.map(({ expires_at }) => expires_at)).to.deep.equal(expiries)
    expect(next_expiry).to.deep.equal(expiries[0])
    const { damageFound } = await verifyBooks(db(), ['held-0000000', 'held-0000002'])
    expect(damageFound).to.deep.equal([])
    await db()
      .collection('ledger')
      .deleteMany({ '_id.account': /^held-/ })
    await documents.deleteMany({ _id: /^held-/ })
  })

  it('are included in the sample after a change', async () => {
    const last = accountIdAt(accounts, COUNT - 1)
    const sample = () => sampleOf(db(), { accounts: COUNT, wanted: 2 })
    expect(await sample()).not.to.include(last)
    const documents = db().collection<AccountDocument>('accounts')
    await documents.updateOne({ _id: last }, { $inc: { version: 1n } })
    expect(await sample()).to.include(last)
    await documents.updateOne({ _id: last }, { $inc: { version: -1n } })
  })

  it('fail verify when a centavo is missing', async () => {
    const change = { $inc: { 'wallets.FOOD': -1n } }
    const document = { _id: 'bench-0000000' }
    await db().collection<AccountDocument>('accounts').updateOne(document, change)
    await db().collection<AccountDocument>(rivalCollections.accounts).updateOne(document, change)
    const { damageFound } = await verifyBooks(db(), ['bench-0000000', 'bench-0000001'])
    expect(damageFound).to.have.length(1)
    expect(damageFound[0]).to.match(/^verify found 1 discrepancies.* bench-0000000 BALANCE_DIFFERS/)
    const found = await auditRival(db())
    expect(found).to.have.length(1)
    expect(found[0]).to.match(/^1 wallets .*FOOD of bench-0000000/)
  })
})
