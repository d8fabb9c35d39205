import { expect } from 'chai'
import { HealthClient } from '../support/clients/health-client.js'
import { useService } from '../support/processes/service-fixture.js'

describe('grpc.health.v1', () => {
  let health: HealthClient
  // Before the hooks of the service: an open watch would hold up its end.
  after(() => health.close())
  const fixture = useService()
  before(() => {
    health = new HealthClient(fixture().service.grpcAddress)
  })

  for (const [what, service] of [
    ['the whole server', ''],
    ['benefits.v1.AuthorizationService', 'benefits.v1.AuthorizationService'],
  ] as const) {
    it(`reports ${what} as SERVING`, async () => {
      expect(await health.check(service)).to.equal('SERVING')
    })

    it(`reports SERVING to a client that watches ${what}`, async () => {
      const watch = health.watch(service)
      await watch.until('SERVING')
      expect(watch.statuses).to.deep.equal(['SERVING'])
    })
  }

  it('answers NOT_FOUND for an unknown service', async () => {
    expect(await health.check('benefits.v1.NoService')).to.include({ code: 'NOT_FOUND' })
  })

  it('reports an unknown service to its watcher, and keeps the watch open', async () => {
    const watch = health.watch('benefits.v1.NoService')
    await watch.until('SERVICE_UNKNOWN')
    expect(watch.statuses).to.deep.equal(['SERVICE_UNKNOWN'])
  })
})
