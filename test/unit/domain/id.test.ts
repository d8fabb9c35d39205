import { expect } from 'chai'
import type { AccountId } from '../../../src/domain/account-status.js'
import type { TransactionId } from '../../../src/domain/entry.js'

describe('ids', () => {
  it('of one kind are rejected by the compiler in place of another kind', () => {
    const accountId: AccountId = 'card-1'
    // @ts-expect-error An account id is not a transaction id.
    const transactionId: TransactionId = accountId
    expect(transactionId).to.equal('card-1')
  })
})
