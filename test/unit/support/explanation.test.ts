import { expect } from 'chai'
import { explain, type Observation } from '../../support/model/explanation.js'
import type { Operation } from '../../support/model/model-operation.js'
import { ReferenceModel } from '../../support/model/reference-model.js'

const open: Operation = { kind: 'open', account: 'A', id: 'open' }
const purchase: Operation = {
  kind: 'buy',
  account: 'A',
  id: 'x1',
  amount: 1n,
  mcc: '5811',
  merchant: '',
  fallback: true,
  network: undefined,
  hold: undefined,
}
const AT = 1_795_878_000_000

describe('the search for an order that explains every answer', () => {
  /** A purchase and its outcome according to the model, on a new account. */
  function told(was: 'NEW' | 'REPEATED', attempts: number): Observation & { asked: Operation } {
    const answer = opened().answer(purchase)
    if (!('record' in answer)) throw new Error('the model records every purchase on an open account')
    return { asked: purchase, attempts, answered: { was, record: { ...answer.record, atMs: AT } } }
  }

  function opened(): ReferenceModel {
    const model = new ReferenceModel()
    model.do(open)
    return model
  }

  function explained(all: readonly Observation[]): () => void {
    const [first] = all
    if (!first || !('asked' in first) || !('record' in first.answered)) throw new Error('begin with a record')
    const entries = [first.answered.record]
    return () => explain(opened(), 'A', { observed: all, entries })
  }

  it('accepts one new answer, and later ones as repeats', () => {
    explained([told('NEW', 1), told('REPEATED', 1), told('REPEATED', 2)])()
  })

  it('treats the caller with the created answer as the author, even when another request was sent twice and answered first', () => {
    explained([told('REPEATED', 2), told('NEW', 1)])()
  })

  it('treats a request that was sent twice as the author when no caller got the created answer', () => {
    explained([told('REPEATED', 2), told('REPEATED', 1)])()
  })

  it('rejects two new answers', () => {
    expect(explained([told('NEW', 1), told('NEW', 1)])).to.throw('answers that no order explains')
  })

  it('rejects an unreported entry at once', () => {
    expect(explained([told('REPEATED', 1)])).to.throw('nobody asked for the entry')
  })
})
