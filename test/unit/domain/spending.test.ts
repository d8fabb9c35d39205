import { expect } from 'chai'
import { InvariantError } from '../../../src/domain/invariant.js'
import { centavos } from '../../../src/domain/money.js'
import { afterPurchase } from '../../../src/domain/spending.js'

describe('spending after a purchase', () => {
  it('is an invariant violation for a day before the counted one', () => {
    const spending = { day: '2026-03-11', dayAmount: centavos(1n), monthAmount: centavos(1n) }
    expect(() => afterPurchase(spending, { amount: 1n, day: '2026-03-10' })).to.throw(
      InvariantError,
      'never move back',
    )
  })
})
