import { expect } from 'chai'
import { array, assert, asyncProperty, constant, nat, oneof, record } from 'fast-check'
import { metricLabels } from '../../../src/metric-labels.js'
import { MergedMetrics } from '../../../src/observability/merged-metrics.js'
import type { MetricsSnapshot } from '../../../src/observability/metric-registry.js'
import { createMetrics, idleReadings, type Metrics } from '../../../src/observability/metrics.js'

const call = { service: 'benefits.v1.AuthorizationService', method: 'Authorize', type: 'unary' } as const

/** One worker's metrics; its gauges say what is given. */
function worker({ waiting = 0, oldestMs = 0, usedRatio = 0 } = {}): Metrics {
  const readings = {
    ...idleReadings,
    engine: () => ({
      ...idleReadings.engine(),
      waitingRequests: { PURCHASE: waiting, BACK_OFFICE: 0 },
      unsettledEntries: waiting * 2,
      oldestUnsettledMs: oldestMs,
    }),
    pool: () => ({ ...idleReadings.pool(), usedRatio }),
  }
  return createMetrics({ readings, labels: metricLabels, version: '1.2.3' })
}

function mergedMetrics(servingWorkers: () => number): MergedMetrics {
  return new MergedMetrics({ servingWorkers, labels: metricLabels, version: '1.2.3' })
}

/** As it comes from another process. */
async function received(metrics: Metrics): Promise<MetricsSnapshot> {
  return structuredClone(await metrics.snapshot())
}

function namesIn(page: string): readonly string[] {
  return [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name)
}

describe('merged metrics', () => {
  let merged: MergedMetrics
  let serving: number

  beforeEach(() => {
    serving = 0
    merged = mergedMetrics(() => serving)
  })

  async function lines(): Promise<readonly string[]> {
    return (await merged.expose()).text.split('\n')
  }

  async function sampleOf(series: string): Promise<number> {
    const line = (await lines()).find((each) => each.startsWith(`${series} `))
    return Number(line?.slice(series.length + 1))
  }

  describe('of two workers', () => {
    beforeEach(async () => {
      const one = worker({ waiting: 3, oldestMs: 1_500, usedRatio: 0.25 })
      const other = worker({ waiting: 4, oldestMs: 500, usedRatio: 0.75 })
      one.callHandled(call, 'OK', 0.25)
      one.settleFailed()
      other.callHandled(call, 'OK', 0.25)
      other.callHandled(call, 'INTERNAL', 4)
      other.settleFailed()
      merged.workerSeen(1, await received(one))
      merged.workerSeen(2, await received(other))
    })

    const labels = 'grpc_type="unary",grpc_service="benefits.v1.AuthorizationService",grpc_method="Authorize"'
    for (const [what, line] of [
      ['a counter', 'benefits_settle_failures_total 2'],
      ['a counter, label by label', `grpc_server_handled_total{${labels},grpc_code="OK"} 2`],
      ['a counter that only one has', `grpc_server_handled_total{${labels},grpc_code="INTERNAL"} 1`],
      ["a histogram's buckets", `grpc_server_handling_seconds_bucket{le="0.5",${labels}} 2`],
      ["a histogram's sum", `grpc_server_handling_seconds_sum{${labels}} 4.5`],
      ["a histogram's count", `grpc_server_handling_seconds_count{${labels}} 3`],
      ['requests that wait', 'benefits_waiting_requests{lane="PURCHASE"} 7'],
      ['entries to settle', 'benefits_unsettled_entries 14'],
    ]) {
      it(`add up ${what}`, async () => {
        expect(await lines()).to.include(line)
      })
    }

    it('show the oldest entry to settle', async () => {
      expect(await lines()).to.include('benefits_oldest_unsettled_seconds 1.5')
    })

    it('show the pool of connections that is used most', async () => {
      expect(await lines()).to.include('mongodb_pool_used_ratio 0.75')
    })

    it('show the memory of all processes', async () => {
      expect(await sampleOf('process_resident_memory_bytes')).to.be.above(2 * process.memoryUsage.rss())
    })

    it('show the start of the primary', async () => {
      const own = (await worker().expose()).text
      expect(own).to.include(`process_start_time_seconds ${await sampleOf('process_start_time_seconds')}\n`)
    })

    it('have each name once', async () => {
      const names = namesIn((await merged.expose()).text)
      expect(names).to.have.length(new Set(names).size)
    })

    describe('one of which has ended', () => {
      beforeEach(() => merged.workerEnded(1))

      it('still count what it had counted', async () => {
        expect(await sampleOf('benefits_settle_failures_total')).to.equal(2)
      })

      it('still count the calls that it had measured', async () => {
        expect(await lines()).to.include(`grpc_server_handling_seconds_count{${labels}} 3`)
      })

      it('do not say what it had at that moment', async () => {
        expect(await sampleOf('benefits_waiting_requests{lane="PURCHASE"}')).to.equal(4)
      })

      it('count its end', async () => {
        expect(await sampleOf('benefits_worker_ends_total')).to.equal(1)
      })
    })
  })

  it('have every series before the first worker is seen', async () => {
    const own = namesIn((await worker().expose()).text)
    expect(namesIn((await merged.expose()).text)).to.have.members(own)
  })

  it('show the lag of the event loop that is latest', async () => {
    const snapshot = await received(worker())
    const late = snapshot.map((metric) =>
      metric.name === 'nodejs_eventloop_lag_p99_seconds'
        ? { ...metric, values: [{ value: 77, labels: {} }] }
        : metric,
    )
    merged.workerSeen(1, snapshot)
    merged.workerSeen(2, late)
    expect(await sampleOf('nodejs_eventloop_lag_p99_seconds')).to.equal(77)
  })

  it('are not spoilt by a worker that has measured nothing', async () => {
    const snapshot = await received(worker({ waiting: 5 }))
    const empty = snapshot.map((metric) => ({ ...metric, values: [{ value: Number.NaN, labels: {} }] }))
    merged.workerSeen(1, snapshot)
    merged.workerSeen(2, empty)
    expect(await sampleOf('benefits_waiting_requests{lane="PURCHASE"}')).to.equal(5)
  })

  it('say once which version they are of', async () => {
    merged.workerSeen(1, await received(worker()))
    merged.workerSeen(2, await received(worker()))
    expect(await lines()).to.include('benefits_build_info{version="1.2.3"} 1')
  })

  it('tell how many workers serve at the moment', async () => {
    serving = 2
    expect(await lines()).to.include('benefits_workers 2')
  })

  it('are in the Prometheus text format', async () => {
    expect((await merged.expose()).contentType).to.equal('text/plain; version=0.0.4; charset=utf-8')
  })

  it('never go down, whichever worker ends when, and are the sum of what was seen of each', async () => {
    const steps = array(record({ pid: nat(3), step: oneof(nat(9), constant('ENDS' as const)) }), {
      minLength: 1,
      maxLength: 20,
    })
    const { name, help, type, aggregator, collect } = counterOf(await worker().snapshot())
    const snapshotOf = (value: number): MetricsSnapshot => [
      { name, help, type, aggregator, collect, values: [{ value, labels: {} }] },
    ]
    const every = mergedMetrics(() => 0)
    let before = 0
    await assert(
      asyncProperty(steps, async (taken) => {
        const counted = new Map<number, number>()
        let sum = before
        for (const { pid, step } of taken) {
          if (step === 'ENDS') {
            every.workerEnded(pid)
            counted.delete(pid)
          } else {
            const count = (counted.get(pid) ?? 0) + step
            counted.set(pid, count)
            sum += step
            every.workerSeen(pid, snapshotOf(count))
          }
          const [, shown] = /^benefits_settle_failures_total (\d+)$/m.exec((await every.expose()).text) ?? []
          expect(Number(shown)).to.equal(sum).and.at.least(before)
          before = sum
        }
        for (const pid of counted.keys()) every.workerEnded(pid)
      }),
      { seed: 20261123, numRuns: 15 },
    )
  })
})

function counterOf(snapshot: MetricsSnapshot): MetricsSnapshot[number] {
  const found = snapshot.find(({ name }) => name === 'benefits_settle_failures_total')
  if (!found) throw new Error('there is no such counter')
  return found
}
