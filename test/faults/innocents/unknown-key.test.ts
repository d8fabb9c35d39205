import { expect } from 'chai'
import { purchase, TestClient } from '../../support/clients/client.js'
import { signToken } from '../../support/clients/token.js'
import { besidePurchases, CALL_MS_MAX, outcomesOf, usePopulation } from './population.js'

const CLIENTS = 40
const ROUNDS = 25

describe('a caller with a good token beside 40 callers with an unknown key', function () {
  this.timeout(300_000)
  const fixture = usePopulation()

  it('gets an answer on each new connection', async () => {
    const { grpcAddress } = fixture().service
    const unknown = `Bearer ${signToken({ secret: 'the next secret, with far more than 32 bytes' })}`
    const others = Array.from({ length: CLIENTS }, () => new TestClient(grpcAddress))
    const good: ReturnType<TestClient['authorize']>[] = []
    const refused: ReturnType<TestClient['authorize']>[] = []
    await besidePurchases(grpcAddress, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const client = new TestClient(grpcAddress)
        refused.push(
          ...others.map((other) =>
            other.authorize(purchase({}), { authorization: unknown, deadlineMs: CALL_MS_MAX }),
          ),
        )
        good.push(client.authorize(purchase({}), { deadlineMs: CALL_MS_MAX }))
        await Promise.all([...refused, ...good])
        client.close()
      }
    })
    expect([await outcomesOf(good), await outcomesOf(refused)]).to.deep.equal([
      { OK: ROUNDS },
      { UNAUTHENTICATED: CLIENTS * ROUNDS },
    ])
    for (const client of others) client.close()
  })
})
