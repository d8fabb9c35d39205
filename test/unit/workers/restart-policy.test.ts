import { expect } from 'chai'
import { RestartPolicy } from '../../../src/workers/restart-policy.js'

/** What the policy says to ends at these times. */
function pausesAfter(endsMs: readonly number[]): readonly (number | undefined)[] {
  const policy = new RestartPolicy()
  return endsMs.map((endMs) => policy.pauseAfterEnd(endMs))
}

describe('the restart policy', () => {
  it('waits a little after a first end', () => {
    expect(pausesAfter([7])).to.deep.equal([100])
  })

  it('waits twice as long after each further end, and gives up at the sixth within a minute', () => {
    expect(pausesAfter([0, 1, 2, 3, 4, 59_999])).to.deep.equal([100, 200, 400, 800, 1_600, undefined])
  })

  it('forgets an end after a minute', () => {
    expect(pausesAfter([0, 60_000])).to.deep.equal([100, 100])
  })

  it('gives a worker that ends every twenty seconds another chance each time', () => {
    const ends = Array.from({ length: 50 }, (_, index) => index * 20_000)
    expect(pausesAfter(ends).slice(3)).to.deep.equal(Array(47).fill(400))
  })
})
