import { expect } from 'chai'
import fc from 'fast-check'
import { FairQueue } from '../../../../src/application/engine/fair-queue.js'
import type { PendingRequest } from '../../../../src/application/engine/pending-request.js'
import { idOf, pendingRequest } from './pending.js'

type Step =
  | { readonly type: 'push'; readonly subject: string; readonly account: string }
  | { readonly type: 'group'; readonly size: number }
  | { readonly type: 'end' }
  | { readonly type: 'evict'; readonly subject: string }

describe('a queue shared by subjects', () => {
  let busy: Set<string>
  let queue: FairQueue

  beforeEach(() => {
    busy = new Set()
    queue = new FairQueue((accountId) => busy.has(accountId))
  })

  it('gives the requests of one subject in the order of their arrival', () => {
    push('a', ['1', '2', '3'])
    expect(taken()).to.deep.equal(['1', '2', '3'])
  })

  it('gives the subjects turns, however many requests each has', () => {
    push('greedy', ['g1', 'g2', 'g3', 'g4'])
    push('modest', ['m1'])
    push('other', ['o1', 'o2'])
    expect(taken()).to.deep.equal(['g1', 'm1', 'o1', 'g2', 'o2', 'g3', 'g4'])
  })

  it('continues the turns where they stopped', () => {
    push('a', ['a1', 'a2'])
    push('b', ['b1', 'b2'])
    expect(takeOne()).to.equal('a1')
    push('c', ['c1'])
    expect(taken()).to.deep.equal(['b1', 'a2', 'c1', 'b2'])
  })

  it('returns how many requests another request of a subject would wait for', () => {
    push('greedy', ['1', '2', '3', '4', '5', '6', '7', '8', '9'])
    push('modest', ['m1', 'm2'])
    expect(queue.ahead('nobody')).to.equal(0)
    expect(queue.ahead('modest')).to.equal(4)
    expect(queue.ahead('greedy')).to.equal(11)
  })

  describe('while an account is busy', () => {
    it('gives the requests on other accounts', () => {
      pushOn('hot', ['1', '2'])
      pushOn('cold', ['3'])
      busy.add('hot')
      expect(taken()).to.deep.equal(['3'])
      expect(queue.size).to.equal(2)
    })

    it('returns the postponed requests first, in their order, when the account is released', () => {
      busy.add('hot')
      pushOn('hot', ['1', '2'])
      expect(taken()).to.deep.equal([])
      pushOn('hot', ['3'])
      pushOn('cold', ['4'])
      release('hot')
      expect(taken()).to.deep.equal(['1', '2', '3', '4'])
      expect(queue.size).to.equal(0)
    })

    it("postpones them again when another subject's request was taken first", () => {
      busy.add('hot')
      pushOn('hot', ['a1', 'a2'], 'a')
      pushOn('hot', ['b1'], 'b')
      expect(taken()).to.deep.equal([])
      release('hot')
      expect(takeOne()).to.equal('a1')
      busy.add('hot')
      expect(taken()).to.deep.equal([])
      release('hot')
      expect(taken().sort()).to.deep.equal(['a2', 'b1'])
    })
  })

  describe('with too many requests', () => {
    it('evicts the newest request of the subject that has the most', () => {
      push('greedy', ['1', '2', '3'])
      push('modest', ['m1'])
      expect(evictedFor('modest')).to.equal('3')
      expect(evictedFor('nobody')).to.equal('2')
      expect(taken()).to.deep.equal(['1', 'm1'])
    })

    it('evicts nothing for the subject that would have the most itself', () => {
      push('a', ['1', '2'])
      push('b', ['3'])
      expect(evictedFor('a')).to.equal(undefined)
      expect(evictedFor('b')).to.equal(undefined)
      expect(queue.size).to.equal(3)
    })

    it('evicts postponed requests, and keeps the order of the rest', () => {
      busy.add('hot')
      pushOn('hot', ['1', '2'])
      expect(taken()).to.deep.equal([])
      expect(evictedFor('modest')).to.equal('2')
      pushOn('hot', ['3'])
      release('hot')
      expect(taken()).to.deep.equal(['1', '3'])
    })

    it('evicts a request during its pause, and ignores the end of the pause', () => {
      const [first, second] = [pendingRequest({ id: '1' }), pendingRequest({ id: '2' })]
      queue.pause(first)
      queue.pause(second)
      expect(evictedFor('modest')).to.equal('1')
      queue.resume(first)
      expect({ size: queue.size, waiting: queue.waiting }).to.deep.equal({ size: 1, waiting: 0 })
      queue.resume(second)
      expect(taken()).to.deep.equal(['2'])
    })

    it('treats a subject that lost all of its requests as new', () => {
      push('a', ['1', '2'])
      expect(evictedFor('b')).to.equal('2')
      expect(takeOne()).to.equal('1')
      push('a', ['3'])
      push('b', ['4'])
      expect(taken()).to.deep.equal(['3', '4'])
    })
  })

  it('counts pausing requests, but does not return them', () => {
    const request = pendingRequest({ id: '1' })
    queue.pause(request)
    expect(taken()).to.deep.equal([])
    expect({ size: queue.size, waiting: queue.waiting }).to.deep.equal({ size: 1, waiting: 0 })
    queue.resume(request)
    expect(queue.waiting).to.equal(1)
    expect(taken()).to.deep.equal(['1'])
  })

  describe('with any requests', () => {
    const subject = fc.constantFrom('a', 'b', 'c')
    const account = fc.constantFrom('x', 'y', 'z')
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('push' as const), subject, account }) },
      { weight: 3, arbitrary: fc.record({ type: fc.constant('group' as const), size: fc.nat({ max: 4 }) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('end' as const) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('evict' as const), subject }) },
    )

    let groups: PendingRequest[][]
    let open: Set<PendingRequest>
    let given: PendingRequest[]

    it('returns each request once, in order for a subject and an account, and none on a busy account', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
          begin()
          for (const [index, one] of steps.entries()) perform(one, index)
          endAll()
          expect(open.size).to.equal(0)
          expect(orders().filter((order) => !isSorted(order))).to.deep.equal([])
        }),
      )
    })

    function begin(): void {
      busy = new Set()
      queue = new FairQueue((accountId) => busy.has(accountId))
      groups = []
      open = new Set()
      given = []
    }

    function perform(one: Step, index: number): void {
      if (one.type === 'push') arrive(one, String(index).padStart(3, '0'))
      else if (one.type === 'group') takeGroup(one.size)
      else if (one.type === 'end') endOldest()
      else evict(one.subject)
      expect([...queue]).to.have.members([...open])
      expect(queue.size).to.equal(open.size)
    }

    function endAll(): void {
      while (groups.length > 0) endOldest()
      takeGroup(Number.POSITIVE_INFINITY)
    }

    function arrive({ subject, account }: { subject: string; account: string }, id: string): void {
      const request = pendingRequest({ subject, accountId: account, id })
      queue.push(request)
      open.add(request)
    }

    function takeGroup(size: number): void {
      const group: PendingRequest[] = []
      for (let request = queue.take(); request; request = group.length < size ? queue.take() : undefined) {
        expect(busy.has(request.request.accountId)).to.equal(false)
        expect(open.delete(request)).to.equal(true)
        group.push(request)
      }
      for (const { request } of group) busy.add(request.accountId)
      given.push(...group)
      groups.push(group)
    }

    function endOldest(): void {
      const ended = groups.shift() ?? []
      for (const { request } of ended) busy.delete(request.accountId)
      for (const { request } of ended) queue.release(request.accountId)
    }

    function evict(subject: string): void {
      const evicted = queue.evictFor(subject)
      if (evicted) expect(open.delete(evicted)).to.equal(true)
    }

    /** The returned ids, by subject and account. */
    function orders(): readonly (readonly string[])[] {
      const ids = new Map<string, string[]>()
      for (const request of given) {
        const key = `${request.subject} ${request.request.accountId}`
        ids.set(key, [...(ids.get(key) ?? []), idOf(request)])
      }
      return [...ids.values()]
    }
  })

  function push(subject: string, ids: readonly string[]): void {
    for (const id of ids) queue.push(pendingRequest({ subject, id }))
  }

  function pushOn(accountId: string, ids: readonly string[], subject = 's'): void {
    for (const id of ids) queue.push(pendingRequest({ subject, accountId, id }))
  }

  function release(accountId: string): void {
    busy.delete(accountId)
    queue.release(accountId)
  }

  function takeOne(): string | undefined {
    const request = queue.take()
    return request && idOf(request)
  }

  function taken(): string[] {
    const ids: string[] = []
    for (let id = takeOne(); id !== undefined; id = takeOne()) ids.push(id)
    return ids
  }

  function evictedFor(subject: string): string | undefined {
    const request = queue.evictFor(subject)
    return request && idOf(request)
  }
})

function isSorted(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id)
}
