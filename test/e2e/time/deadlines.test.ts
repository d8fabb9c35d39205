import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { type AuthorizeRequest, purchase } from '../../support/clients/client.js'
import { CreditStreams } from '../../support/clients/credit-stream.js'
import { PurchaseStream } from '../../support/clients/purchase-stream.js'
import { statusOfRawCall } from '../../support/clients/raw-call.js'
import { lockAccount } from '../../support/database/account-lock.js'
import { fundedAccount } from '../../support/database/accounts.js'
import { readBook } from '../../support/database/books.js'
import { eventually, WAIT_MS_MAX } from '../../support/eventually.js'
import { readMetric } from '../../support/processes/metrics-page.js'
import { useService } from '../../support/processes/service-fixture.js'
import { useWallClocks } from '../../support/processes/wall-clock.js'

const HOUR_MS = 3_600_000
const OK = 0
const DEADLINE_EXCEEDED = 4

describe('a deadline after a jump of the wall clock', () => {
  const clocks = useWallClocks()
  const clock = clocks.of(0)
  const fixture = useService(clocks.environment(0))
  let request: AuthorizeRequest
  beforeEach(async () => {
    clock.runAheadBy(0)
    request = purchase({ account_id: await fundedAccount(fixture().core, { CASH: 5_000n }) })
  })

  function metric(name: string, labels: Readonly<Record<string, string>> = {}) {
    return readMetric(fixture().service.httpUrl, name, labels)
  }

  /** Number of calls of a method that ended too late, and of those that their caller cancelled. */
  async function unfinished(grpc_method: string) {
    const count = (grpc_code: string) => metric('grpc_server_handled_total', { grpc_method, grpc_code })
    return { late: await count('DEADLINE_EXCEEDED'), left: await count('CANCELLED') }
  }

  /** Starts a call, and returns its outcome once the service has its headers. */
  async function begin<T>(call: () => Promise<T>): Promise<{ readonly outcome: Promise<T> }> {
    const outcome = call()
    await fixture().service.catchUp()
    return { outcome }
  }

  async function lockItsAccount() {
    const { core, env } = fixture()
    return await lockAccount(core, String(env['MONGODB_DATABASE']), request.account_id)
  }

  async function transactions() {
    const { core, env } = fixture()
    const { entries } = await readBook(core.client.db(env['MONGODB_DATABASE']), request.account_id)
    return entries.map(({ transaction }) => transaction)
  }

  for (const [what, ms] of [
    ['an hour forward', HOUR_MS],
    ['an hour back', -HOUR_MS],
  ] as const) {
    it(`gives a purchase in flight as much time as before: ${what}`, async () => {
      const lock = await lockItsAccount()
      const { outcome } = await begin(() => fixture().client.decide(request))
      clock.jump(ms)
      await lock.release()
      expect(await outcome).to.include({ code: '00', balance: '4000' })
    })

    it(`ends a waiting purchase when its time is over, and no later: ${what}`, async () => {
      const { service, client } = fixture()
      const before = await unfinished('Authorize')
      const lock = await lockItsAccount()
      const first = await begin(() => client.decide({ ...request, transaction_id: 'first' }))
      const { outcome } = await begin(() => statusOfRawCall(service.grpcAddress, request, '400m'))
      clock.jump(ms)
      expect(await outcome).to.equal(DEADLINE_EXCEEDED)
      await lock.release()
      await first.outcome
      await client.decide({ ...request, transaction_id: 'another' })
      expect(await transactions()).to.deep.equal(['open', 'credit:CASH', 'first', 'another'])
      expect(await unfinished('Authorize')).to.deep.equal({ late: before.late + 1, left: before.left })
    })

    it(`stays the same when the jump comes between the headers of a request and its message: ${what}`, async () => {
      let send = () => {}
      const permission = new Promise<void>((resolve) => {
        send = resolve
      })
      const { outcome } = await begin(() =>
        statusOfRawCall(fixture().service.grpcAddress, request, `${WAIT_MS_MAX}m`, () => permission),
      )
      clock.jump(ms)
      send()
      expect(await outcome).to.equal(OK)
      expect(await transactions()).to.include(request.transaction_id)
    })

    it(`leaves a stream of purchases its time: ${what}`, async () => {
      const stream = new PurchaseStream(fixture().service.grpcAddress)
      stream.send(purchase({ account_id: request.account_id }))
      await stream.untilAnswered(1)
      clock.jump(ms)
      stream.send(request)
      const answers = await stream.untilAnswered(2)
      stream.halfClose()
      expect(await stream.ended).to.equal('OK')
      expect(answers.map(({ response }) => response?.code)).to.deep.equal(['00', '00'])
    })

    it(`leaves a stream of credits its time: ${what}`, async () => {
      const credits = new CreditStreams(fixture().service.grpcAddress)
      const credit = () => ({
        transactionId: randomUUID(),
        accountId: request.account_id,
        category: 'FOOD',
        amount: 1n,
        paysOwed: false,
      })
      const first = credit()
      const outcome = await credits.sendSlowly([first, credit(), credit()], WAIT_MS_MAX, async (sent) => {
        if (sent !== 1) return
        await eventually('the first is credited', async () => {
          return (await transactions()).includes(first.transactionId)
        })
        clock.jump(ms)
      })
      credits.close()
      expect(outcome).to.deep.include({
        summary: {
          creditedCount: 3n,
          creditedAmount: 3n,
          replayedCount: 0n,
          rejectedCredits: [],
          complete: true,
        },
      })
    })
  }

  it('does not turn a cancelled call into an expired one: an hour forward', async () => {
    const before = await unfinished('AuthorizeStream')
    const received = await metric('grpc_server_msg_received_total', { grpc_method: 'AuthorizeStream' })
    const lock = await lockItsAccount()
    const stream = new PurchaseStream(fixture().service.grpcAddress)
    stream.send(request)
    await eventually('the purchase is under way', async () => {
      const now = await metric('grpc_server_msg_received_total', { grpc_method: 'AuthorizeStream' })
      return now > received
    })
    clock.jump(HOUR_MS)
    stream.cancel()
    const after = await eventually('the end of the stream is counted', async () => {
      const now = await unfinished('AuthorizeStream')
      return now.late + now.left > before.late + before.left && now
    })
    await lock.release()
    expect(after).to.deep.equal({ late: before.late, left: before.left + 1 })
  })
})
