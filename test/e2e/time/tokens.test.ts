import { expect } from 'chai'
import { purchase } from '../../support/clients/client.js'
import { PurchaseStream } from '../../support/clients/purchase-stream.js'
import { signToken } from '../../support/clients/token.js'
import { eventually } from '../../support/eventually.js'
import { useService } from '../../support/processes/service-fixture.js'
import { useWallClocks } from '../../support/processes/wall-clock.js'

const HOUR_MS = 3_600_000
/** Allowed difference between the clocks of the issuer and the service, in seconds. */
const TOLERANCE_S = 5

/** The metadata of a call: a token with these claims, its times in milliseconds since 1970. */
function bearing({ exp, nbf, iat }: { readonly exp: number; readonly nbf?: number; readonly iat?: number }) {
  const claims = {
    exp: Math.floor(exp / 1_000),
    ...(nbf !== undefined && { nbf: Math.floor(nbf / 1_000) }),
    ...(iat !== undefined && { iat: Math.floor(iat / 1_000) }),
  }
  return { authorization: `Bearer ${signToken({ claims })}` }
}

describe('a token after a jump of the wall clock', () => {
  const clocks = useWallClocks()
  const clock = clocks.of(0)
  const fixture = useService(clocks.environment(0))
  beforeEach(() => clock.runAheadBy(0))

  /** The outcome of a call. */
  async function outcome(options: ReturnType<typeof bearing>): Promise<string> {
    const { response, error } = await fixture().client.authorize(purchase({}), options)
    return response ? 'decided' : error.code
  }

  /** Waits until the log shows this reason for the last rejected token: the line may follow the answer. */
  async function untilRejectedFor(reason: string): Promise<void> {
    const rejections = () => fixture().service.events.filter(({ event }) => event === 'token rejected')
    await eventually(
      `the last token was rejected as ${reason}`,
      () => rejections().at(-1)?.['reason'] === reason,
    )
  }

  it('an hour forward past its expiry is rejected, although it was verified before', async () => {
    const options = bearing({ exp: clock.nowMs() + HOUR_MS / 2 })
    const outcomes = [await outcome(options)]
    clock.jump(HOUR_MS)
    outcomes.push(await outcome(options))
    expect(outcomes).to.deep.equal(['decided', 'UNAUTHENTICATED'])
    await untilRejectedFor('EXPIRED')
  })

  it('an hour back is valid again', async () => {
    const options = bearing({ exp: clock.nowMs() - HOUR_MS / 2 })
    const outcomes = [await outcome(options)]
    clock.jump(-HOUR_MS)
    outcomes.push(await outcome(options))
    expect(outcomes).to.deep.equal(['UNAUTHENTICATED', 'decided'])
  })

  it('an hour back to before its "nbf" is rejected, although it was verified before', async () => {
    const options = bearing({ exp: clock.nowMs() + HOUR_MS, nbf: clock.nowMs() - HOUR_MS / 2 })
    const outcomes = [await outcome(options)]
    clock.jump(-HOUR_MS)
    outcomes.push(await outcome(options))
    expect(outcomes).to.deep.equal(['decided', 'UNAUTHENTICATED'])
    await untilRejectedFor('NOT_YET_VALID')
  })

  it('to before its "iat" stays valid: the time of issue is not checked', async () => {
    const options = bearing({ exp: clock.nowMs() + HOUR_MS, iat: clock.nowMs() })
    clock.jump(-HOUR_MS)
    expect(await outcome(options)).to.equal('decided')
  })

  for (const [what, verified] of [
    ['a new token', false],
    ['a token that was verified before', true],
  ] as const) {
    it(`is accepted up to ${TOLERANCE_S} seconds outside its validity, to the millisecond: ${what}`, async () => {
      const [beginsAt, endsAt] = [Date.UTC(2026, 10, 23, 12), Date.UTC(2026, 10, 23, 13)]
      const outcomes: string[] = []
      for (const ms of [
        beginsAt - TOLERANCE_S * 1_000 - 1,
        beginsAt - TOLERANCE_S * 1_000,
        endsAt + TOLERANCE_S * 1_000 - 1,
        endsAt + TOLERANCE_S * 1_000,
      ]) {
        // Another time of issue makes another token.
        const options = bearing({ nbf: beginsAt, exp: endsAt, ...(!verified && { iat: ms }) })
        clock.standAt(new Date(beginsAt).toISOString())
        if (verified) await outcome(options)
        clock.standAt(new Date(ms).toISOString())
        outcomes.push(await outcome(options))
      }
      expect(outcomes).to.deep.equal(['UNAUTHENTICATED', 'decided', 'decided', 'UNAUTHENTICATED'])
    })
  }

  describe('while a stream of purchases is open', () => {
    let stream: PurchaseStream
    afterEach(() => stream.cancel())

    function open(exp: number) {
      return new PurchaseStream(fixture().service.grpcAddress, bearing({ exp }))
    }

    it('past its expiry does not end the stream, but rejects another', async () => {
      const exp = clock.nowMs() + HOUR_MS / 2
      stream = open(exp)
      stream.send(purchase({}))
      await stream.untilAnswered(1)
      clock.jump(HOUR_MS)
      stream.send(purchase({}))
      expect(await stream.untilAnswered(2)).to.have.length(2)

      expect(await open(exp).ended).to.include({ code: 'UNAUTHENTICATED' })
    })

    it('an hour back ends the stream no later than without the jump', async () => {
      stream = open(clock.nowMs() - (TOLERANCE_S - 3) * 1_000)
      stream.send(purchase({}))
      await stream.untilAnswered(1)
      clock.jump(-HOUR_MS)
      expect(await stream.ended).to.include({ code: 'UNAUTHENTICATED' })
    })
  })
})
