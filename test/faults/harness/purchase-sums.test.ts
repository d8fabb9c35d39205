import { expect } from 'chai'
import type { Line } from './book.js'
import type { Amounts, Transaction } from './operation.js'
import { answeredSums, stateOf } from './purchase-sums.js'

const heldUntil = { seconds: '1700000000', nanos: 0 }

/** A line with an answer; of its operation only the answer counts. */
function line(amounts: Amounts, entry: Partial<Transaction> = {}): Line {
  const operation = { kind: 'authorize', accountId: 'ana', id: 'buy-1', amount: 1, mcc: '5411', merchant: '' }
  return { operation: { ...operation, kind: 'authorize' }, sentAtMs: 0, answer: { entry, amounts } }
}

const held = (authorized: number) => line({ authorized }, { held_until: heldUntil })
const paid = (authorized: number) => line({ authorized, captured: authorized })
const over = (captured: number) => line({ captured }, { reason: 'REASON_CAPTURED_OVER' })

type Case = {
  readonly lines: readonly Line[]
  readonly isExpired?: true
  readonly sums: Partial<ReturnType<typeof answeredSums>>
  readonly state: string
}

const cases: Readonly<Record<string, Case>> = {
  'a hold with an increment, a part of it captured': {
    lines: [held(100), line({ incremented: 20 }), line({ captured: 50 })],
    sums: { authorized: 100, incremented: 20, captured: 50, excess: 0, rest: 70 },
    state: 'HELD',
  },
  'the same after its expiry': {
    lines: [held(100), line({ incremented: 20 }), line({ captured: 50 })],
    isExpired: true,
    sums: { released: 70, expired: 70, rest: 0 },
    state: 'CAPTURED',
  },
  'a hold that expired': {
    lines: [held(100)],
    isExpired: true,
    sums: { released: 100, expired: 100, rest: 0 },
    state: 'EXPIRED',
  },
  'a hold that was reversed': {
    lines: [held(100), line({ released: 100 })],
    sums: { released: 100, expired: 0, rest: 0 },
    state: 'RELEASED',
  },
  'a capture of more than was left of a hold': {
    lines: [held(100), line({ released: 30 }), over(90)],
    sums: { captured: 90, excess: 20, released: 30, rest: 0 },
    state: 'CAPTURED',
  },
  'a capture of more than was paid at once': {
    lines: [paid(100), over(15)],
    sums: { authorized: 100, captured: 115, excess: 15, rest: 0 },
    state: 'CAPTURED',
  },
  'a late capture that left a debt, and a refund that cancelled a part of the debt': {
    lines: [
      held(100),
      line({ released: 100 }),
      line({ captured: 60, excess: 60, owed: 40 }),
      line({ refunded: 10, owed: -10 }),
    ],
    sums: { captured: 60, excess: 60, refunded: 10, owed: 30, rest: 0 },
    state: 'CAPTURED',
  },
  'a declined purchase': { lines: [line({})], sums: { authorized: 0, rest: 0 }, state: 'UNSPECIFIED' },
}

describe('the sums of a purchase from the answers of the campaign', () => {
  for (const [title, { lines, isExpired = false, sums, state }] of Object.entries(cases)) {
    it(`are right for ${title}`, () => {
      const all = answeredSums(lines, { isExpired })
      expect(all).to.include(sums)
      expect(stateOf(all)).to.equal(`PURCHASE_STATE_${state}`)
    })

    it(`do not depend on the order of answers for ${title}`, () => {
      const [forth, back] = [lines, lines.toReversed()].map((all) => answeredSums(all, { isExpired }))
      expect(back).to.deep.equal(forth)
    })
  }
})
