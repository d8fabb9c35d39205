import { expect } from 'chai'
import { Withheld } from '../../../../src/application/engine/withheld.js'
import type { Entry } from '../../../../src/domain/entry.js'
import { accountWithJournal } from '../fixtures.js'

describe('what is withheld of an account', () => {
  const account = accountWithJournal('a', 6)
  const entryAt = (seq: number): Entry => {
    const entry = account.journal[seq - 1]
    if (!entry) throw new RangeError('there are six')
    return entry
  }
  let withheld: Withheld

  beforeEach(() => {
    withheld = new Withheld()
  })

  it('is over once the highest of those refused is settled, in whatever order they were', () => {
    withheld.refuse(entryAt(4), 0)
    withheld.refuse(entryAt(2), 0)
    withheld.settle('a', 3n)
    expect(withheld.entries).to.equal(2)
    withheld.settle('a', 4n)
    expect(withheld.entries).to.equal(0)
  })

  it('is over once what found no room is settled, though a single entry', () => {
    withheld.refuse(entryAt(3), 0)
    withheld.waits(account, { takenSeq: 5n, nowMs: 0 })
    withheld.settle('a', 5n)
    expect(withheld.entries).to.equal(2)
    withheld.settle('a', 6n)
    expect(withheld.entries).to.equal(0)
  })

  it('lasts no longer when its account comes again and all of it is taken in', () => {
    withheld.refuse(entryAt(3), 0)
    withheld.waits(account, { takenSeq: 6n, nowMs: 0 })
    withheld.settle('a', 3n)
    expect([withheld.entries, withheld.oldestSinceMs]).to.deep.equal([0, Number.POSITIVE_INFINITY])
  })

  it('is nothing, and has no age, when all of it was taken in', () => {
    withheld.waits(account, { takenSeq: 6n, nowMs: 0 })
    expect([withheld.entries, withheld.oldestSinceMs]).to.deep.equal([0, Number.POSITIVE_INFINITY])
  })

  it('is less when its account comes again and more of it was taken in', () => {
    withheld.waits(account, { takenSeq: 2n, nowMs: 0 })
    withheld.waits(account, { takenSeq: 5n, nowMs: 0 })
    expect(withheld.entries).to.equal(1)
    withheld.waits(account, { takenSeq: 6n, nowMs: 0 })
    expect(withheld.entries).to.equal(0)
  })

  it('is as old as the first of it, whichever is told of first', () => {
    withheld.waits(account, { takenSeq: 5n, nowMs: 50 })
    expect(withheld.oldestSinceMs).to.equal(50)
    withheld.refuse(entryAt(3), 10)
    withheld.refuse(entryAt(4), 70)
    expect(withheld.oldestSinceMs).to.equal(10)
  })

  it('is counted no more when it is forgotten: refused and without room', () => {
    withheld.refuse(entryAt(3), 0)
    withheld.waits(account, { takenSeq: 4n, nowMs: 0 })
    expect(withheld.entries).to.equal(3)
    withheld.forget('a')
    expect(withheld.entries).to.equal(0)
  })
})
