import { expect } from 'chai'
import type { Activity } from '../../../console/api/messages.js'
import { pointsOf, reasonsSince, withSample } from '../../../console/live/samples.js'

const START = '2026-11-29T12:00:00.000Z'

describe('the samples behind the charts', () => {
  it('give rates and percentiles between two readings', () => {
    const samples = withSample(
      withSample([], activity(0, { approved: 10 })),
      activity(2, { approved: 30, declined: 4 }),
    )
    const [point] = pointsOf(samples)
    expect(point).to.deep.include({ approvedPerSecond: 10, declinedPerSecond: 2 })
    // Of 24 calls, all ended between 5 and 10 ms.
    expect(point?.p50Ms).to.equal(7.5)
    expect(reasonsSince(samples)).to.deep.equal([
      ['APPROVED', 20],
      ['INSUFFICIENT_BALANCE', 4],
    ])
  })

  it('count a verification as an approval', () => {
    const decisions = [
      { kind: 'TRANSACTION_KIND_AUTHORIZATION', reason: 'REASON_VERIFIED', count: '6' },
    ] as const
    const samples = withSample(withSample([], activity(0, {})), { ...activity(2, {}), decisions })
    expect(pointsOf(samples)[0]).to.deep.include({ approvedPerSecond: 3, declinedPerSecond: 0 })
  })

  it('have no percentile when no call ended', () => {
    const samples = withSample(withSample([], activity(0, {})), activity(2, {}))
    expect(pointsOf(samples)[0]?.p99Ms).to.equal(undefined)
  })

  it('start again when another process answers', () => {
    const first = withSample([], activity(0, { approved: 1_000 }))
    const other = { ...activity(2, { approved: 5 }), startTime: '2026-11-29T11:00:00.000Z' }
    expect(pointsOf(withSample(first, other))).to.deep.equal([])
  })

  it('are dropped after ten minutes', () => {
    const samples = withSample(withSample([], activity(0, {})), activity(601, {}))
    expect(samples).to.have.length(1)
  })
})

function activity(
  second: number,
  { approved = 0, declined = 0 }: { readonly approved?: number; readonly declined?: number },
): Activity {
  const kind = 'TRANSACTION_KIND_AUTHORIZATION'
  const calls = String(approved + declined)
  return {
    startTime: START,
    readTime: new Date(Date.parse(START) + second * 1_000).toISOString(),
    decisions: [
      { kind, reason: 'REASON_APPROVED', count: String(approved) },
      { kind, reason: 'REASON_INSUFFICIENT_BALANCE', count: String(declined) },
      { kind: 'TRANSACTION_KIND_REVERSAL', reason: 'REASON_APPROVED', count: '99' },
    ],
    latencies: [{ atMostUs: '5000', count: '0' }, { atMostUs: '10000', count: calls }, { count: calls }],
  }
}
