import { expect } from 'chai'
import { type AuthorizeResponse, type Outcome, purchase, TestClient } from '../support/clients/client.js'
import { HealthClient } from '../support/clients/health-client.js'
import { lockAccount } from '../support/database/account-lock.js'
import { fundedAccount } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { eventually } from '../support/eventually.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { type ServiceFixture, useService } from '../support/processes/service-fixture.js'

/** Begins a purchase that cannot end until its account is unlocked, and waits until the service has it. */
async function beginPurchase({ core, client, service, env }: ServiceFixture) {
  const account_id = await fundedAccount(core, { CASH: 5_000n })
  const lock = await lockAccount(core, String(env['MONGODB_DATABASE']), account_id)
  const answer = client.authorize(purchase({ account_id }))
  const labels = { grpc_method: 'Authorize' }
  await eventually(
    'the call has begun',
    async () => (await readMetric(service.httpUrl, 'grpc_server_started_total', labels)) > 0,
  )
  return { account_id, answer, release: lock.release }
}

describe('SIGTERM during a purchase', () => {
  const fixture = useService()
  let health: HealthClient
  let seen: readonly string[]
  let readiness: Response
  let livenessCode: number
  let newcomer: Outcome<AuthorizeResponse>
  let answer: Outcome<AuthorizeResponse>
  let exitCode: number | null
  let accountId: string

  before(async () => {
    const { service } = fixture()
    health = new HealthClient(service.grpcAddress)
    const watch = health.watch('benefits.v1.AuthorizationService')
    await watch.until('SERVING')
    const begun = await beginPurchase(fixture())
    accountId = begun.account_id

    service.signal('SIGTERM')
    await watch.until('NOT_SERVING')
    readiness = await fetch(`${service.httpUrl}/readyz`)
    livenessCode = (await fetch(`${service.httpUrl}/livez`)).status
    const late = new TestClient(service.grpcAddress)
    newcomer = await late.authorize(purchase({}))
    late.close()
    seen = [...watch.statuses, service.hasExited ? 'ended' : 'still there']

    await begun.release()
    answer = await begun.answer
    watch.end()
    exitCode = await service.untilExit()
  })
  after(() => health.close())

  it('reports NOT_SERVING first, before the purchase is decided', () => {
    expect(seen).to.deep.equal(['SERVING', 'NOT_SERVING', 'still there'])
  })

  it('makes the service not ready', async () => {
    expect(readiness.status).to.equal(503)
  })

  it('leaves the service alive', () => {
    expect(livenessCode).to.equal(200)
  })

  it('stops new connections', () => {
    expect(newcomer.error?.code).to.equal('UNAVAILABLE')
  })

  it('lets the purchase be answered', () => {
    expect(answer.response).to.include({ code: '00', balance: '4000' })
  })

  it('ends the process with exit code 0', () => {
    expect(exitCode).to.equal(0)
  })

  it('lets the purchase be posted to the ledger first', async () => {
    const { core, env } = fixture()
    const { entries, posted } = await readBook(core.client.db(env['MONGODB_DATABASE']), accountId)
    expect({ entries: entries.length, posted }).to.deep.equal({ entries: 3, posted: 3 })
  })
})

describe('SIGTERM while a client watches the health', () => {
  const fixture = useService({ SHUTDOWN_TIMEOUT_MS: '300' })

  it('ends the process with code 0 after SHUTDOWN_TIMEOUT_MS, even when a client keeps its connection', async () => {
    const { service } = fixture()
    const health = new HealthClient(service.grpcAddress)
    await health.watch('').until('SERVING')
    service.signal('SIGTERM')
    const exitCode = await service.untilExit()
    health.close()
    expect(exitCode).to.equal(0)
  })
})

describe('a second SIGTERM', () => {
  const fixture = useService()

  it('ends the process at once, with exit code 1', async () => {
    const { service } = fixture()
    const { release } = await beginPurchase(fixture())
    service.signal('SIGTERM')
    await service.untilEvent('draining')
    // Two signals in quick succession count as one.
    const impatient = setInterval(() => service.signal('SIGTERM'), 50)
    const exitCode = await service.untilExit()
    clearInterval(impatient)
    await release()
    expect(exitCode).to.equal(1)
  })
})
