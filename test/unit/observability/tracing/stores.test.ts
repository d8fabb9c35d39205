import { expect } from 'chai'
import { reverse } from '../../../../src/application/reverse.js'
import type { CallTrace } from '../../../../src/observability/tracing/tracing.js'
import { isFailed, relations, TraceRecorder } from '../../../support/traces/trace-recorder.js'
import { fundedAccount, patience, purchase } from '../../application/fixtures.js'
import { rejectionOf } from '../../application/rejection.js'
import { soon } from '../../application/soon.js'
import { allSettled, occupy, type TestEngine, testEngine } from '../../application/test-engine.js'

const traceparentOf = (trace: number, flags: '00' | '01') => [
  `00-${String(trace).padStart(32, '1')}-${'2'.repeat(16)}-${flags}`,
]

describe('round trips of the engine, traced', () => {
  let recorder: TraceRecorder
  let test: TestEngine

  beforeEach(() => {
    recorder = new TraceRecorder()
    test = testEngine({ tracing: recorder.tracing })
    test.store.put(...['a', 'b', 'c'].map((id) => fundedAccount(id)))
  })

  /** Sends a purchase as a call does, and ends the call. */
  async function authorize(accountId: string, transactionId: string, call: CallTrace = recorder.call()) {
    const budget = { remainingMs: patience.remainingMs }
    call.follow(budget)
    try {
      return await test.authorize(accountId, purchase(transactionId), budget)
    } finally {
      call.ended('OK')
    }
  }

  it('are children of the call that waits for them', async () => {
    const call = recorder.call()
    await authorize('a', '1', call)
    const child = { parent: call.ids.span_id, links: [] }
    for (const name of ['engine.read', 'engine.commit']) {
      expect(recorder.named(name).map(relations), name).to.deep.equal([child])
    }
  })

  it('have the right times: read before commit, both within the call', async () => {
    await authorize('a', '1')
    expect(recorder.ended.map(({ name }) => name)).to.deep.equal([
      'engine.read',
      'engine.commit',
      'test.Service/Call',
    ])
  })

  it('record the decision on the call, with values from closed sets', async () => {
    await authorize('a', '1')
    await authorize('a', '1')
    await authorize('nobody', '2')
    const said = recorder.named('test.Service/Call').map(({ attributes }) => attributes)
    expect(said[0]).to.include({
      'benefits.verdict': 'RECORD',
      'benefits.kind': 'AUTHORIZATION',
      'benefits.code': '00',
      'benefits.reason': 'APPROVED',
      'benefits.category': 'CASH',
    })
    expect(said[1]).to.include({ 'benefits.verdict': 'REPLAY', 'benefits.code': '00' })
    expect(said[2]).to.include({ 'benefits.code': '07', 'benefits.reason': 'ACCOUNT_NOT_FOUND' })
  })

  it('contain neither account, merchant nor amount', async () => {
    await authorize('a', 'secret-transaction')
    await allSettled(test)
    const { merchant } = purchase('x')
    const all = JSON.stringify(
      recorder.ended.map(({ name, attributes, events }) => [name, attributes, events]),
    )
    expect(all).not.to.include('secret-transaction').and.not.include(merchant)
  })

  it('of a group are shown by each member, and linked', async () => {
    await occupy(test)
    const calls = ['a', 'b', 'c'].map(() => recorder.call())
    const waiting = calls.map((call, place) => authorize('abc'.charAt(place), '1', call))
    test.store.loading.release()
    await Promise.all(waiting)
    for (const name of ['engine.read', 'engine.commit']) {
      const spans = recorder.named(name)
      const [trip] = spans
      const ids = calls.map(({ ids }) => ids.span_id)
      expect(
        spans.map((span) => relations(span).parent),
        name,
      ).to.deep.equal(ids)
      expect(trip && relations(trip).links, 'the trip links to the other calls').to.deep.equal(ids.slice(1))
      for (const span of spans.slice(1)) {
        expect(relations(span).links, 'the others link to the trip').to.deep.equal([
          trip?.spanContext().spanId,
        ])
      }
      expect(trip?.attributes).to.include({ 'benefits.accounts': 3, 'benefits.entries': 3 })
    }
  })

  it('of a group in which one call is sampled have no links', async () => {
    await occupy(test)
    const unfollowed = recorder.call({ traceparent: traceparentOf(1, '00') })
    const followed = recorder.call({ traceparent: traceparentOf(2, '01') })
    const waiting = [authorize('a', '1', unfollowed), authorize('b', '1', followed)]
    test.store.loading.release()
    await Promise.all(waiting)
    expect(recorder.named('engine.commit').map(relations)).to.deep.equal([
      { parent: followed.ids.span_id, links: [] },
    ])
    expect(recorder.named('engine.commit')[0]?.attributes).to.include({ 'benefits.accounts': 2 })
  })

  it('have no spans when no call is sampled', async () => {
    await test.authorize('a', purchase('1'), patience)
    await allSettled(test)
    expect(recorder.ended).to.deep.equal([])
  })

  it('show every attempt, and which of them failed, without the text of the store', async () => {
    test.store.committing.meets(new TypeError('mongodb://user:hunter2@host is down'))
    const error = await rejectionOf(authorize('a', '1'))
    expect(error).to.be.instanceOf(TypeError)
    test.store.committing.meets('OUTAGE')
    await authorize('a', '2')
    const commits = recorder.named('engine.commit')
    expect(commits.map(isFailed)).to.deep.equal([true, true, false])
    expect(commits[0]?.attributes).to.include({ 'error.type': 'TypeError' })
    expect(
      JSON.stringify(commits.map(({ status, attributes, events }) => [status, attributes, events])),
    ).not.to.include('hunter2')
  })

  it('of a repeat during the decision are shown by both calls', async () => {
    test.store.loading.hold()
    const waiting = [authorize('a', '1'), authorize('a', '1')]
    await soon('it reads', () => test.store.loading.inProgress > 0)
    test.store.loading.release()
    await Promise.all(waiting)
    expect(recorder.named('engine.commit')).to.have.length(2)
  })

  it('of a reversal belong to its own call, not to the purchase’s', async () => {
    await authorize('a', '1')
    const before = recorder.ended.length
    const call = recorder.call()
    const budget = { remainingMs: patience.remainingMs }
    call.follow(budget)
    const reversal = { transactionId: 'back', originalId: '1', described: {} }
    await reverse(test.engine, 'a', reversal, budget)
    call.ended('OK')
    const parents = recorder.ended
      .slice(before)
      .filter(({ name }) => name === 'engine.commit' || name === 'engine.read')
      .map((span) => relations(span).parent)
    expect(new Set(parents)).to.deep.equal(new Set([call.ids.span_id]))
  })
})
