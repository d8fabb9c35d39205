import { expect } from 'chai'
import type { Line, Page } from './book.js'
import { comparePage, type Parts, type Shown } from './compare-page.js'
import type { Operation, Transaction } from './operation.js'

const accountId = 'ana'

const credit: Operation = {
  kind: 'credit',
  accountId,
  id: 'credit-1',
  category: 'CASH',
  amount: 500,
  paysOwed: false,
}
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
    held_delta: '0',
    owed_delta: '0',
    mcc: '',
    effective_mcc: '',
    merchant: '',
    merchant_rule: '',
    original_transaction_id: '',
    account_status: '',
    subject: '',
    create_time: { seconds: '1700000000', nanos: 0 },
    approval_code: '',
    held_until: null,
    more_to_come: false,
    advice: false,
    request: false,
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
    {
      operation: credit,
      sentAtMs: 0,
      answer: { entry: credited, amounts: { credited: 500 } },
      answeredAtMs: 10,
    },
    {
      operation: purchase,
      sentAtMs: buySentAtMs,
      answer: {
        entry: { delta: '-200', category: 'CASH' },
        amounts: { authorized: 200, captured: 200 },
      },
      answeredAtMs: 30,
    },
  ]
  return { accountId, lines: new Map(lines.map((line) => [line.operation.id, line])) }
}

/** A wallet CASH; by default it has 3.00. */
function cash(parts: Partial<Parts>): Shown['wallets'] {
  return new Map([['CASH', { available: 300, held: 0, owed: 0, ...parts }]])
}

function shown(fields: Partial<Shown>): Shown {
  return { statement: [credited, bought], version: '2', wallets: cash({}), ...fields }
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
    ['a balance above what was acknowledged', { wallets: cash({ available: 301 }) }, ['BALANCE']],
    ['held money that nothing was held for', { wallets: cash({ available: 299, held: 1 }) }, ['BALANCE']],
    ['a debt that no answer has made', { wallets: cash({ available: 301, owed: 1 }) }, ['BALANCE']],
    ['a wallet that holds nothing of what was acknowledged', { wallets: new Map() }, ['BALANCE']],
    [
      'money in a wallet that nothing was acknowledged for',
      {
        wallets: new Map([...cash({}), ['FOOD', { available: 1, held: 0, owed: 0 }]]),
      },
      ['BALANCE'],
    ],
  ]
  for (const [what, account, kinds] of wrong) {
    it(`finds ${what}`, () => {
      expect(kindsOf(page(), shown(account))).to.deep.equal(kinds)
    })
  }

  describe('of a hold', () => {
    const held: Line = {
      operation: { ...purchase, hold: {} },
      sentAtMs: 20,
      answer: {
        entry: { delta: '-200', held_delta: '200', category: 'CASH', held_until: credited.create_time },
        amounts: { authorized: 200 },
      },
      answeredAtMs: 30,
    }
    const bookWithHold = () => {
      const book = page()
      book.lines.set('buy-1', held)
      return book
    }
    const holding = { ...bought, held_delta: '200', held_until: credited.create_time }
    const expired = entry({
      transaction_id: ' expiry buy-1',
      seq: '3',
      kind: 'TRANSACTION_KIND_EXPIRY',
      original_transaction_id: 'buy-1',
      amount: '200',
      delta: '200',
      held_delta: '-200',
    })
    const open = { statement: [credited, holding], wallets: cash({ held: 200 }) }

    it('finds no problem while it is open', () => {
      expect(kindsOf(bookWithHold(), shown(open))).to.deep.equal([])
    })

    it('finds no problem after its expiry, for which nobody asked', () => {
      const statement = [credited, holding, expired]
      const account = shown({ statement, version: '3', wallets: cash({ available: 500 }) })
      expect(kindsOf(bookWithHold(), account)).to.deep.equal([])
    })

    it('finds money that an expiry did not give back', () => {
      const statement = [credited, holding, expired]
      const account = shown({ statement, version: '3', wallets: cash({ held: 200 }) })
      expect(kindsOf(bookWithHold(), account)).to.deep.equal(['BALANCE'])
    })

    it('finds the expiry of a purchase that held nothing', () => {
      const statement = [credited, bought, { ...expired, amount: '0', delta: '0', held_delta: '0' }]
      expect(kindsOf(page(), shown({ statement, version: '3' }))).to.deep.equal(['UNKNOWN'])
    })
  })

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
      if (line) line.answer = { entry: { delta: '500', category: 'CASH' }, amounts: { credited: 500 } }
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
