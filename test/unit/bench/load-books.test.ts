import { expect } from 'chai'
import { NO_ANSWER, statusCalled } from '../../../bench/h2/call-end.js'
import { Books } from '../../../bench/load/books.js'
import type { Answer } from '../../../bench/load/call.js'
import type { Expectation, Purchase } from '../../../bench/load/purchases.js'
import { Reason } from '../../../src/gen/benefits/v1/authorization.js'

function purchase(id: string, expected: Expectation = 'BENEFIT'): Purchase {
  const kind = expected === 'CAPTURED' ? 'CAPTURE' : 'PURCHASE'
  const request = {
    kind,
    id,
    originalId: 'o',
    accountId: 'a',
    amount: 250,
    mcc: '5411',
    merchant: '',
  } as const
  return { ...request, expected, underWay: 0, answered: undefined }
}

const approval: Omit<Answer, 'transactionId'> = { code: '00', reason: 1, category: 'FOOD', replayed: false }
const decline: Omit<Answer, 'transactionId'> = { code: '51', reason: 2, category: '', replayed: false }

describe('the books of the load generator', () => {
  let books = new Books()
  beforeEach(() => {
    books = new Books()
  })

  function answered(of: Purchase, answer: Partial<Answer> = {}): void {
    books.sent(of)
    books.answered(of, { ...approval, transactionId: of.id, ...answer })
  }

  function failed(of: Purchase, status: number): void {
    books.sent(of)
    books.failed(of, { status, message: 'too bad' })
  }

  it('count captures without their centavos, which left the balance with the hold', () => {
    answered(purchase('t-1', 'CAPTURED'), { reason: Reason.CAPTURED })
    const whole = books.whole(1)
    expect(whole.approved).to.deep.equal({ count: 1, centavos: '0' })
    expect(whole.unexpected.count).to.equal(0)
  })

  it('count a capture that found no hold with its centavos', () => {
    answered(purchase('t-1', 'CAPTURED'), { reason: Reason.CAPTURED_UNSEEN })
    failed(purchase('t-2', 'CAPTURED'), NO_ANSWER)
    const whole = books.whole(2)
    expect(whole.approved).to.deep.equal({ count: 1, centavos: '250' })
    expect(whole.unknown).to.deep.include({ count: 1, centavos: '250' })
  })

  it('report declined captures', () => {
    answered(purchase('t-1', 'CAPTURED'), { code: '07' })
    expect(books.whole(1).unexpected.count).to.equal(1)
  })

  it('count an approval once, however often it is answered', () => {
    const once = purchase('t-1')
    answered(once)
    answered(once, { replayed: true })
    answered(purchase('t-2'))
    const whole = books.whole(2)
    expect(whole).to.deep.include({ sent: 3, ids: 2, decided: 2, decidedTwice: 0, contradicted: 0 })
    expect(whole.approved).to.deep.equal({ count: 2, centavos: '500' })
    expect(whole.outcomes.map(({ reason, replayed, count }) => ({ reason, replayed, count }))).to.deep.equal([
      { reason: 'APPROVED', replayed: false, count: 2 },
      { reason: 'APPROVED', replayed: true, count: 1 },
    ])
  })

  it('separate categories, and leave rejections out', () => {
    answered(purchase('t-1'))
    answered(purchase('t-2', 'CASH'), { category: 'CASH' })
    answered(purchase('t-3', 'DECLINED'), decline)
    expect(books.whole(3).approvedByCategory).to.deep.equal({
      FOOD: { count: 1, centavos: '250' },
      CASH: { count: 1, centavos: '250' },
    })
    expect(books.whole(3).unexpected.count).to.equal(0)
  })

  it('treat a possible debit as unknown until an answer arrives', () => {
    const lost = purchase('t-1')
    failed(lost, NO_ANSWER)
    failed(purchase('t-2', 'DECLINED'), statusCalled('DEADLINE_EXCEEDED'))
    expect(books.whole(2).unknown).to.deep.equal({ count: 2, centavos: '250', ids: ['t-1', 't-2'] })
    answered(lost, { replayed: true })
    expect(books.whole(2).unknown).to.deep.equal({ count: 1, centavos: '0', ids: ['t-2'] })
    expect(books.whole(2).approved.count).to.equal(1)
  })

  it('treat a rejection as undecided', () => {
    failed(purchase('t-1'), statusCalled('RESOURCE_EXHAUSTED'))
    expect(books.whole(1).unknown.count).to.equal(0)
    expect(books.whole(1).errors).to.deep.equal([
      { status: 'RESOURCE_EXHAUSTED', count: 1, message: 'too bad' },
    ])
  })

  it('report an id that is decided twice, and one with different answers', () => {
    const twice = purchase('t-1')
    answered(twice)
    answered(twice)
    expect(books.whole(1)).to.include({ decidedTwice: 1, contradicted: 0 })
    answered(twice, { ...decline, replayed: true })
    expect(books.whole(1)).to.include({ decidedTwice: 1, contradicted: 1 })
  })

  const unexpected: readonly (readonly [what: string, expected: Expectation, answer: Partial<Answer>])[] = [
    ['an approval of the declined amount', 'DECLINED', {}],
    ['a decline of what can be paid', 'BENEFIT', decline],
    ['CASH that pays for a benefit', 'BENEFIT', { category: 'CASH' }],
    ['a benefit that pays for something else', 'CASH', { category: 'FOOD' }],
    ['an answer to another request', 'BENEFIT', { transactionId: 't-9' }],
  ]
  for (const [what, expected, answer] of unexpected) {
    it(`report ${what}`, () => {
      answered(purchase('t-1', expected), answer)
      expect(books.whole(1).unexpected.count).to.equal(1)
      expect(books.whole(1).unexpected.first).to.include('t-1')
    })
  }
})
