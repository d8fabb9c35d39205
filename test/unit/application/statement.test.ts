import { expect } from 'chai'
import fc from 'fast-check'
import { Statement, type StatementQuery, type StatementStore } from '../../../src/application/statement.js'
import { unopenedAccount } from '../../../src/domain/account.js'
import type { Entry } from '../../../src/domain/entry.js'
import { fitsFilter, type StatementFilter } from '../../../src/domain/statement.js'
import {
  accountAfter,
  anyBooks,
  anyWhole,
  exampleBooks,
  type StoredBooks,
  steps,
} from '../../support/database/example-books.js'
import { InMemoryStore } from './in-memory-store.js'

const FROM_THE_END = 2n ** 63n - 1n
const books = exampleBooks('a')

/** Statements of these books, and the requests to the store behind them. */
function statementOf({ account, ledger }: StoredBooks) {
  const store = new InMemoryStore()
  store.put(account)
  store.putInLedger(...ledger)
  const asked: StatementQuery[] = []
  const statements: StatementStore = {
    page: async (query) => {
      asked.push(query)
      const fitting = ledger.filter((entry) => entry.seq < query.beforeSeq && fitsFilter(entry, query.filter))
      return fitting.reverse().slice(0, query.limit)
    },
  }
  return { statement: new Statement({ accounts: store, ledger: store, statements }), asked, store }
}

const from = (beforeSeq: bigint, limit = 100, filter: StatementFilter = {}): StatementQuery => ({
  accountId: 'a',
  beforeSeq,
  filter,
  limit,
})

async function seqsRead(query: StatementQuery, found = books): Promise<readonly number[] | undefined> {
  const entries = await statementOf(found).statement.read(query)
  return entries?.map(({ seq }) => Number(seq))
}

describe('statement', () => {
  it('returns the whole history, newest first, each entry once', async () => {
    expect(await seqsRead(from(FROM_THE_END))).to.deep.equal([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  })

  it('begins below the given place, within the journal', async () => {
    expect(await seqsRead(from(9n))).to.deep.equal([8, 7, 6, 5, 4, 3, 2, 1])
  })

  it('begins below the given place, before the journal', async () => {
    expect(await seqsRead(from(4n))).to.deep.equal([3, 2, 1])
  })

  it('ends with the first entry', async () => {
    expect(await seqsRead(from(1n))).to.deep.equal([])
  })

  it('returns the requested number of entries', async () => {
    expect(await seqsRead(from(FROM_THE_END, 5))).to.deep.equal([10, 9, 8, 7, 6])
  })

  for (const limit of [2, 3]) {
    it(`does not read the ledger when the journal is enough: for ${limit}`, async () => {
      const { statement, asked } = statementOf(books)
      const entries = await statement.read(from(FROM_THE_END, limit))
      expect(entries?.map(({ seq }) => Number(seq))).to.deep.equal([10, 9, 8].slice(0, limit))
      expect(asked).to.deep.equal([])
    })
  }

  it('does not read the ledger when the journal is the whole history', async () => {
    const account = accountAfter('a', [steps.open('open')])
    const { statement, asked } = statementOf({ account, ledger: account.journal })
    await statement.read(from(FROM_THE_END))
    expect(asked).to.deep.equal([])
  })

  it('asks the ledger only for the missing entries, with the filter', async () => {
    const { statement, asked } = statementOf(books)
    const filter: StatementFilter = { kind: 'CREDIT' }
    await statement.read(from(FROM_THE_END, 5, filter))
    expect(asked).to.deep.equal([{ accountId: 'a', beforeSeq: 8n, limit: 4, filter }])
  })

  it('filters journal and ledger alike', async () => {
    expect(await seqsRead(from(FROM_THE_END, 100, { kind: 'CREDIT' }))).to.deep.equal([10, 3, 2])
  })

  it('reads the account before the ledger', async () => {
    const { statement, store } = statementOf(books)
    store.loading.hold()
    const reading = statement.read(from(FROM_THE_END))
    expect(store.calls).to.deep.equal(['load'])
    store.loading.release()
    await reading
  })

  it('is absent while the account is not open', async () => {
    const account = accountAfter('a', [steps.purchase('buy', 1n)])
    expect(await seqsRead(from(FROM_THE_END), { account, ledger: [] })).to.equal(undefined)
  })

  it('is absent for an unknown account', async () => {
    const { statement } = statementOf({ account: unopenedAccount('b'), ledger: [] })
    expect(await statement.read(from(FROM_THE_END))).to.equal(undefined)
  })

  it('pages through any history without gaps or duplicates, whatever the split, filter and page size', async () => {
    const kinds = ['AUTHORIZATION', 'REVERSAL', 'CREDIT', 'ADMIN'] as const
    const anyFilter: fc.Arbitrary<StatementFilter> = fc.record(
      {
        kind: fc.constantFrom(...kinds),
        wallet: fc.constantFrom('FOOD', 'CASH'),
        decision: fc.constantFrom('APPROVED', 'DECLINED'),
      },
      { requiredKeys: [] },
    )
    const given = fc.record({
      whole: anyWhole('a').chain((whole) =>
        fc.record({ whole: fc.constant(whole), any: splitOf(whole.journal) }),
      ),
      filter: anyFilter,
      limit: fc.integer({ min: 1, max: 7 }),
    })
    await fc.assert(
      fc.asyncProperty(given, async ({ whole: { whole, any }, filter, limit }) => {
        const account = { ...whole, journal: whole.journal.slice(any.first) }
        const { statement } = statementOf({ account, ledger: whole.journal.slice(0, any.posted) })
        const expected = whole.journal.filter((entry) => fitsFilter(entry, filter)).reverse()
        expect(await allPages(statement, filter, limit)).to.deep.equal(expected)
      }),
    )
  })
})

/** The start of the journal and the end of the ledger, which is not before it. */
function splitOf(entries: readonly Entry[]) {
  return fc.nat({ max: entries.length - 1 }).chain((first) =>
    fc.record({
      first: fc.constant(first),
      posted: fc.integer({ min: first, max: entries.length }),
    }),
  )
}

async function allPages(
  statement: Statement,
  filter: StatementFilter,
  limit: number,
): Promise<readonly Entry[]> {
  const all: Entry[] = []
  for (let beforeSeq = FROM_THE_END; ; ) {
    const page = await statement.read(from(beforeSeq, limit, filter))
    const last = page?.at(-1)
    if (!page || !last) return all
    if (last.seq >= beforeSeq) throw new Error(`a page below ${beforeSeq} ends with ${last.seq}`)
    all.push(...page)
    beforeSeq = last.seq
  }
}

describe('one entry of a statement', () => {
  const find = (id: string, found: StoredBooks = books) => statementOf(found).statement.find('a', id)

  it('is found in the journal', async () => {
    expect((await find('credit-3'))?.seq).to.equal(10n)
  })

  it('is found in the ledger', async () => {
    expect((await find('buy-1'))?.seq).to.equal(4n)
  })

  it('is not read from the ledger when the journal has it', async () => {
    const { statement, store } = statementOf(books)
    await statement.find('a', 'block-1')
    expect(store.calls).to.deep.equal(['load'])
  })

  it('is absent when the id was never used', async () => {
    expect(await find('nobody')).to.equal(undefined)
  })

  it('is absent while the account is not open, even for a recorded decline', async () => {
    const account = accountAfter('a', [steps.purchase('buy', 1n)])
    expect(await find('buy', { account, ledger: account.journal })).to.equal(undefined)
  })

  it('is found in any store', async () => {
    await fc.assert(
      fc.asyncProperty(anyBooks('a'), async (any) => {
        const all = new Map(
          [...any.ledger, ...any.account.journal].map((entry) => [entry.transactionId, entry]),
        )
        for (const [id, entry] of all) expect(await find(id, any)).to.deep.equal(entry)
      }),
      { numRuns: 25 },
    )
  })
})
