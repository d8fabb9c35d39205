import { expect } from 'chai'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import { RecentDecisions } from '../../../src/service/recent-decisions.js'

describe('recent decisions', () => {
  it('keep the latest, newest first', () => {
    const recent = new RecentDecisions(3)
    const ids = () => recent.list().map(({ transactionId }) => transactionId)
    expect(ids()).to.deep.equal([])
    for (const id of ['1', '2']) recent.add(entry(id))
    expect(ids()).to.deep.equal(['2', '1'])
    for (const id of ['3', '4', '5']) recent.add(entry(id))
    expect(ids()).to.deep.equal(['5', '4', '3'])
  })
})

function entry(transactionId: string) {
  // The list uses nothing of an entry.
  return { transactionId } as AuthorizationEntry
}
