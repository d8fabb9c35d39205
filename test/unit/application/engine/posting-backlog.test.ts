import { expect } from 'chai'
import { PostingBacklog } from '../../../../src/application/engine/posting-backlog.js'
import type { Entry } from '../../../../src/domain/entry.js'
import { accountWithJournal } from '../fixtures.js'

describe('posting backlog of an account', () => {
  const account = accountWithJournal('a', 6)
  const entryAt = (seq: number): Entry => {
    const entry = account.journal[seq - 1]
    if (!entry) throw new RangeError('there are six')
    return entry
  }
  let backlog: PostingBacklog

  beforeEach(() => {
    backlog = new PostingBacklog()
  })

  it('ends once the highest rejected entry is posted, in any order of rejection', () => {
    backlog.reject(entryAt(4), 0)
    backlog.reject(entryAt(2), 0)
    backlog.posted('a', 3n)
    expect(backlog.entries).to.equal(2)
    backlog.posted('a', 4n)
    expect(backlog.entries).to.equal(0)
  })

  it('ends once the entries without room are posted, even a single one', () => {
    backlog.reject(entryAt(3), 0)
    backlog.waits(account, { takenSeq: 5n, nowMs: 0 })
    backlog.posted('a', 5n)
    expect(backlog.entries).to.equal(2)
    backlog.posted('a', 6n)
    expect(backlog.entries).to.equal(0)
  })

  it('ends when its account is committed again and all of it is accepted', () => {
    backlog.reject(entryAt(3), 0)
    backlog.waits(account, { takenSeq: 6n, nowMs: 0 })
    backlog.posted('a', 3n)
    expect([backlog.entries, backlog.oldestSinceMs]).to.deep.equal([0, Number.POSITIVE_INFINITY])
  })

  it('is empty, without an age, when all of it was accepted', () => {
    backlog.waits(account, { takenSeq: 6n, nowMs: 0 })
    expect([backlog.entries, backlog.oldestSinceMs]).to.deep.equal([0, Number.POSITIVE_INFINITY])
  })

  it('shrinks when its account is committed again and more of it is accepted', () => {
    backlog.waits(account, { takenSeq: 2n, nowMs: 0 })
    backlog.waits(account, { takenSeq: 5n, nowMs: 0 })
    expect(backlog.entries).to.equal(1)
    backlog.waits(account, { takenSeq: 6n, nowMs: 0 })
    expect(backlog.entries).to.equal(0)
  })

  it('is as old as its oldest entry, in any order of reports', () => {
    backlog.waits(account, { takenSeq: 5n, nowMs: 50 })
    expect(backlog.oldestSinceMs).to.equal(50)
    backlog.reject(entryAt(3), 10)
    backlog.reject(entryAt(4), 70)
    expect(backlog.oldestSinceMs).to.equal(10)
  })

  it('no longer counts when it is forgotten, rejected or without room', () => {
    backlog.reject(entryAt(3), 0)
    backlog.waits(account, { takenSeq: 4n, nowMs: 0 })
    expect(backlog.entries).to.equal(3)
    backlog.forget('a')
    expect(backlog.entries).to.equal(0)
  })
})
