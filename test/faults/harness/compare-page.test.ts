import { expect } from 'chai'
import type { Line, Page } from './book.js'
import { comparePage, type Shown } from './compare-page.js'
import type { Operation, Transaction } from './operation.js'

const accountId = 'ana'

const credit: Operation = { kind: 'credit', accountId, id: 'credit-1', category: 'CASH', amount: 500 }
const purchase: Operation = {
  kind: 'authorize',
  accountId,
  id: 'buy-1',
  amount: 200,
  mcc: '5999',
  merchant: '',
}

/** An entry of the statement with default values for omitted fields. */
function entry(fields: Partial<Transaction>): Transaction {
  return {
    transaction_id: '',
    account_id: accountId,
    seq: '1',
    kind: '',
    decision: 'DECISION_APPROVED',
    reason: 'REASON_APPROVED',
    amount: '0',
    category: 'CASH',
    delta: '0',
    mcc: '',
    effective_mcc: '',
    merchant: '',
    merchant_rule: '',
    original_transaction_id: '',
    account_status: '',
    subject: '',
    create_time: { seconds: '1700000000', nanos: 0 },
    ...fields,
  }
}

const credited = entry({ transaction_id: 'credit-1', seq: '1', delta: '500', balance_after: '500' })
const bought = entry({ transaction_id: 'buy-1', seq: '2', delta: '-200', balance_after: '300' })

/**
 * A book with both operations acknowledged. By default the purchase was sent after the answer to the credit.
 */
function page({ buySentAtMs = 20 } = {}): Page {
  const lines: readonly Line[] = [
    { operation: credit, sentAtMs: 0, answer: credited, answeredAtMs: 10 },
    {
      operation: purchase,
      sentAtMs: buySentAtMs,
      answer: { delta: '-200', category: 'CASH' },
      answeredAtMs: 30,
    },
  ]
  return { accountId, lines: new Map(lines.map((line) => [line.operation.id, line])) }
}

function shown(fields: Partial<Shown>): Shown {
  return { statement: [credited, bought], version: '2', balances: new Map([['CASH', 300n]]), ...fields }
}

const kindsOf = (book: Page, account: Shown) => comparePage(book, account).map(({ kind }) => kind)

describe('the comparison of a statement with the book of the crash campaign', () => {
  it('finds no problem in a statement that holds every acknowledged entry', () => {
    expect(comparePage(page(), shown({}))).to.deep.equal([])
  })

  it('finds no problem when the statement holds an entry without an answer', () => {
    const book = page()
    const late: Operation = { ...purchase, id: 'buy-2' }
    book.lines.set('buy-2', { operation: late, sentAtMs: 40 })
    const declined = entry({ transaction_id: 'buy-2', seq: '3' })
    expect(kindsOf(book, shown({ statement: [credited, bought, declined], version: '3' }))).to.deep.equal([])
  })

  const wrong: readonly (readonly [string, Partial<Shown>, readonly string[]])[] = [
    ['an acknowledged entry that is not there', { statement: [credited], version: '1' }, ['LOST']],
    [
      'an entry that stands twice',
      { statement: [credited, bought, { ...bought, seq: '3' }], version: '3' },
      ['DOUBLED'],
    ],
    [
      'an entry that nobody asked for',
      { statement: [credited, bought, entry({ transaction_id: 'stranger', seq: '3' })], version: '3' },
      ['UNKNOWN'],
    ],
    [
      'an entry with another content than its answer had',
      { statement: [credited, { ...bought, category: 'FOOD' }] },
      ['ALTERED'],
    ],
    [
      'an entry with another time than its answer had',
      { statement: [{ ...credited, create_time: { seconds: '1700000001', nanos: 0 } }, bought] },
      ['ALTERED'],
    ],
    ['a gap in the numbers', { statement: [credited, { ...bought, seq: '3' }] }, ['GAP']],
    ['a version that is not the number of entries', { version: '3' }, ['GAP']],
    ['a balance above what was acknowledged', { balances: new Map([['CASH', 301n]]) }, ['BALANCE']],
    ['a wallet that holds nothing of what was acknowledged', { balances: new Map() }, ['BALANCE']],
    [
      'money in a wallet that nothing was acknowledged for',
      {
        balances: new Map([
          ['CASH', 300n],
          ['FOOD', 1n],
        ]),
      },
      ['BALANCE'],
    ],
  ]
  for (const [what, account, kinds] of wrong) {
    it(`finds ${what}`, () => {
      expect(kindsOf(page(), shown(account))).to.deep.equal(kinds)
    })
  }

  describe('of two entries in the wrong order', () => {
    const swapped = {
      statement: [
        { ...bought, seq: '1' },
        { ...credited, seq: '2' },
      ],
    }
    /** Drops the sequence number from the answer to the credit: only the order matters here. */
    function unnumbered(book: Page): Page {
      const line = book.lines.get('credit-1')
      if (line) line.answer = { delta: '500', category: 'CASH' }
      return book
    }

    it('finds the disorder when the first was acknowledged before the second was sent', () => {
      expect(kindsOf(unnumbered(page()), shown(swapped))).to.deep.equal(['ORDER'])
    })

    it('finds no problem when both were in flight at once', () => {
      expect(kindsOf(unnumbered(page({ buySentAtMs: 5 })), shown(swapped))).to.deep.equal([])
    })
  })
})
