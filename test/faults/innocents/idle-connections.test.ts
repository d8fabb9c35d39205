import { expect } from 'chai'
import { purchase as purchaseOf, TestClient } from '../../support/clients/client.js'
import { HealthClient } from '../../support/clients/health-client.js'
import { signToken } from '../../support/clients/token.js'
import { readMetric } from '../../support/processes/metrics-page.js'
import { AUTHORIZE, bearer, callHeaders, framed, purchase } from '../hostile/calls.js'
import { RawConnection } from '../hostile/raw-connection.js'
import { besidePurchases, CALL_MS_MAX, usePopulation } from './population.js'

/** The limit of connections. */
const IDLE = 1_000
/** Connections opened at once. */
const AT_ONCE = 50
const NEWCOMERS = 20

describe('new callers beside the maximum number of idle connections with one token', function () {
  this.timeout(300_000)
  const fixture = usePopulation()
  const idle: RawConnection[] = []
  after(() => {
    for (const connection of idle) connection.close()
  })

  it('can connect, as can probes', async () => {
    const { grpcAddress, httpUrl } = fixture().service
    const [host = '', port] = grpcAddress.split(':')
    const headers = callHeaders(AUTHORIZE, [bearer({ token: signToken() })])
    const open = async (number: number) => {
      const connection = await RawConnection.open({ host, port: Number(port) })
      await connection?.call(headers, framed(purchase(`idle-${number}`)), CALL_MS_MAX)
      if (connection) idle.push(connection)
    }
    for (let number = 0; number < IDLE; number += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, place) => open(number + place)))
    }
    expect(await readMetric(httpUrl, 'benefits_connections')).to.equal(IDLE)

    await besidePurchases(grpcAddress, async () => {
      for (let newcomer = 0; newcomer < NEWCOMERS; newcomer++) {
        const client = new TestClient(grpcAddress)
        const probe = new HealthClient(grpcAddress)
        const { error } = await client.authorize(purchaseOf({}), { deadlineMs: CALL_MS_MAX })
        expect({ newcomer, error, health: await probe.check('') }).to.deep.equal({
          newcomer,
          error: undefined,
          health: 'SERVING',
        })
        client.close()
        probe.close()
      }
    })
    expect(await readMetric(httpUrl, 'benefits_connections_closed_total', { reason: 'FULL' })).to.equal(0)
  })
})
