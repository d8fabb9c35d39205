import { expect } from 'chai'
import { auditRival } from '../../../bench/books/rival-audit.js'
import { rivalCollections } from '../../../bench/dataset/rival-collections.js'
import { type RivalAccount, RivalBooks } from '../../../bench/servers/rival-books.js'
import { type StrategyName, strategyNamed } from '../../../bench/servers/strategies/strategies.js'
import type { Authorize } from '../../../src/application/authorize.js'
import { challengeCategories } from '../../../src/domain/category.js'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { systemClock } from '../../../src/service/core.js'
import type { LedgerDocument } from '../../../src/storage/account/ledger-document.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { testBudget } from '../../support/database/accounts.js'
import { useDatabase } from '../../support/database/database-fixture.js'

const RACERS = 40

/** Processes that each rival runs in. */
const PROCESSES = 2
const rivals: readonly StrategyName[] = ['revision-check', 'lock-document', 'transaction']

for (const name of rivals) {
  describe(`the rival ${name}`, () => {
    const db = useDatabase()
    let authorizers: readonly Authorize[]
    let asked = 0

    before(() => {
      const catalog = catalogOf(challengeCategories)
      // Like separate processes: they share nothing but the database.
      authorizers = Array.from({ length: PROCESSES }, () =>
        strategyNamed(name)({ books: new RivalBooks(db()), catalog: () => catalog, clock: systemClock }),
      )
    })

    it(`lets ${RACERS} concurrent purchases on one account spend at most its balance`, async () => {
      await open('racer', { FOOD: 10_000n, CASH: 10_000n })
      const verdicts = await Promise.all(
        Array.from({ length: RACERS }, (_, index) => buy('racer', { id: `race-${index}` })),
      )
      const outcomes = verdicts.map(outcomeOf)
      const count = (outcome: string) => outcomes.filter((one) => one === outcome).length
      expect({ food: count('FOOD'), cash: count('CASH'), none: count('INSUFFICIENT_BALANCE') }).to.deep.equal(
        {
          food: 10,
          cash: 10,
          none: RACERS - 20,
        },
      )
      expect(await walletsOf('racer')).to.deep.equal({ FOOD: 0n, CASH: 0n })
      expect(await entriesOf('racer')).to.equal(RACERS + 2)
    })

    it('decides an id once, however often and quickly it is repeated', async () => {
      await open('twin', { FOOD: 5_000n, CASH: 0n })
      const verdicts = await Promise.all(Array.from({ length: 8 }, () => buy('twin', { id: 'once' })))
      const later = await buy('twin', { id: 'once' })
      expect(verdicts.filter(({ type }) => type === 'RECORD')).to.have.length(1)
      expect(new Set([...verdicts, later].map(outcomeOf))).to.deep.equal(new Set(['FOOD']))
      expect(later.type).to.equal('REPLAY')
      expect(await walletsOf('twin')).to.deep.equal({ FOOD: 4_000n, CASH: 0n })
    })

    it('rejects an id that was used for a different purchase', async () => {
      await open('reused', { FOOD: 5_000n, CASH: 0n })
      await buy('reused', { id: 'one' })
      expect((await buy('reused', { id: 'one', amount: 999n })).type).to.equal('REUSED')
    })

    it('gives the reason when the account does not exist', async () => {
      expect(outcomeOf(await buy('nobody', { id: 'one' }))).to.equal('ACCOUNT_NOT_FOUND')
    })

    it('leaves every wallet with the sum of its entries', async () => {
      expect(await auditRival(db())).to.deep.equal([])
    })

    /** Opens an account whose ledger explains its balances. */
    async function open(id: string, wallets: Readonly<Record<string, bigint>>): Promise<void> {
      await accounts().insertOne({ _id: id, status: 'ACTIVE', wallets, revision: 1n })
      const credits = Object.entries(wallets).map(
        ([wallet, delta]): LedgerDocument => ({
          _id: { account: id, transaction: `credit-${wallet}` },
          seq: 1n,
          kind: 'CREDIT',
          at: new Date(),
          decision: 'APPROVED',
          amount: delta,
          wallet,
          delta,
          balance_after: delta,
        }),
      )
      await ledger().insertMany(credits)
    }

    function buy(
      account: string,
      { id, amount = 1_000n }: { readonly id: string; readonly amount?: bigint },
    ) {
      const purchase = { transactionId: id, amount: centavos(amount), mcc: '5411', merchant: 'MERCADO BOM' }
      const authorize = authorizers[asked++ % PROCESSES]
      if (!authorize) throw new Error('there is at least one process')
      return authorize(account, purchase, testBudget())
    }

    async function walletsOf(id: string) {
      return (await accounts().findOne({ _id: id }))?.wallets
    }

    async function entriesOf(account: string): Promise<number> {
      return await ledger().countDocuments({ '_id.account': account })
    }

    const accounts = () => db().collection<RivalAccount>(rivalCollections.accounts)
    const ledger = () => db().collection<LedgerDocument>(rivalCollections.ledger)
  })
}

/** The wallet that paid, or the reason of the decline. */
function outcomeOf(verdict: Verdict<AuthorizationEntry>): string {
  if (verdict.type === 'REJECTED') return verdict.rejection satisfies never
  if (verdict.entry.kind !== 'AUTHORIZATION') return verdict.entry.kind
  return verdict.entry.movement?.wallet ?? verdict.entry.reason
}
