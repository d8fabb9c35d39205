import { expect } from 'chai'
import { signToken } from '../../support/clients/token.js'
import { AUTHORIZE, bearer, callHeaders, framed, HEALTH_CHECK, purchase } from '../hostile/calls.js'
import { RawConnection } from '../hostile/raw-connection.js'
import { besidePurchases, CALL_MS_MAX, usePopulation } from './population.js'

const PROBES = 200
const OPENED_AHEAD = 200

describe('callers from one address before they present a token', function () {
  this.timeout(300_000)
  const fixture = usePopulation()

  function target() {
    const [host = '', port] = fixture().service.grpcAddress.split(':')
    return { host, port: Number(port) }
  }

  it('get answers to 200 health checks, each on its own connection', async () => {
    await besidePurchases(fixture().service.grpcAddress, async () => {
      for (let probe = 0; probe < PROBES; probe++) {
        const connection = await RawConnection.open(target())
        const outcome = await connection?.call(
          callHeaders(HEALTH_CHECK),
          framed(Buffer.alloc(0)),
          CALL_MS_MAX,
        )
        expect({ probe, outcome }).to.deep.equal({ probe, outcome: 'OK' })
        connection?.close()
      }
    })
  })

  it('can open 200 connections ahead, as proxies do, and lose none', async () => {
    await besidePurchases(fixture().service.grpcAddress, async () => {
      const ahead: RawConnection[] = []
      for (let count = 0; count < OPENED_AHEAD; count++) {
        // Half of them send the preface at once.
        const open = count % 2 === 0 ? RawConnection.open : RawConnection.silent
        const connection = await open(target())
        if (connection) ahead.push(connection)
      }
      const headers = callHeaders(AUTHORIZE, [bearer({ token: signToken() })])
      const outcomes = await Promise.all(
        ahead.map((connection, place) => {
          if (place % 2 === 1) connection.greet()
          return connection.call(headers, framed(purchase(`ahead-${place}`)), CALL_MS_MAX)
        }),
      )
      expect(outcomes).to.deep.equal(Array.from({ length: OPENED_AHEAD }, () => 'OK'))
      for (const connection of ahead) connection.close()
    })
  })
})
