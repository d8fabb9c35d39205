import { expect } from 'chai'
import { PendingRequest } from '../../../../src/application/engine/pending-request.js'
import { InvariantError } from '../../../../src/domain/invariant.js'
import { patience } from '../fixtures.js'

describe('a pending request', () => {
  it('must be decided before it is answered', () => {
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
