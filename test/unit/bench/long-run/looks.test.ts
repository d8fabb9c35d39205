import { expect } from 'chai'
import { readMetrics, sumOf } from '../../../../bench/long-run/metrics-page.js'
import { notAtRest } from '../../../../bench/long-run/rest.js'
import { pointsOf, seriesOf } from '../../../../bench/long-run/series.js'

const latency = { count: 1, mean: 1, p50: 5, p90: 6, p99: 7, p999: 8, max: 9 }

function pageAfter(collectedSeconds: number): string {
  return [
    '# HELP nodejs_heap_size_used_bytes Heap in use',
    `nodejs_gc_duration_seconds_sum{kind="major"} ${collectedSeconds}`,
    `nodejs_gc_duration_seconds_sum{kind="minor"} ${collectedSeconds}`,
    ...['nodejs_heap_size_used_bytes', 'benefits_unposted_entries'].map(plain),
    `benefits_heap_used_after_gc_bytes ${3 * 2 ** 20}`,
    `benefits_external_used_after_gc_bytes ${2 ** 20}`,
    ...['benefits_oldest_unposted_seconds', 'benefits_waiting_requests'].map(plain),
    'nodejs_eventloop_lag_p99_seconds 0.012',
  ].join('\n')
}

function plain(name: string): string {
  return `${name} 3`
}

/**
 * A sample at a time, in milliseconds. Garbage collection took a tenth of the time, and the service half a
 * core.
 */
function lookAt(atMs: number) {
  return {
    atMs,
    service: {
      usage: { cpuMs: atMs / 2, rssBytes: 100 * 2 ** 20 },
      descriptors: { open: 40, sockets: 20 },
    },
    mongod: { usage: undefined, descriptors: undefined },
    page: readMetrics(pageAfter(atMs / 20_000)),
    machine: { busyMs: atMs, loadAverage: 1.5 },
  }
}

describe('a page of metrics', () => {
  const page = readMetrics(pageAfter(1))

  it('is summed over the labels of a name', () => {
    expect(sumOf(page, 'nodejs_gc_duration_seconds_sum')).to.equal(2)
    expect(sumOf(page, 'benefits_waiting_requests')).to.equal(3)
  })

  it('reports a missing name', () => {
    expect(() => sumOf(page, 'nodejs_gc_duration_seconds')).to.throw('there is no nodejs_gc_duration_seconds')
  })
})

describe('measurements of a long run', () => {
  const windows = [0, 1].map((index) => ({
    startedAtMs: 60_000 * (1 + index),
    durationMs: 60_000,
    answered: 120,
    rejected: 0,
    latency,
  }))
  const seen = seriesOf({ looks: [30_000, 90_000, 120_000, 180_000, 200_000].map(lookAt), windows })

  it('are those of the load, and of the time between two looks in which it began', () => {
    expect(seen.clocks).to.deep.equal({ looks: [0.5, 1, 2], windows: [1, 2] })
  })

  it('report times as shares of the interval between two samples', () => {
    const values = (id: Parameters<typeof pointsOf>[1]) => pointsOf(seen, id).map(({ y }) => y)
    expect(values('collectingPercent')).to.deep.equal([10, 10, 10])
    expect(values('serviceCores')).to.deep.equal([0.5, 0.5, 0.5])
    expect(values('busyCores')).to.deep.equal([1, 1, 1])
    expect(values('liveHeap')).to.deep.equal([3, 3, 3])
    expect(values('liveExternal')).to.deep.equal([1, 1, 1])
    expect(values('lagMs')).to.deep.equal([12, 12, 12])
    expect(values('answered')).to.deep.equal([2, 2])
  })

  it('have no value when the system gives none', () => {
    expect(seen.series.mongodResident).to.deep.equal([null, null, null])
    expect(pointsOf(seen, 'mongodResident')).to.deep.equal([])
  })
})

describe('a service at rest', () => {
  const before = { descriptors: 30, unposted: 0 }

  it('is the same as before the load', () => {
    expect(notAtRest(before, { descriptors: 29, unposted: 0 })).to.deep.equal([])
  })

  it('has lost no descriptor and left no entry', () => {
    const wrong = notAtRest(before, { descriptors: 31, unposted: 2 })
    expect(wrong).to.have.length(2)
    expect(wrong.join()).to.include('1 descriptors more').and.include('2 entries are unposted')
  })
})
