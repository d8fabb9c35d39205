import { expect } from 'chai'
import fc from 'fast-check'
import type { Transaction, TransactionKind } from '../../../console/api/messages.js'
import { changesOf, sayingOf, wordsOf } from '../../../console/entry/entry-words.js'
import { movedBy, purchaseIdOf } from '../../../console/entry/movement.js'
import { entryLink } from '../../../console/entry/places.js'

describe('the words of an entry', () => {
  it('say what each kind of follow-up moved', () => {
    const said = (kind: TransactionKind, moved: Partial<Transaction>) =>
      sayingOf(entry(kind, { category: 'MEAL', ...moved }))
    expect(said('TRANSACTION_KIND_INCREMENT', { delta: '-300', heldDelta: '300' })).to.equal(
      'MEAL holds R$3.00 more.',
    )
    expect(said('TRANSACTION_KIND_CAPTURE', { delta: '0', heldDelta: '-800' })).to.equal('MEAL paid R$8.00.')
    expect(said('TRANSACTION_KIND_CAPTURE', { delta: '200', heldDelta: '-1000' })).to.equal(
      'MEAL paid R$8.00. R$2.00 of the hold is available again.',
    )
    expect(said('TRANSACTION_KIND_CAPTURE', { delta: '-100', heldDelta: '-1000', owedDelta: '50' })).to.equal(
      'MEAL paid R$11.50. MEAL did not have R$0.50 of it, and owes that.',
    )
    expect(said('TRANSACTION_KIND_EXPIRY', { delta: '400', heldDelta: '-400' })).to.equal(
      'R$4.00 of the hold is available again.',
    )
    // Held money goes back first, then spent money. A part of it cancels a debt.
    expect(
      said('TRANSACTION_KIND_REVERSAL', { delta: '900', heldDelta: '-400', owedDelta: '-100' }),
    ).to.equal(
      'R$4.00 of the hold is available again. R$5.00 went back to MEAL. R$1.00 paid off what MEAL owed.',
    )
    expect(said('TRANSACTION_KIND_CREDIT', { delta: '700', owedDelta: '-300' })).to.equal(
      'R$7.00 was added to MEAL. R$3.00 paid off what MEAL owed.',
    )
  })

  it('say why nothing moved', () => {
    const confirmed = entry('TRANSACTION_KIND_CAPTURE', { reason: 'REASON_ALREADY_CAPTURED' })
    expect(sayingOf(confirmed)).to.equal('Already booked. Nothing moved.')
    const early = entry('TRANSACTION_KIND_REVERSAL', { reason: 'REASON_REVERSED_BEFORE_PURCHASE' })
    expect(sayingOf(early)).to.contain('The reversal came before its purchase.')
  })

  it('note every reason but the plain one of the kind, and each change beside the balance', () => {
    const note = (reason: string) =>
      wordsOf(entry('TRANSACTION_KIND_CAPTURE', { reason: `REASON_${reason}` })).note
    expect(note('CAPTURED')).to.equal('')
    expect(note('CAPTURED_LATE')).to.equal('Captured late')
    const late = entry('TRANSACTION_KIND_CAPTURE', { heldDelta: '0', owedDelta: '250' })
    expect(changesOf(late)).to.deep.equal(['owed +R$2.50'])
    const expired = entry('TRANSACTION_KIND_EXPIRY', { heldDelta: '-400', owedDelta: '0' })
    expect(changesOf(expired)).to.deep.equal(['held −R$4.00'])
  })

  it('name the purchase of every entry that has one', () => {
    const id = (kind: TransactionKind, fields: Partial<Transaction> = {}) => purchaseIdOf(entry(kind, fields))
    expect(id('TRANSACTION_KIND_AUTHORIZATION')).to.equal('e1')
    expect(id('TRANSACTION_KIND_AUTHORIZATION', { verification: true })).to.equal(undefined)
    expect(id('TRANSACTION_KIND_ADVICE')).to.equal('e1')
    expect(id('TRANSACTION_KIND_ADVICE', { originalTransactionId: 'p1' })).to.equal('p1')
    expect(id('TRANSACTION_KIND_CAPTURE', { originalTransactionId: 'p1' })).to.equal('p1')
    expect(id('TRANSACTION_KIND_REFUND', { originalTransactionId: '' })).to.equal(undefined)
    expect(id('TRANSACTION_KIND_CREDIT')).to.equal(undefined)
  })

  it('lead from an expiry to its purchase', () => {
    const expiry = entry('TRANSACTION_KIND_EXPIRY', {
      transactionId: ' expiry p/1',
      originalTransactionId: 'p/1',
    })
    expect(entryLink(expiry)).to.equal('#/accounts/a1/purchases/p%2F1')
    expect(entryLink(entry('TRANSACTION_KIND_CAPTURE', { originalTransactionId: 'p/1' }))).to.equal(
      '#/accounts/a1?entry=e1',
    )
  })
})

describe('the parts of a movement', () => {
  const amount = fc.bigInt(-9_000_000_000_000_000n, 9_000_000_000_000_000n)

  it('are never negative, and add up to the changes of the wallet', () => {
    fc.assert(
      fc.property(amount, amount, amount, (delta, heldDelta, owedDelta) => {
        const moved = movedBy({
          ...entry('TRANSACTION_KIND_CAPTURE', {}),
          delta: String(delta),
          heldDelta: String(heldDelta),
          owedDelta: String(owedDelta),
        })
        expect(Object.values(moved).every((part) => part >= 0n)).to.equal(true)
        expect(moved.owed - moved.owedPaid).to.equal(owedDelta)
        expect(moved.released + moved.added).to.equal(delta > 0n ? delta : 0n)
        expect(moved.spent).to.equal(owedDelta - delta - heldDelta > 0n ? owedDelta - delta - heldDelta : 0n)
      }),
    )
  })
})

function entry(kind: TransactionKind, fields: Partial<Transaction> = {}): Transaction {
  return { transactionId: 'e1', accountId: 'a1', seq: '2', kind, decision: 'DECISION_APPROVED', ...fields }
}
