import { expect } from 'chai'
import { createMetrics, type Metrics } from '../../../src/observability/metrics.js'

const call = { service: 'benefits.v1.AuthorizationService', method: 'Authorize', type: 'unary' } as const
const callLabels = 'grpc_type="unary",grpc_service="benefits.v1.AuthorizationService",grpc_method="Authorize"'

describe('metrics', () => {
  let waiting: number
  let metrics: Metrics

  beforeEach(() => {
    waiting = 3
    metrics = createMetrics({
      waitingRequests: () => waiting,
      unsettledEntries: () => 5,
      oldestUnsettledMs: () => 1_500,
      catalogVersion: () => 12,
      catalogAgeMs: () => 2_500,
    })
  })

  it('count calls that have started', async () => {
    metrics.callStarted(call)
    expect(await lines()).to.include(`grpc_server_started_total{${callLabels}} 1`)
  })

  for (const direction of ['received', 'sent'] as const) {
    it(`count messages that streams have ${direction}`, async () => {
      metrics.streamMessage(call, direction)
      expect(await lines()).to.include(`grpc_server_msg_${direction}_total{${callLabels}} 1`)
    })
  }

  it('count calls that have ended, by status code', async () => {
    metrics.callHandled(call, 'OK', 0.25)
    expect(await lines()).to.include(`grpc_server_handled_total{${callLabels},grpc_code="OK"} 1`)
  })

  it('add up the seconds that calls took', async () => {
    metrics.callHandled(call, 'OK', 0.25)
    metrics.callHandled(call, 'INTERNAL', 0.5)
    expect(await lines()).to.include(`grpc_server_handling_seconds_sum{${callLabels}} 0.75`)
  })

  for (const [seconds, bucket] of [
    [0.0005, '0.0005'],
    [0.1, '0.1'],
    [5, '5'],
    [6, '+Inf'],
  ] as const) {
    it(`put a call of ${seconds} s into the bucket up to ${bucket}`, async () => {
      metrics.callHandled(call, 'OK', seconds)
      const counted = (await lines()).filter(
        (line) => line.startsWith('grpc_server_handling_seconds_bucket') && line.endsWith(' 1'),
      )
      expect(counted[0]).to.include(`le="${bucket}"`)
    })
  }

  it('count decisions', async () => {
    metrics.decision({
      kind: 'AUTHORIZATION',
      code: '00',
      reason: 'APPROVED',
      category: 'FOOD',
      replayed: false,
    })
    expect(await lines()).to.include(
      'benefits_decisions_total{kind="AUTHORIZATION",code="00",reason="APPROVED",category="FOOD",replayed="false"} 1',
    )
  })

  it('count stored answers apart', async () => {
    metrics.decision({
      kind: 'AUTHORIZATION',
      code: '00',
      reason: 'APPROVED',
      category: 'FOOD',
      replayed: true,
    })
    expect(await lines()).to.include(
      'benefits_decisions_total{kind="AUTHORIZATION",code="00",reason="APPROVED",category="FOOD",replayed="true"} 1',
    )
  })

  it('count refused tokens, by reason', async () => {
    metrics.tokenRefused('EXPIRED')
    expect(await lines()).to.include('benefits_tokens_refused_total{reason="EXPIRED"} 1')
  })

  it('count failed attempts to settle', async () => {
    metrics.settleFailed()
    metrics.settleFailed()
    expect(await lines()).to.include('benefits_settle_failures_total 2')
  })

  it('show that nothing has failed to settle', async () => {
    expect(await lines()).to.include('benefits_settle_failures_total 0')
  })

  for (const command of ['find', 'aggregate', 'insert', 'update', 'bulkWrite', 'getMore', 'ping']) {
    it(`count the command ${command} by its name`, async () => {
      metrics.mongoCommand(command, 'ok', 0.25)
      expect(await lines()).to.include(
        `mongodb_command_duration_seconds_sum{command="${command}",outcome="ok"} 0.25`,
      )
    })
  }

  it('count any other command as "other"', async () => {
    metrics.mongoCommand('saslStart', 'error', 0.25)
    metrics.mongoCommand('account-4711', 'error', 0.25)
    expect(await lines()).to.include(
      'mongodb_command_duration_seconds_count{command="other",outcome="error"} 2',
    )
  })

  it('name no other command', async () => {
    metrics.mongoCommand('account-4711', 'ok', 0.25)
    expect((await metrics.expose()).text).to.not.include('account-4711')
  })

  for (const line of [
    'benefits_waiting_requests 3',
    'benefits_unsettled_entries 5',
    'benefits_oldest_unsettled_seconds 1.5',
  ]) {
    it(`read ${line.split(' ')[0]} when they are asked`, async () => {
      expect(await lines()).to.include(line)
    })
  }

  it('read anew each time they are asked', async () => {
    await lines()
    waiting = 4
    expect(await lines()).to.include('benefits_waiting_requests 4')
  })

  it('tell which catalog is in use, and since when it is not known to be the latest', async () => {
    const shown = await lines()
    expect(shown).to.include('benefits_catalog_version 12')
    expect(shown).to.include('benefits_catalog_age_seconds 2.5')
  })

  it('count failed looks for a new catalog', async () => {
    metrics.catalogRefreshFailed()
    expect(await lines()).to.include('benefits_catalog_refresh_failures_total 1')
  })

  it('tell of the process too', async () => {
    expect((await metrics.expose()).text).to.match(/^process_resident_memory_bytes \d+$/m)
  })

  it('are in the Prometheus text format', async () => {
    expect((await metrics.expose()).contentType).to.equal('text/plain; version=0.0.4; charset=utf-8')
  })

  it('share nothing with another registry', async () => {
    metrics.settleFailed()
    const other = createMetrics({
      waitingRequests: () => 0,
      unsettledEntries: () => 0,
      oldestUnsettledMs: () => 0,
      catalogVersion: () => 0,
      catalogAgeMs: () => 0,
    })
    expect((await other.expose()).text).to.match(/^benefits_settle_failures_total 0$/m)
  })

  async function lines(): Promise<readonly string[]> {
    return (await metrics.expose()).text.split('\n')
  }
})
