import { expect } from 'chai'
import { creditAccount } from '../../src/application/credit-account.js'
import type { Entry } from '../../src/domain/entry.js'
import { centavos } from '../../src/domain/money.js'
import {
  type ListTransactionsRequest,
  type Transaction,
  TransactionKind,
} from '../../src/gen/benefits/v1/account.js'
import { Decision } from '../../src/gen/benefits/v1/authorization.js'
import { transactionMessage } from '../../src/grpc/account/transaction-mapping.js'
import type { Core } from '../../src/service/core.js'
import { accountMethods } from '../support/clients/account-methods.js'
import { callHandler } from '../support/clients/handler-call.js'
import { fundedAccount, openCore, testBudget } from '../support/database/accounts.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { longBooks, secondOf } from '../support/database/long-history.js'
import { testMongoUri } from '../support/database/mongo.js'
import { storeBooks } from '../support/database/stored-books.js'
import { eventually } from '../support/eventually.js'

/** Entries of the long history: set STATEMENT_ENTRIES=50000 for the campaign's figure. */
const LENGTH = Number(process.env['STATEMENT_ENTRIES'] ?? 5_000)

type Asked = Partial<Omit<ListTransactionsRequest, 'pageToken'>>

describe('statement', () => {
  const database = useDatabase()
  let core: Core
  before(async () => {
    core = await openCore(await testMongoUri(), database().databaseName)
  })
  after(() => core.close(5_000))

  function page(asked: Asked, pageToken: string) {
    const everything = {
      accountId: 'long',
      pageSize: 1_000,
      pageToken,
      startTime: undefined,
      endTime: undefined,
      kind: TransactionKind.UNSPECIFIED,
      category: '',
      decision: Decision.UNSPECIFIED,
    }
    return callHandler(accountMethods(core).listTransactions, { ...everything, ...asked })
  }

  /** All pages, one after another. */
  async function read(asked: Asked): Promise<readonly Transaction[]> {
    const all: Transaction[] = []
    let token = ''
    do {
      const { transactions, nextPageToken } = await page(asked, token)
      all.push(...transactions)
      token = nextPageToken
    } while (token !== '')
    return all
  }

  const credit = (accountId: string, transactionId: string) =>
    creditAccount(core, accountId, { transactionId, wallet: 'CASH', amount: centavos(1n) }, testBudget())
  const seqsOf = (transactions: readonly Transaction[]) => transactions.map(({ seq }) => Number(seq))
  const downFrom = (seq: number) => Array.from({ length: seq }, (_, index) => seq - index)

  describe(`of ${LENGTH} entries`, () => {
    const books = longBooks('long', LENGTH)
    const entries: readonly Entry[] = [...books.ledger, ...books.account.journal.slice(-10)]
    before(() => storeBooks(database(), books))

    it('returns every entry as it was made, newest first', async () => {
      expect(await read({})).to.deep.equal([...entries].reverse().map(transactionMessage))
    })

    const filters: readonly (readonly [string, Asked, (entry: Entry) => boolean])[] = [
      ['purchases', { kind: TransactionKind.AUTHORIZATION }, ({ kind }) => kind === 'AUTHORIZATION'],
      ['reversals', { kind: TransactionKind.REVERSAL }, ({ kind }) => kind === 'REVERSAL'],
      ['credits', { kind: TransactionKind.CREDIT }, ({ kind }) => kind === 'CREDIT'],
      ['changes', { kind: TransactionKind.ADMIN }, ({ kind }) => kind === 'ADMIN'],
      ['what was declined', { decision: Decision.DECLINED }, (entry) => Number(entry.seq - 2n) % 6 === 2],
      ['what took effect', { decision: Decision.APPROVED }, (entry) => Number(entry.seq - 2n) % 6 !== 2],
      ['what moved FOOD', { category: 'FOOD' }, (entry) => 'movement' in entry],
      ['what moved CASH: nothing', { category: 'CASH' }, () => false],
      ['what was made since', { startTime: secondOf(LENGTH - 15) }, ({ seq }) => seq >= LENGTH - 15],
      ['what was made before', { endTime: secondOf(LENGTH - 15) }, ({ seq }) => seq < LENGTH - 15],
      [
        'what was made in between',
        { startTime: secondOf(1_000), endTime: secondOf(3_000) },
        ({ seq }) => seq >= 1_000 && seq < 3_000,
      ],
      [
        'all of it at once',
        {
          kind: TransactionKind.AUTHORIZATION,
          decision: Decision.APPROVED,
          category: 'FOOD',
          startTime: secondOf(100),
          endTime: secondOf(2_000),
        },
        (entry) =>
          entry.kind === 'AUTHORIZATION' && 'movement' in entry && entry.seq >= 100 && entry.seq < 2_000,
      ],
    ]
    for (const [what, asked, fits] of filters) {
      it(`finds ${what}`, async () => {
        const expected = entries.filter(fits).map(({ seq }) => Number(seq))
        expect(seqsOf(await read({ ...asked, pageSize: 300 }))).to.deep.equal(expected.reverse())
      })
    }

    it('pages without gaps or duplicates while new entries arrive and are posted', async () => {
      let reading = true
      let written = 0
      const writing = Promise.all(
        Array.from({ length: 4 }, async (_, writer) => {
          for (let count = 0; reading; count++) {
            await credit('long', `new-${writer}-${count}`)
            written += 1
          }
        }),
      )
      const first = await page({ pageSize: 100 }, '')
      const seqs = seqsOf(await read({ pageSize: 100 }))
      const writtenMeanwhile = written
      reading = false
      await writing
      const newest = seqs[0] ?? 0
      expect(seqs).to.deep.equal(downFrom(newest))
      expect(newest).to.be.at.least(Number(first.transactions[0]?.seq))
      // Without arrivals, the pages could not have shifted.
      expect(writtenMeanwhile).to.be.above(0)
    })
  })

  describe('of recent entries', () => {
    it('includes a new entry at once', async () => {
      const accountId = await fundedAccount(core, {})
      for (let count = 1; count <= 20; count++) {
        await credit(accountId, `c-${count}`)
        const { transactions } = await page({ accountId, pageSize: 1 }, '')
        expect(transactions[0]?.transactionId).to.equal(`c-${count}`)
      }
    })

    it('includes an entry once when it is in the journal and in the ledger', async () => {
      const accountId = await fundedAccount(core, { FOOD: 5n })
      await posted()
      expect(await inJournal(accountId)).to.equal(2)
      expect(seqsOf(await read({ accountId }))).to.deep.equal([2, 1])
    })

    it('includes an entry once when it has left the journal', async () => {
      const accountId = await fundedAccount(core, { FOOD: 5n, MEAL: 5n })
      await posted()
      await credit(accountId, 'one-more')
      expect(await inJournal(accountId)).to.equal(1)
      expect(seqsOf(await read({ accountId }))).to.deep.equal([4, 3, 2, 1])
    })

    for (const [what, more] of [
      ['in the journal', 0],
      ['in the ledger only', 1],
    ] as const) {
      it(`finds one entry by its id: ${what}`, async () => {
        const accountId = await fundedAccount(core, { FOOD: 5n })
        if (more > 0) await posted()
        for (let count = 0; count < more; count++) await credit(accountId, `more-${count}`)
        const asked = { accountId, transactionId: 'credit:FOOD' }
        const { transaction } = await callHandler(accountMethods(core).getTransaction, asked)
        expect(transaction).to.include({ seq: 2n, kind: TransactionKind.CREDIT, delta: 5n, balanceAfter: 5n })
      })
    }

    /** Waits until everything is in the ledger. */
    const posted = () => eventually('everything is posted', () => core.poster.unposted === 0)

    async function inJournal(accountId: string): Promise<number> {
      const account = await database()
        .collection<{ _id: string; journal: unknown[] }>('accounts')
        .findOne({ _id: accountId })
      return account?.journal.length ?? 0
    }
  })
})
