import { expect } from 'chai'
import { purchase, TestClient } from '../../support/clients/client.js'
import { besidePurchases, CALL_MS_MAX, outcomesOf, usePopulation } from './population.js'

const CLIENTS = 300

describe('300 clients behind one address', function () {
  this.timeout(300_000)
  const fixture = usePopulation()

  it('all connect at the first attempt when they reconnect at once', async () => {
    const { grpcAddress } = fixture().service
    await besidePurchases(grpcAddress, async () => {
      for (const time of ['first', 'again'] as const) {
        const clients = Array.from({ length: CLIENTS }, () => new TestClient(grpcAddress))
        const calls = clients.map((client) => client.authorize(purchase({}), { deadlineMs: CALL_MS_MAX }))
        expect({ [time]: await outcomesOf(calls) }).to.deep.equal({ [time]: { OK: CLIENTS } })
        for (const client of clients) client.close()
      }
    })
  })
})
