import { expect } from 'chai'
import { purchase } from '../support/clients/client.js'
import { fundedAccount } from '../support/database/accounts.js'
import { readMetric, readMetrics } from '../support/processes/metrics-page.js'
import { useService } from '../support/processes/service-fixture.js'

describe('the admin port', () => {
  const fixture = useService()
  const get = (path: string, method = 'GET') => fetch(`${fixture().service.httpUrl}${path}`, { method })
  const metric = (series: string, labels?: Readonly<Record<string, string>>) =>
    readMetric(fixture().service.httpUrl, series, labels)

  for (const path of ['/livez', '/readyz', '/metrics']) {
    it(`answers GET ${path} with 200`, async () => {
      expect((await get(path)).status).to.equal(200)
    })

    it(`answers HEAD ${path} with headers only`, async () => {
      expect(await (await get(path, 'HEAD')).text()).to.equal('')
    })

    it(`answers POST ${path} with 405 and the allowed methods`, async () => {
      const { status, headers } = await get(path, 'POST')
      expect([status, headers.get('allow')]).to.deep.equal([405, 'GET, HEAD'])
    })
  }

  for (const path of ['/', '/metrics/', '/favicon.ico', '/readyz/x', '//livez']) {
    it(`answers ${path} with 404`, async () => {
      expect((await get(path)).status).to.equal(404)
    })
  }

  it('ignores a query string', async () => {
    expect((await get('/livez?verbose')).status).to.equal(200)
  })

  it('reports that it is ready', async () => {
    expect(await (await get('/readyz')).text()).to.equal('ready\n')
  })

  it('shows metrics in the text format of Prometheus', async () => {
    expect((await get('/metrics')).headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/)
  })

  describe('/metrics', () => {
    const decisions = 'benefits_decisions_total'
    const authorize = {
      grpc_type: 'unary',
      grpc_service: 'benefits.v1.AuthorizationService',
      grpc_method: 'Authorize',
    }
    before(async () => {
      const { client, core } = fixture()
      const paid = purchase({ account_id: await fundedAccount(core, { FOOD: 1_000n }), mcc: '5411' })
      await client.decide(paid)
      await client.decide(paid)
      await client.decide(purchase({ account_id: paid.account_id }))
      await client.decide(purchase({ account_id: 'not-there' }))
      await client.fail(purchase({ mcc: '' }))
    })

    for (const [what, labels] of [
      ['an approval', { code: '00', reason: 'APPROVED', category: 'FOOD', replayed: 'false' }],
      ['a stored answer', { code: '00', reason: 'APPROVED', category: 'FOOD', replayed: 'true' }],
      ['a decline', { code: '51', reason: 'INSUFFICIENT_BALANCE', category: '', replayed: 'false' }],
      ['an unknown account', { code: '07', reason: 'ACCOUNT_NOT_FOUND', category: '', replayed: 'false' }],
    ] as const) {
      it(`counts ${what} by code, reason and category`, async () => {
        expect(await metric(decisions, labels)).to.equal(1)
      })
    }

    it('counts every call that has started', async () => {
      expect(await metric('grpc_server_started_total', authorize)).to.equal(5)
    })

    for (const [grpc_code, calls] of [
      ['OK', 4],
      ['INVALID_ARGUMENT', 1],
    ] as const) {
      it(`counts calls that ended with ${grpc_code}`, async () => {
        expect(await metric('grpc_server_handled_total', { ...authorize, grpc_code })).to.equal(calls)
      })
    }

    it('measures the duration of calls', async () => {
      expect(await metric('grpc_server_handling_seconds_count', authorize)).to.equal(5)
    })

    it('measures the duration of database operations', async () => {
      const labels = { command: 'aggregate', outcome: 'ok' }
      expect(await metric('mongodb_command_duration_seconds_count', labels)).to.be.above(0)
    })

    it('measures the process', async () => {
      expect(await metric('process_resident_memory_bytes')).to.be.above(0)
    })

    it('has no account, merchant or transaction in any label', async () => {
      const samples = [...(await readMetrics(fixture().service.httpUrl)).keys()].join('\n')
      expect(samples).not.to.match(/not-there|PADARIA|account_id|transaction_id/)
    })
  })
})
