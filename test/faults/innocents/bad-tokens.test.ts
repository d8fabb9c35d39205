import { expect } from 'chai'
import { purchase, TestClient } from '../../support/clients/client.js'
import { signToken } from '../../support/clients/token.js'
import { besidePurchases, CALL_MS_MAX, outcomesOf, usePopulation } from './population.js'

const USERS = 20
const CALLS_OF_A_USER = 50
const BAD_CALLS = 500

describe('callers with good tokens who share connections with a caller with a bad one', function () {
  this.timeout(300_000)
  const fixture = usePopulation()
  const goodToken = signToken()
  const badToken = signToken({ secret: 'another secret, with far more than 32 bytes' })

  for (const connections of [4, 1]) {
    it(`still get their answers, over ${connections} of a gateway`, async () => {
      const { grpcAddress } = fixture().service
      const gateway = Array.from({ length: connections }, () => new TestClient(grpcAddress))
      const call = (number: number, token: string) =>
        gateway[number % connections]?.authorize(purchase({}), {
          authorization: `Bearer ${token}`,
          deadlineMs: CALL_MS_MAX,
        }) ?? Promise.reject(new Error('a gateway has a connection'))
      const good: ReturnType<TestClient['authorize']>[] = []
      const bad: ReturnType<TestClient['authorize']>[] = []
      const user = async (number: number) => {
        for (let calls = 0; calls < CALLS_OF_A_USER; calls++) {
          const calling = call(number, goodToken)
          good.push(calling)
          await calling
        }
      }
      const badUser = async () => {
        for (let calls = 0; calls < BAD_CALLS; calls++) {
          const calling = call(calls, badToken)
          bad.push(calling)
          if (calls % 10 === 0) await calling
        }
      }
      await besidePurchases(grpcAddress, () =>
        Promise.all([...Array.from({ length: USERS }, (_, number) => user(number)), badUser()]),
      )
      expect([await outcomesOf(good), await outcomesOf(bad)]).to.deep.equal([
        { OK: USERS * CALLS_OF_A_USER },
        { UNAUTHENTICATED: BAD_CALLS },
      ])
      for (const client of gateway) client.close()
    })
  }
})
