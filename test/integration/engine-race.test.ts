import { expect } from 'chai'
import type { AuthorizationEntry } from '../../src/domain/entry.js'
import { fundedAccount } from '../support/database/accounts.js'
import { type Book, readBook, wrongInBooks } from '../support/database/books.js'
import { decideAllOn, postAll, somePurchase, useEngines } from '../support/processes/engines.js'

for (const count of [1, 2, 4]) {
  describe(`100 debits of 10.00 at once on FOOD 100.00 and CASH 100.00, through ${count} of the engines`, () => {
    const engines = useEngines(count)
    let entries: readonly AuthorizationEntry[]
    let book: Book

    before(async () => {
      const { cores, db } = engines()
      const [first] = cores
      if (!first) throw new Error('there is no engine')
      const accountId = await fundedAccount(first, { FOOD: 10_000n, CASH: 10_000n })
      const purchases = Array.from({ length: 100 }, () => somePurchase({ mcc: '5411' }))
      const verdicts = await decideAllOn(cores, accountId, purchases)
      entries = verdicts.flatMap((verdict) => (verdict.type === 'RECORD' ? [verdict.entry] : []))
      await postAll(cores)
      book = await readBook(db, accountId)
    })

    it('are all decided', () => {
      expect(entries).to.have.lengthOf(100)
    })

    for (const [wallet, approved] of [
      ['FOOD', 10],
      ['CASH', 10],
    ] as const) {
      it(`are paid ${approved} times by ${wallet}`, () => {
        expect(entries.filter(({ movement }) => movement?.wallet === wallet)).to.have.lengthOf(approved)
      })
    }

    it('are declined 80 times for lack of money', () => {
      expect(entries.filter(({ reason }) => reason === 'INSUFFICIENT_BALANCE')).to.have.lengthOf(80)
    })

    it('leave both balances at 0', () => {
      expect(book.balances).to.deep.equal({ FOOD: 0n, CASH: 0n })
    })

    it('behave as if they were sequential: each balance after a debit is returned once', () => {
      const told = entries
        .flatMap(({ movement }) => movement?.balanceAfter ?? [])
        .sort((a, b) => Number(b - a))
      const each = [9_000n, 8_000n, 7_000n, 6_000n, 5_000n, 4_000n, 3_000n, 2_000n, 1_000n, 0n]
      expect(told).to.deep.equal(each.flatMap((balance) => [balance, balance]))
    })

    it('are all in the ledger', () => {
      expect(book.posted).to.equal(book.entries.length)
    })

    it('leave books in which every centavo is explained', async () => {
      expect(await wrongInBooks(engines().db)).to.deep.equal([])
    })
  })
}
