import { expect } from 'chai'
import fc from 'fast-check'
import { Histogram, mergedBuckets, percentileMs } from '../../../bench/load/histogram.js'

const durations = fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
})

function histogramOf(all: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const durationMs of all) histogram.record(durationMs)
  return histogram
}

describe('the histogram of the load generator', () => {
  it('returns every percentile to within 0.4 %', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.01, 0.5, 0.9, 0.99, 0.999, 1), (all, share) => {
        const sorted = [...all].sort((one, other) => one - other)
        const exact = sorted[Math.ceil(sorted.length * share) - 1] ?? 0
        const found = percentileMs(histogramOf(all).buckets(), share)
        // Half a microsecond, because durations are rounded to whole ones.
        expect(found).to.be.closeTo(exact, exact * 0.004 + 0.000_51)
      }),
    )
  })

  it('is the same whether it is one or merged from two', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const merged = mergedBuckets([histogramOf(some).buckets(), histogramOf(others).buckets()])
        expect(merged).to.deep.equal(histogramOf([...some, ...others]).buckets())
      }),
    )
  })

  it('returns the exact count, mean and maximum', () => {
    const { count, mean, max } = histogramOf([1, 2, 6]).figures()
    expect({ count, mean, max }).to.deep.equal({ count: 3, mean: 3, max: 6 })
  })

  it('accepts values beyond its resolution', () => {
    expect(histogramOf([100_000]).figures()).to.include({ count: 1, max: 100_000 })
    expect(percentileMs(histogramOf([100_000]).buckets(), 0.5)).to.be.closeTo(67_000, 300)
  })

  it('is all zeros without values', () => {
    expect(Object.values(new Histogram().figures())).to.deep.equal([0, 0, 0, 0, 0, 0, 0])
  })
})
