import { expect } from 'chai'
import fc from 'fast-check'
import { type AuditStore, type Stored, type Stray, Verify } from '../../../src/application/verify.js'
import type { Account } from '../../../src/domain/account.js'
import type { Discrepancy } from '../../../src/domain/discrepancy.js'
import type { Entry } from '../../../src/domain/entry.js'
import { InvariantError } from '../../../src/domain/invariant.js'
import {
  accountAfter,
  anyBooks,
  booksOf,
  exampleBooks,
  type StoredBooks,
  steps,
} from '../../support/database/example-books.js'
import { InMemoryStore } from './in-memory-store.js'

/** The stored parts of one account: the account, its entries, or both; or the reason for a failed read. */
type Shelf = {
  readonly id: string
  readonly account?: Account | string
  readonly ledger: readonly (Entry | string)[]
}

const shelfOf = ({ account, ledger }: StoredBooks): Shelf => ({ id: account.id, account, ledger })
const clean = (id: string) => shelfOf(exampleBooks(id))
/** A centavo too much in FOOD. */
const wrong = (id: string): Shelf => {
  const { account, ledger } = exampleBooks(id)
  const wallets = new Map(account.wallets).set('FOOD', 801n as never)
  return { id, account: { ...account, wallets }, ledger }
}
const orphans = (id: string): Shelf => ({ id, ledger: exampleBooks(id).ledger })

/** Books in memory: the result of the first read, and of a second read of one account. */
class PaperStore implements AuditStore {
  readonly #first: readonly Shelf[]
  readonly #later: readonly Shelf[]
  readonly #strays: Strays
  readonly lookedAtAgain: string[] = []

  constructor(first: readonly Shelf[], later: readonly Shelf[], strays: Strays) {
    this.#strays = strays
    this.#first = [...first].sort((a, b) => (a.id > b.id ? -1 : 1))
    this.#later = later
  }

  async *accounts() {
    yield* this.#strays.accounts ?? []
    for (const { id, account } of this.#first) if (account !== undefined) yield stored(id, account)
  }

  async *entries() {
    yield* this.#strays.entries ?? []
    for (const shelf of this.#first) yield* entriesOf(shelf)
  }

  async account(id: string) {
    this.lookedAtAgain.push(id)
    const shelf = this.#later.find((one) => one.id === id) ?? { id, ledger: [] }
    const account = shelf.account === undefined ? undefined : stored(id, shelf.account)
    return { account, entries: entriesOf(shelf) }
  }
}

function stored<T extends object>(accountId: string, value: T | string): Stored<T> {
  return typeof value === 'string' ? { accountId, problem: value } : { accountId, value }
}

async function* entriesOf({ id, ledger }: Shelf): AsyncGenerator<Stored<Entry>> {
  for (const entry of ledger) yield stored(id, entry)
}

/** Documents without an account, before all others. */
type Strays = { readonly accounts?: readonly Stray[]; readonly entries?: readonly Stray[] }

type Options = {
  readonly strays?: Strays
  readonly later?: readonly Shelf[]
  readonly repair?: boolean
  readonly ledger?: InMemoryStore
}

/** Verifies books in memory. */
async function verify(
  first: readonly Shelf[],
  { later = first, repair = false, ledger, strays = {} }: Options = {},
) {
  const store = new PaperStore(first, later, strays)
  const discrepancies: Discrepancy[] = []
  const progress: number[] = []
  const summary = await new Verify({
    store,
    ledger: ledger ?? ledgerWith(later),
    repair,
    onDiscrepancy: (discrepancy) => discrepancies.push(discrepancy),
    onProgress: (accounts) => progress.push(accounts),
  }).run()
  const found = discrepancies.map(({ accountId, kind }) => `${accountId} ${kind}`)
  return { summary, discrepancies, found, progress, lookedAtAgain: store.lookedAtAgain }
}

function ledgerWith(shelves: readonly Shelf[]): InMemoryStore {
  const ledger = new InMemoryStore()
  ledger.putInLedger(...shelves.flatMap((shelf) => shelf.ledger.filter((entry) => typeof entry !== 'string')))
  return ledger
}

describe('verify', () => {
  it('finds nothing in empty books', async () => {
    const { summary } = await verify([])
    expect(summary).to.deep.equal({ accounts: 0, entries: 0, discrepancies: 0, unposted: 0 })
  })

  it('counts accounts, ledger entries, and entries that only journals hold', async () => {
    const { summary } = await verify([clean('a'), clean('b')])
    expect(summary).to.deep.equal({ accounts: 2, entries: 18, discrepancies: 0, unposted: 2 })
  })

  it('finds nothing in any clean books', async () => {
    const anyShelves = fc.tuple(anyBooks('a'), anyBooks('b'), anyBooks('c'))
    await fc.assert(
      fc.asyncProperty(anyShelves, async (books) => {
        expect((await verify(books.map(shelfOf))).found).to.deep.equal([])
      }),
      { numRuns: 40 },
    )
  })

  for (const id of ['a', 'b', 'c']) {
    it(`reports the damaged account alone, and once: ${id} of a, b and c`, async () => {
      const shelves = ['a', 'b', 'c'].map((one) => (one === id ? wrong(one) : clean(one)))
      expect((await verify(shelves)).found).to.deep.equal([`${id} BALANCE_DIFFERS`])
    })

    it(`reports entries of a missing account: ${id} of a, b and c`, async () => {
      const shelves = ['a', 'b', 'c'].map((one) => (one === id ? orphans(one) : clean(one)))
      expect((await verify(shelves)).found).to.deep.equal([`${id} ACCOUNT_MISSING`])
    })
  }

  it('reports entries when no account exists', async () => {
    const { found } = await verify([orphans('a'), orphans('b')])
    expect(found).to.deep.equal(['b ACCOUNT_MISSING', 'a ACCOUNT_MISSING'])
  })

  it('accepts an account without entries in the ledger', async () => {
    const account = accountAfter('b', [steps.open('open')])
    expect((await verify([clean('a'), shelfOf({ account, ledger: [] }), clean('c')])).found).to.deep.equal([])
  })

  it('counts discrepancies', async () => {
    expect((await verify([wrong('a'), clean('b'), orphans('c')])).summary.discrepancies).to.equal(2)
  })

  it('reports the number of accounts after each account', async () => {
    expect((await verify([clean('a'), wrong('b'), orphans('c')])).progress).to.deep.equal([1, 2, 3])
  })
})

describe('verify: unreadable documents', () => {
  it('are reported: an account', async () => {
    const { discrepancies } = await verify([clean('a'), { ...clean('b'), account: 'no version' }, clean('c')])
    expect(discrepancies).to.deep.equal([{ accountId: 'b', kind: 'UNREADABLE', detail: 'no version' }])
  })

  for (const kind of ['accounts', 'entries'] as const) {
    it(`are reported: ${kind} that name no account are counted, and the rest is still verified`, async () => {
      const { discrepancies, summary } = await verify([clean('a')], {
        strays: { [kind]: [{ stray: 'a number' }] },
      })
      expect(discrepancies).to.deep.equal([{ accountId: '', kind: 'UNREADABLE', detail: 'a number' }])
      const { summary: without } = await verify([clean('a')])
      expect(summary).to.deep.equal({ ...without, discrepancies: 1, [kind]: without[kind] + 1 })
    })
  }

  it('are reported: an entry of the ledger that the journal also holds', async () => {
    const shelf = clean('b')
    const ledger = shelf.ledger.map((entry) =>
      typeof entry !== 'string' && entry.seq === 9n ? 'no kind' : entry,
    )
    const { discrepancies } = await verify([clean('a'), { ...shelf, ledger }, clean('c')])
    expect(discrepancies).to.deep.equal([{ accountId: 'b', kind: 'UNREADABLE', detail: 'no kind' }])
  })

  it('are reported: a reversed purchase, and the other accounts are still verified', async () => {
    const shelf = clean('b')
    const ledger = shelf.ledger.map((entry) =>
      typeof entry !== 'string' && entry.seq === 4n ? 'no kind' : entry,
    )
    const { found } = await verify([clean('a'), { ...shelf, ledger }, wrong('c')], {
      ledger: new UnreadableLedger(),
    })
    expect(found).to.include.members(['b UNREADABLE', 'c BALANCE_DIFFERS'])
  })
})

/** A ledger that meets an invalid document at `buy-1` of account b. */
class UnreadableLedger extends InMemoryStore {
  override async find(keys: Parameters<InMemoryStore['find']>[0]): Promise<readonly Entry[]> {
    if (keys.some(({ accountId }) => accountId === 'b')) throw new InvariantError('no kind')
    return exampleBooks('c').ledger
  }
}

describe('verify during operation of the service', () => {
  it('rereads an apparent discrepancy, and finds none', async () => {
    const { found, lookedAtAgain } = await verify([clean('a'), wrong('b')], {
      later: [clean('a'), clean('b')],
    })
    expect({ found, lookedAtAgain }).to.deep.equal({ found: [], lookedAtAgain: ['b'] })
  })

  it('rereads entries whose account was opened in between', async () => {
    expect((await verify([orphans('a')], { later: [clean('a')] })).found).to.deep.equal([])
  })

  it('reports only discrepancies of the second read', async () => {
    const { found } = await verify([wrong('a')], { later: [orphans('a')] })
    expect(found).to.deep.equal(['a ACCOUNT_MISSING'])
  })

  it('reads correct accounts only once', async () => {
    expect((await verify([clean('a')])).lookedAtAgain).to.deep.equal([])
  })
})

describe('verify, reversals', () => {
  const manyReversed = (count: number, givingBack: bigint) => {
    const each = Array.from({ length: count }, (_, index) => [
      steps.purchase(`buy-${index}`, 5n),
      steps.reverse(`back-${index}`, `buy-${index}`, givingBack),
    ])
    return accountAfter('a', [steps.open('open'), steps.credit('credit', 'FOOD', 10_000n), ...each.flat()])
  }

  it('compares reversals with purchases that are only in the ledger', async () => {
    const whole = manyReversed(3, 5n)
    const shelf = shelfOf(booksOf(whole, { journal: 1, posted: whole.journal.length }))
    expect((await verify([shelf])).found).to.deep.equal([])
  })

  it('compares reversals with purchases that are only in the journal', async () => {
    const whole = manyReversed(3, 5n)
    expect((await verify([{ id: 'a', account: whole, ledger: [] }])).found).to.deep.equal([])
  })

  it('looks up at most 200 purchases at once, and then their later steps', async () => {
    expect(await lookedUp(500)).to.deep.equal([200, 200, 200, 200, 100, 100])
  })

  it('looks up no purchase of a history of at most 1,000 entries', async () => {
    expect(await lookedUp(1)).to.deep.equal([])
    expect(await lookedUp(499)).to.deep.equal([])
  })

  for (const [history, count] of [
    ['short', 210],
    ['long', 510],
  ] as const) {
    it(`reports each reversal whose purchase is missing in a ${history} history`, async () => {
      const { account, ledger } = booksOf(manyReversed(count, 4n), { journal: 1, posted: 2 + 2 * count })
      const renamed = ledger.map((entry) =>
        ['buy-3', 'buy-205'].includes(entry.transactionId)
          ? { ...entry, transactionId: `x-${entry.seq}` }
          : entry,
      )
      const shelf = { id: 'a', account, ledger: renamed }
      const { found } = await verify([shelf], { ledger: ledgerWith([shelf]) })
      expect(found).to.deep.equal(['a REVERSAL_WRONG', 'a REVERSAL_WRONG'])
    })
  }

  /** Verifies an account with so many reversed purchases. Returns the number of purchases in each look-up. */
  async function lookedUp(count: number): Promise<readonly number[]> {
    const whole = manyReversed(count, 5n)
    const shelf = shelfOf(booksOf(whole, { journal: 1, posted: whole.journal.length }))
    const ledger = ledgerWith([shelf])
    expect((await verify([shelf], { ledger })).found).to.deep.equal([])
    return ledger.finding.asked.map(({ length }) => length)
  }
})

describe('verify with repair', () => {
  it('posts the entries that only journals hold to the ledger', async () => {
    const ledger = ledgerWith([clean('a'), clean('b')])
    await verify([clean('a'), clean('b')], { repair: true, ledger })
    expect(ledger.appending.asked).to.deep.equal([
      exampleBooks('b').account.journal.slice(-1),
      exampleBooks('a').account.journal.slice(-1),
    ])
  })

  it('still counts the posted entries as unposted', async () => {
    expect((await verify([clean('a')], { repair: true })).summary.unposted).to.equal(1)
  })

  it('skips a damaged account', async () => {
    const ledger = ledgerWith([wrong('a')])
    await verify([wrong('a')], { repair: true, ledger })
    expect(ledger.appending.asked).to.deep.equal([])
  })

  it('writes nothing when everything is posted', async () => {
    const { account, ledger: entries } = exampleBooks('a')
    const shelf = shelfOf({ account, ledger: [...entries, ...account.journal.slice(-1)] })
    const ledger = ledgerWith([shelf])
    await verify([shelf], { repair: true, ledger })
    expect(ledger.appending.asked).to.deep.equal([])
  })

  it('writes nothing without a request to repair', async () => {
    const ledger = ledgerWith([clean('a')])
    await verify([clean('a')], { ledger })
    expect(ledger.appending.asked).to.deep.equal([])
  })
})
