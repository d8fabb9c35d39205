import { expect } from 'chai'
import fc from 'fast-check'
import { gistOf, middleOf, slopeOf } from '../../../../bench/long-run/trend.js'

const line = (values: readonly number[]) => values.map((y, x) => ({ x, y }))

describe('the slope of a series', () => {
  it('is that of the line through the points', () => {
    const number = fc.integer({ min: -1_000, max: 1_000 })
    fc.assert(
      fc.property(number, number, fc.integer({ min: 2, max: 30 }), (slope, start, count) => {
        const points = Array.from({ length: count }, (_, x) => ({ x, y: start + slope * x }))
        expect(slopeOf(points)).to.equal(slope)
      }),
    )
  })

  it('ignores a few outliers', () => {
    const points = line(Array.from({ length: 20 }, (_, x) => 3 * x))
    const odd = points.map(({ x, y }) => ({ x, y: x % 6 === 5 ? 100_000 : y }))
    expect(slopeOf(odd)).to.be.closeTo(3, 0.5)
  })

  it('is undefined for fewer than two points', () => {
    expect(slopeOf([])).to.equal(undefined)
    expect(slopeOf([{ x: 1, y: 2 }])).to.equal(undefined)
  })
})

describe('the summary of a series', () => {
  it('is the middle of each stretch, at its middle', () => {
    const points = line([5, 1, 9, 20, 10, 60])
    expect(gistOf(points, { length: 3 })).to.deep.equal([
      { x: 1.5, y: 5 },
      { x: 4.5, y: 20 },
    ])
  })

  it('has no value for a stretch without samples', () => {
    const points = [
      { x: 0, y: 1 },
      { x: 9, y: 2 },
    ]
    expect(gistOf(points, { length: 3 }).map(({ x }) => x)).to.deep.equal([1.5, 10.5])
  })

  it('uses the mean of two values in the middle', () => {
    expect(middleOf([4, 1, 3, 2])).to.equal(2.5)
    expect(middleOf([])).to.equal(undefined)
  })
})
