import { expect } from 'chai'
import { PendingRequest } from '../../../../src/application/engine/pending-request.js'
import { InvariantError } from '../../../../src/domain/invariant.js'
import { patience } from '../fixtures.js'

describe('a request on its way', () => {
  it('is not answered before it was decided: that would be a bug', () => {
    const decide = (): never => {
      throw new Error('nobody decides')
    }
    const pending = new PendingRequest(
      { accountId: 'a', lane: 'PURCHASE', transactionIds: ['1'], decide },
      { budget: patience, resolve: () => {}, reject: () => {} },
    )
    expect(() => pending.answer()).to.throw(InvariantError, 'decided before it is answered')
    expect(pending.rejected).to.equal(false)
  })
})
