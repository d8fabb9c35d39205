import { expect } from 'chai'
import {
  historyOf,
  type Past,
  type Question,
  readHistories,
} from '../../../../src/application/engine/history.js'
import { type Account, applyEntry, unopenedAccount } from '../../../../src/domain/account.js'
import type { Entry } from '../../../../src/domain/entry.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { InMemoryStore } from '../in-memory-store.js'

/**
 * Eight entries: opened, two credits, a purchase, three reversals of it (the last one declined), and an early
 * reversal.
 */
const whole = accountAfter('a', [
  steps.open('open'),
  steps.credit('credit-1', 'FOOD', 1_000n),
  steps.credit('credit-2', 'FOOD', 1_000n),
  steps.purchase('buy', 300n),
  steps.reverse('back-1', 'buy', 100n),
  steps.reverse('back-2', 'buy', 50n),
  steps.reverse('back-3', 'buy', 999n),
  steps.reverse('ahead', 'never'),
])
const at = new Date(0)
const noPast: Past = { entries: new Map(), followUps: new Map() }

/** The account with only its last entries in its journal. */
const shortened = (length: number): Account => ({ ...whole, journal: whole.journal.slice(-length) })

/** A question about an account with a copy. */
function asking(
  copy: Account,
  transactionIds: readonly string[],
  originalIds: readonly string[] = [],
): Question {
  return { accountId: copy.id, copy, asks: [{ transactionIds, originalIds: () => originalIds }] }
}

async function pastOf(store: InMemoryStore, questions: readonly Question[]): Promise<Past> {
  const { past } = await readHistories({ accounts: store, ledger: store }, questions, at)
  return past
}

const idsOf = (entries: Iterable<Entry> | undefined) =>
  [...(entries ?? [])].map(({ transactionId }) => transactionId)

/** A store that has the whole history in its ledger. */
function postedStore(): InMemoryStore {
  const store = new InMemoryStore()
  store.putInLedger(...whole.journal)
  return store
}

describe('the history of a group', () => {
  it('is not read when the journals hold all of it', async () => {
    const store = postedStore()
    await pastOf(store, [asking(whole, ['new', 'open'], ['buy'])])
    expect(store.calls).to.deep.equal([])
  })

  it('is not read when nothing needs it', async () => {
    const store = postedStore()
    await pastOf(store, [asking(shortened(2), [], [])])
    expect(store.calls).to.deep.equal([])
  })

  it('is not read for an id in the journal', async () => {
    const store = postedStore()
    await pastOf(store, [asking(shortened(2), ['ahead'])])
    expect(store.calls).to.deep.equal([])
  })

  it('is read for the ids that the journals lack', async () => {
    const store = postedStore()
    await pastOf(store, [asking(shortened(2), ['new', 'ahead', 'buy'])])
    expect(store.finding.asked).to.deep.equal([
      [
        { accountId: 'a', transactionId: 'new' },
        { accountId: 'a', transactionId: 'buy' },
      ],
    ])
  })

  it('is read for the reversals of a purchase, even when the journal has some', async () => {
    const store = postedStore()
    const past = await pastOf(store, [asking(shortened(2), [], ['buy'])])
    expect(idsOf(past.followUps.get('a'))).to.have.members(['back-1', 'back-2', 'back-3'])
  })

  it('is read once per id, however many requests need it', async () => {
    const store = postedStore()
    const before = shortened(2)
    const ask = { transactionIds: ['buy'], originalIds: () => ['buy'] }
    await pastOf(store, [{ accountId: 'a', copy: before, asks: [ask, ask] }])
    const key = { accountId: 'a', transactionId: 'buy' }
    expect(store.finding.asked).to.deep.equal([[key], [key]])
  })

  it('is read for the purchases that a request names once its account is known', async () => {
    const store = postedStore()
    const originalIds = ({ hasEarlyReversal }: Account) => (hasEarlyReversal ? ['never'] : [])
    await pastOf(store, [{ accountId: 'a', copy: shortened(1), asks: [{ transactionIds: [], originalIds }] }])
    expect(store.finding.asked).to.deep.equal([[{ accountId: 'a', transactionId: 'never' }]])
  })

  it('is read for all accounts at once, and kept apart by account', async () => {
    const store = postedStore()
    const other = accountAfter('b', [steps.open('open'), steps.credit('buy', 'CASH', 7n)])
    store.putInLedger(...other.journal)
    const short = { ...other, journal: other.journal.slice(-1) }
    const past = await pastOf(store, [asking(shortened(1), ['buy']), asking(short, ['open'])])
    expect(store.calls).to.deep.equal(['find'])
    expect([idsOf(past.entries.get('a')), idsOf(past.entries.get('b'))]).to.deep.equal([['buy'], ['open']])
  })

  it('is read together with the accounts that have no copy', async () => {
    const store = postedStore()
    store.put(shortened(2))
    const ask = { transactionIds: ['buy', 'new'] }
    const { accounts, past } = await readHistories(
      { accounts: store, ledger: store },
      [{ accountId: 'a', asks: [ask] }],
      at,
    )
    expect(accounts).to.deep.equal([shortened(2)])
    expect(idsOf(past.entries.get('a'))).to.deep.equal(['buy'])
    expect(store.calls).to.deep.equal(['load'])
  })

  it('is read for copies in the round trip that reads the other accounts', async () => {
    const store = postedStore()
    const asks = [{ transactionIds: ['buy'] }]
    const { accounts } = await readHistories(
      { accounts: store, ledger: store },
      [
        { accountId: 'a', copy: shortened(1), asks },
        { accountId: 'nobody', asks },
      ],
      at,
    )
    expect(accounts).to.deep.equal([shortened(1), unopenedAccount('nobody')])
    expect(store.looked).to.deep.equal([
      [
        { accountId: 'a', transactionId: 'buy' },
        { accountId: 'nobody', transactionId: 'buy' },
      ],
    ])
  })

  it('fails when the ledger does not answer', async () => {
    const store = postedStore()
    store.finding.meets('OUTAGE')
    const outcome = await pastOf(store, [asking(shortened(1), ['buy'])]).catch((error: unknown) => error)
    expect(outcome).to.have.property('indecision', 'UNAVAILABLE')
  })
})

describe('the history of an account', () => {
  /**
   * The state of the account when the ledger has its entries up to this seq, read with more ids than needed.
   */
  async function historyWhen(journal: number, posted: number) {
    const store = new InMemoryStore()
    store.putInLedger(...whole.journal.slice(0, posted))
    const before = shortened(journal)
    return historyOf(before, await pastOf(store, [asking(before, idsOf(whole.journal), ['buy', 'never'])]))
  }

  for (let journal = 1; journal <= 8; journal++) {
    it(`finds every entry when the journal holds ${journal} of 8`, async () => {
      const { find } = await historyWhen(journal, 8)
      expect(idsOf(whole.journal).map((id) => find(id))).to.deep.equal(whole.journal)
    })

    it(`finds each reversal once when the journal holds ${journal} of 8`, async () => {
      const { followUpsOf } = await historyWhen(journal, 8)
      expect(idsOf(followUpsOf('buy'))).to.deep.equal(['back-1', 'back-2', 'back-3'])
    })

    it(`finds each reversal when the journal holds ${journal} of 8 and the ledger only the rest`, async () => {
      const { followUpsOf } = await historyWhen(journal, 8 - journal)
      expect(idsOf(followUpsOf('buy'))).to.deep.equal(['back-1', 'back-2', 'back-3'])
    })
  }

  it('finds nothing under an unused id', async () => {
    const { find, followUpsOf } = await historyWhen(2, 8)
    expect([find('nobody'), followUpsOf('open')]).to.deep.equal([undefined, []])
  })

  it('adds recent decisions to the entries that were read', () => {
    const [credit] = accountAfter('a', [steps.open('open'), steps.credit('new', 'FOOD', 1n)]).journal.slice(
      -1,
    )
    if (credit?.kind !== 'CREDIT') throw new Error('the last entry is the credit')
    const movement = { ...credit.movement, balanceAfter: 1_851n as typeof credit.movement.balanceAfter }
    const after = applyEntry(shortened(2), { ...credit, seq: 9n, movement })
    expect(historyOf(after, noPast).find('new')?.seq).to.equal(9n)
  })

  it('leaves out an entry that is newer than the account committed here', async () => {
    const stale: Account = { ...whole, version: 2n, journal: whole.journal.slice(1, 2) }
    const past = await pastOf(postedStore(), [asking(stale, ['buy', 'open'])])
    const { find } = historyOf(stale, past)
    expect([find('buy'), find('open')?.seq]).to.deep.equal([undefined, 1n])
  })

  it('leaves out reversals that are newer than the account as read', async () => {
    // Another process committed and posted in between: the commit of this decision will fail, and be decided
    // again.
    const stale: Account = { ...whole, version: 5n, journal: whole.journal.slice(4, 5) }
    const store = postedStore()
    const { followUpsOf } = historyOf(stale, await pastOf(store, [asking(stale, [], ['buy'])]))
    expect(idsOf(followUpsOf('buy'))).to.deep.equal(['back-1'])
  })
})
