import { expect } from 'chai'
import type { SeriesId } from '../../../../bench/long-run/series.js'
import { isJudged, judged, slopesIn, verdictOn } from '../../../../bench/long-run/verdict.js'
import { bell, type Course, inventedRecord } from './invented-record.js'

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

/** The number of twenty runs in which a rise was found. */
function risingIn(courses: Partial<Record<SeriesId, Course>>, minutes = 30): number {
  return SEEDS.filter((seed) => slopesIn(inventedRecord({ minutes, seed, courses })).length > 0).length
}

/** A starting value that grows by a percentage every ten minutes, with noise. */
function leaking({ from, percent, noise }: { from: number; percent: number; noise: number }): Course {
  return (minute, random) => from * (1 + (percent / 100) * (minute / 10)) + noise * (bell(random) - 0.5)
}

describe('the verdict on a long run', () => {
  it('finds no slope in mere noise', () => {
    const noise = (from: number, noise: number) => leaking({ from, percent: 0, noise })
    const courses = {
      resident: noise(250, 60),
      liveHeap: noise(90, 15),
      liveExternal: noise(20, 6),
      descriptors: (_: number, random: Parameters<Course>[1]) => 40 + random.below(3),
      unposted: noise(60, 100),
      unpostedMs: noise(40, 60),
      waiting: noise(8, 14),
      lagMs: noise(14, 10),
      p50: noise(9, 4),
      p99: noise(40, 50),
    }
    expect(risingIn(courses)).to.equal(0)
    expect(risingIn(courses, 10)).to.equal(0)
  })

  it('finds memory that grows by 5 % in ten minutes, in every run', () => {
    expect(risingIn({ resident: leaking({ from: 250, percent: 5, noise: 40 }) })).to.equal(SEEDS.length)
  })

  it('accepts memory that grows by 1 % in ten minutes', () => {
    expect(risingIn({ resident: leaking({ from: 250, percent: 1, noise: 40 }) })).to.equal(0)
  })

  it('finds memory after garbage collection that grows by 5 % in ten minutes, and accepts 1 %', () => {
    expect(risingIn({ liveHeap: leaking({ from: 90, percent: 5, noise: 10 }) })).to.equal(SEEDS.length)
    expect(risingIn({ liveHeap: leaking({ from: 90, percent: 1, noise: 10 }) })).to.equal(0)
  })

  it('finds a descriptor leak of one every six minutes', () => {
    const descriptors: Course = (minute, random) => 40 + Math.floor(minute / 6) + random.below(2)
    expect(risingIn({ descriptors })).to.equal(SEEDS.length)
  })

  it('finds unposted entries, and growing latency', () => {
    expect(risingIn({ unposted: (minute) => 60 + 4 * minute })).to.equal(SEEDS.length)
    expect(risingIn({ p99: leaking({ from: 30, percent: 40, noise: 20 }) })).to.equal(SEEDS.length)
  })

  it('ignores series that fall, or level off in the first minutes', () => {
    expect(risingIn({ resident: (minute) => 300 - 4 * minute })).to.equal(0)
    expect(risingIn({ resident: (minute) => 150 + 100 * Math.min(1, minute / 5) })).to.equal(0)
  })

  it('ignores an invalid minute', () => {
    expect(risingIn({ p99: (minute) => (minute > 27 && minute < 28 ? 900 : 30) })).to.equal(0)
  })

  it('names the growing series, its growth and the limit', () => {
    const record = inventedRecord({ courses: { descriptors: (minute) => 40 + minute } })
    expect(slopesIn(record)).to.deep.equal(['open descriptors: grows by 30.0 in the run, and may by 2.0'])
    const [descriptors] = judged.filter(({ id }) => id === 'descriptors')
    if (!descriptors) throw new Error('descriptors are judged')
    const line = verdictOn(record, descriptors)?.line ?? []
    expect(line.map(({ x }) => x)).to.deep.equal([5, 30])
    expect(line[0]?.y).to.be.closeTo(45, 0.5)
    expect(line[1]?.y).to.be.closeTo(70, 0.5)
  })

  it('is absent for a run that is too short', () => {
    const record = inventedRecord({ minutes: 5, courses: { descriptors: (minute) => 40 + 10 * minute } })
    expect(isJudged(record)).to.equal(false)
    expect(slopesIn(record)).to.deep.equal([])
  })
})
