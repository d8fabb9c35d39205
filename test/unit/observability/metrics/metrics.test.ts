import { expect } from 'chai'
import { createMetrics, idleReadings, type Metrics } from '../../../../src/observability/metrics/metrics.js'
import { metricLabels } from '../../../../src/service/metric-labels.js'

const call = { service: 'benefits.v1.AuthorizationService', method: 'Authorize', type: 'unary' } as const
const stream = { ...call, method: 'AuthorizeStream', type: 'bidi_stream' } as const
const callLabels = 'grpc_type="unary",grpc_service="benefits.v1.AuthorizationService",grpc_method="Authorize"'

describe('metrics', () => {
  let waiting: number
  let serving: boolean
  let isUnfit: boolean
  let metrics: Metrics

  let categories: string[]

  beforeEach(() => {
    waiting = 3
    serving = true
    isUnfit = false
    categories = ['FOOD']
    metrics = createMetrics({ labels: metricLabels, version: '1.2.3' })
    metrics.observe({
      engine: () => ({
        waitingRequests: { PURCHASE: waiting, BOOKING: 7, BACK_OFFICE: 6, EXPIRY: 8 },
        waitingRequestsMax: 1_024,
        unpostedEntries: 5,
        backlogEntries: 2,
        oldestUnpostedMs: 1_500,
        oldestOverdueHoldMs: 2_500,
      }),
      cardRail: () => ({
        openHolds: 11,
        heldCentavos: 12_000,
        owingAccounts: 13,
        owedCentavos: 14_000,
        unmatchedReversals: 15,
        ageMs: 16_500,
      }),
      connections: () => ({ open: 7, openMax: 1_000, unauthenticated: 2 }),
      pool: () => ({ connections: 9, checkedOut: 7, waiting: 4, connectionsMax: 20, usedRatio: 0.35 }),
      isDatabaseUnfit: () => isUnfit,
      catalog: () => ({ version: 12, ageMs: 2_500, categories }),
      serving: () => serving,
      keyFiles: idleReadings.keyFiles,
    })
  })

  it('count calls that have started', async () => {
    metrics.callStarted(call)
    expect(await lines()).to.include(`grpc_server_started_total{${callLabels}} 1`)
  })

  it('show whether the database is the wrong one', async () => {
    expect(await lines()).to.include('benefits_database_unfit 0')
    isUnfit = true
    expect(await lines()).to.include('benefits_database_unfit 1')
  })

  for (const direction of ['received', 'sent'] as const) {
    it(`count messages ${direction} on streams`, async () => {
      metrics.streamMessage(stream, direction)
      expect(await lines()).to.include(
        `grpc_server_msg_${direction}_total{grpc_type="bidi_stream",grpc_service="benefits.v1.AuthorizationService",grpc_method="AuthorizeStream"} 1`,
      )
    })

    it(`do not count the single message ${direction} without a stream`, async () => {
      metrics.streamMessage(call, direction)
      expect((await metrics.expose()).text).to.not.include(
        `grpc_server_msg_${direction}_total{${callLabels}}`,
      )
    })
  }

  it('count purchases answered on streams, by status code, and their time', async () => {
    metrics.streamedPurchase('OK', 0.25)
    metrics.streamedPurchase('UNAVAILABLE', 0.5)
    expect(await lines()).to.include.members([
      'benefits_streamed_purchases_total{grpc_code="OK"} 1',
      'benefits_streamed_purchases_total{grpc_code="UNAVAILABLE"} 1',
      'benefits_streamed_purchase_seconds_sum 0.75',
    ])
  })

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

  const approved = {
    kind: 'AUTHORIZATION',
    code: '00',
    reason: 'APPROVED',
    category: 'FOOD',
    replayed: false,
  } as const
  const approvedLabels = 'kind="AUTHORIZATION",code="00",reason="APPROVED",category="FOOD"'

  it('count decisions', async () => {
    metrics.decision(approved, 1_050)
    expect(await lines()).to.include(`benefits_decisions_total{${approvedLabels},replayed="false"} 1`)
  })

  it('add up the money moved by decisions', async () => {
    metrics.decision(approved, 1_050)
    metrics.decision(approved, 50)
    expect(await lines()).to.include(
      'benefits_moved_centavos_total{kind="AUTHORIZATION",category="FOOD"} 1100',
    )
  })

  it('count stored answers separately, without their money', async () => {
    metrics.decision({ ...approved, replayed: true }, 1_050)
    expect(await lines()).to.include.members([
      `benefits_decisions_total{${approvedLabels},replayed="true"} 1`,
      'benefits_moved_centavos_total{kind="AUTHORIZATION",category="FOOD"} 0',
    ])
  })

  it('have the series of a category as soon as it is in the catalog', async () => {
    categories = ['FOOD', 'PETS']
    expect(await lines()).to.include.members([
      'benefits_decisions_total{kind="AUTHORIZATION",code="00",reason="APPROVED",category="PETS",replayed="false"} 0',
      'benefits_moved_centavos_total{kind="REVERSAL",category="PETS"} 0',
    ])
  })

  it('distinguish 128 categories, however many are added and deleted', async () => {
    for (let number = 0; number < 1_000; number++) {
      categories = [`CATEGORY_${number}`]
      metrics.decision({ ...approved, category: `CATEGORY_${number}` }, 1)
      if (number % 100 === 0) await metrics.expose()
    }
    const labels = [
      ...(await metrics.expose()).text.matchAll(
        /centavos_total{kind="AUTHORIZATION",category="([^"]*)"} (\d+)/g,
      ),
    ]
    expect(labels).to.have.length(129)
    expect(labels.find(([, category]) => category === 'other')?.[2]).to.equal(String(1_000 - 128))
  })

  it('keep a series for the category of the first decision', async () => {
    metrics.decision({ ...approved, category: 'PETS' }, 1)
    categories = ['PETS']
    expect(await lines()).to.include('benefits_moved_centavos_total{kind="REVERSAL",category="PETS"} 0')
  })

  it('count rejected tokens, by reason', async () => {
    metrics.tokenRejected('EXPIRED')
    expect(await lines()).to.include('benefits_tokens_rejected_total{reason="EXPIRED"} 1')
  })

  it('have every rejection reason for tokens from the start', async () => {
    expect(await lines()).to.include('benefits_tokens_rejected_total{reason="SCOPE_MISSING"} 0')
  })

  it('report how many requests are decided together, and the duration', async () => {
    metrics.groupDecided(3, 0.25)
    metrics.groupDecided(128, 0.5)
    expect(await lines()).to.include.members([
      'benefits_group_size_bucket{le="4"} 1',
      'benefits_group_size_bucket{le="128"} 2',
      'benefits_group_size_sum 131',
      'benefits_group_seconds_sum 0.75',
    ])
  })

  it('count repeated decisions, by cause', async () => {
    metrics.retried('STALE_COPY')
    expect(await lines()).to.include.members([
      'benefits_retries_total{cause="STALE_COPY"} 1',
      'benefits_retries_total{cause="LOST_RACE"} 0',
    ])
  })

  it('count entries that the ledger rejects', async () => {
    metrics.ledgerRejected()
    expect(await lines()).to.include('benefits_ledger_rejections_total 1')
  })

  it('count failed checkouts by reason, and cleared pools', async () => {
    metrics.poolFailed('TIMEOUT')
    metrics.poolCleared()
    expect(await lines()).to.include.members([
      'mongodb_pool_checkout_failures_total{reason="TIMEOUT"} 1',
      'mongodb_pool_checkout_failures_total{reason="CONNECTION_ERROR"} 0',
      'mongodb_pool_clears_total 1',
    ])
  })

  it('report the version of the service', async () => {
    expect(await lines()).to.include('benefits_build_info{version="1.2.3"} 1')
  })

  it('show each kind of garbage collection before the first one', async () => {
    expect((await metrics.expose()).text).to.match(/^nodejs_gc_duration_seconds_count{kind="weakcb"} \d+$/m)
  })

  it('count failed attempts to post', async () => {
    metrics.postingFailed()
    metrics.postingFailed()
    expect(await lines()).to.include('benefits_posting_failures_total 2')
  })

  it('count the holds that have expired', async () => {
    metrics.holdsExpired(64)
    metrics.holdsExpired(1)
    expect(await lines()).to.include('benefits_holds_expired_total 65')
  })

  it('show that posting never failed', async () => {
    expect(await lines()).to.include('benefits_posting_failures_total 0')
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
    'benefits_waiting_requests{lane="PURCHASE"} 3',
    'benefits_waiting_requests{lane="BOOKING"} 7',
    'benefits_waiting_requests{lane="BACK_OFFICE"} 6',
    'benefits_waiting_requests{lane="EXPIRY"} 8',
    'benefits_unposted_entries 5',
    'benefits_oldest_unposted_seconds 1.5',
    'benefits_oldest_overdue_hold_seconds 2.5',
    'benefits_open_holds 11',
    'benefits_held_centavos 12000',
    'benefits_owing_accounts 13',
    'benefits_owed_centavos 14000',
    'benefits_unmatched_early_reversals 15',
    'benefits_card_rail_totals_age_seconds 16.5',
    'benefits_waiting_requests_max{lane="PURCHASE"} 1024',
    'benefits_waiting_requests_max{lane="BACK_OFFICE"} 1024',
    'benefits_posting_backlog_entries 2',
    'benefits_serving 1',
    'mongodb_pool_connections 9',
    'mongodb_pool_connections_checked_out 7',
    'mongodb_pool_connections_max 20',
    'mongodb_pool_used_ratio 0.35',
    'mongodb_pool_waiting 4',
  ]) {
    it(`read ${line.split(' ')[0]} at every scrape`, async () => {
      expect(await lines()).to.include(line)
    })
  }

  it('are read at every scrape', async () => {
    await lines()
    waiting = 4
    expect(await lines()).to.include('benefits_waiting_requests{lane="PURCHASE"} 4')
  })

  it('report when the process cannot decide', async () => {
    serving = false
    expect(await lines()).to.include('benefits_serving 0')
  })

  it('report the catalog in use, and since when it may be outdated', async () => {
    const shown = await lines()
    expect(shown).to.include('benefits_catalog_version 12')
    expect(shown).to.include('benefits_catalog_age_seconds 2.5')
  })

  it('count failed refreshes of the catalog', async () => {
    metrics.catalogRefreshFailed()
    expect(await lines()).to.include('benefits_catalog_refresh_failures_total 1')
  })

  it('describe the process too', async () => {
    expect((await metrics.expose()).text).to.match(/^process_resident_memory_bytes \d+$/m)
  })

  it('show an idle process until they get their sources', async () => {
    const { text } = await createMetrics({ labels: metricLabels, version: '1.2.3' }).expose()
    expect(text).to.match(/^benefits_serving 0$/m)
  })

  it('are in the Prometheus text format', async () => {
    expect((await metrics.expose()).contentType).to.equal('text/plain; version=0.0.4; charset=utf-8')
  })

  it('share nothing with another registry', async () => {
    metrics.postingFailed()
    const other = createMetrics({ labels: metricLabels, version: '1.2.3' })
    expect((await other.expose()).text).to.match(/^benefits_posting_failures_total 0$/m)
  })

  async function lines(): Promise<readonly string[]> {
    return (await metrics.expose()).text.split('\n')
  }
})
