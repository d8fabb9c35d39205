import { expect } from 'chai'
import { type AuthorizeRequest, purchase } from '../support/clients/client.js'
import { PurchaseStream, type StreamAnswer } from '../support/clients/purchase-stream.js'
import { statusErrorOf } from '../support/clients/rpc-error.js'
import { SlowReader } from '../support/clients/slow-reader.js'
import { secondsFromNow, signToken } from '../support/clients/token.js'
import { lockAccount } from '../support/database/account-lock.js'
import { fundedAccount } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { eventually } from '../support/eventually.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { type ServiceFixture, useService } from '../support/processes/service-fixture.js'
import { useServices } from '../support/processes/service-process.js'

const METHOD = { grpc_method: 'AuthorizeStream' }
/** Most requests of one stream in flight at the service. */
const WINDOW = 128

/** Accounts that can pay anything. */
function richAccounts({ core }: ServiceFixture, count: number): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: count }, () => fundedAccount(core, { CASH: 1_000_000n })))
}

/** Purchases of one centavo on one account after another. */
function load(accountIds: readonly string[], count: number): readonly AuthorizeRequest[] {
  return Array.from({ length: count }, (_, place) =>
    purchase({ account_id: accountIds[place % accountIds.length] ?? '', amount: 1 }),
  )
}

/** The expected place of each answer, in the order of the requests. */
const placesOf = (answers: readonly StreamAnswer[]) =>
  answers
    .map(({ index, transaction_id }) => ({ index: Number(index), transaction_id }))
    .sort((one, other) => one.index - other.index)

const placesFor = (requests: readonly AuthorizeRequest[]) =>
  requests.map(({ transaction_id }, index) => ({ index, transaction_id }))

const codesOf = (answers: readonly StreamAnswer[]) => [
  ...new Set(answers.map(({ response, error }) => response?.code ?? error?.message)),
]

describe('a stream of purchases', () => {
  const fixture = useService({ LOG_LEVEL: 'debug' })
  const open = (options?: ConstructorParameters<typeof PurchaseStream>[1]) =>
    new PurchaseStream(fixture().service.grpcAddress, options)

  async function balances(accountIds: readonly string[]): Promise<bigint> {
    const accounts = await fixture().core.accounts.load(accountIds)
    return [...accounts.values()].reduce((sum, { wallets }) => sum + (wallets.get('CASH') ?? 0n), 0n)
  }

  /** Whether the service has counted the end of every opened stream. */
  async function allHaveEnded(): Promise<boolean> {
    const { httpUrl } = fixture().service
    const started = await readMetric(httpUrl, 'grpc_server_started_total', METHOD)
    return started === (await readMetric(httpUrl, 'grpc_server_handled_total', METHOD))
  }

  describe('of hundreds at once', () => {
    let requests: readonly AuthorizeRequest[]
    let accountIds: readonly string[]
    let stream: PurchaseStream
    let counted: Awaited<ReturnType<typeof counts>>

    before(async () => {
      accountIds = await richAccounts(fixture(), 20)
      requests = load(accountIds, 600)
      stream = open({ requestId: 'hundreds' })
      const before = await counts()
      stream.send(...requests)
      stream.halfClose()
      await stream.ended
      const { received, sent, decided } = await counts()
      counted = {
        received: received - before.received,
        sent: sent - before.sent,
        decided: decided - before.decided,
      }
    })

    async function counts() {
      const { httpUrl } = fixture().service
      const labels = { ...METHOD, grpc_type: 'bidi_stream' }
      const [received, sent, decided] = await Promise.all([
        readMetric(httpUrl, 'grpc_server_msg_received_total', labels),
        readMetric(httpUrl, 'grpc_server_msg_sent_total', labels),
        readMetric(httpUrl, 'benefits_decisions_total', { kind: 'AUTHORIZATION' }),
      ])
      return { received, sent, decided }
    }

    it('answers each request once, with its place', () => {
      expect(placesOf(stream.answers)).to.deep.equal(placesFor(requests))
    })

    it('approves all requests', () => {
      expect(codesOf(stream.answers)).to.deep.equal(['00'])
    })

    it('repeats the id of the request in the decision', () => {
      const ids = stream.answers.map(({ response }) => response?.transaction_id)
      expect(ids).to.deep.equal(stream.answers.map(({ transaction_id }) => transaction_id))
    })

    it('debits each request once', async () => {
      expect(await balances(accountIds)).to.equal(BigInt(20 * 1_000_000 - 600))
    })

    it('ends with OK after the last answer, once the caller has half-closed', async () => {
      expect(await stream.ended).to.equal('OK')
    })

    it('returns the stored answers when another stream repeats the requests, and debits nothing', async () => {
      const again = open()
      again.send(...requests)
      again.halfClose()
      expect(await again.ended).to.equal('OK')
      expect(placesOf(again.answers)).to.deep.equal(placesFor(requests))
      expect(again.answers.every(({ response }) => response?.replayed)).to.equal(true)
      expect(await balances(accountIds)).to.equal(BigInt(20 * 1_000_000 - 600))
    })

    it('writes one log line for itself and one for each decision, all with its request id', async () => {
      const { service } = fixture()
      const lines = () => service.events.filter(({ requestId }) => requestId === 'hundreds')
      const calls = () => lines().filter(({ event }) => event === 'call')
      await eventually('the line of the call is written', () => calls().length > 0)
      expect(calls().map(({ method, code }) => ({ method, code }))).to.deep.equal([
        { method: '/benefits.v1.AuthorizationService/AuthorizeStream', code: 'OK' },
      ])
      const decisions = lines().filter(({ event }) => event === 'decision')
      expect(decisions.map(({ code }) => code)).to.deep.equal(requests.map(() => '00'))
    })

    it('counts each message and each decision', () => {
      expect(counted).to.deep.equal({ received: 600, sent: 600, decided: 600 })
    })
  })

  it('sends its headers, with the request id, before any answer', async () => {
    const stream = open({ requestId: 'early' })
    expect((await stream.headers).get('x-request-id')).to.deep.equal(['early'])
    stream.halfClose()
    expect(await stream.ended).to.equal('OK')
  })

  it('answers one request after another when the caller waits for each', async () => {
    const [account_id = ''] = await richAccounts(fixture(), 1)
    const stream = open()
    for (let count = 1; count <= 5; count++) {
      stream.send(purchase({ account_id, amount: 1 }))
      await stream.untilAnswered(count)
    }
    stream.halfClose()
    expect(await stream.ended).to.equal('OK')
    expect(stream.answers.map(({ response }) => response?.balance)).to.deep.equal([
      '999999',
      '999998',
      '999997',
      '999996',
      '999995',
    ])
  })

  describe('with invalid ones among them', () => {
    let answers: readonly StreamAnswer[]
    let bad: AuthorizeRequest
    let reused: AuthorizeRequest

    before(async () => {
      const [account_id = ''] = await richAccounts(fixture(), 1)
      const good = () => purchase({ account_id, amount: 1 })
      const first = good()
      bad = purchase({ account_id: '', amount: 0, mcc: '54' })
      reused = { ...first, amount: 2 }
      const stream = open()
      stream.send(first)
      await stream.untilAnswered(1)
      stream.send(bad)
      stream.sendBytes(Buffer.from([0xff]))
      stream.send(reused, good())
      stream.halfClose()
      expect(await stream.ended).to.equal('OK')
      answers = [...stream.answers].sort((one, other) => Number(one.index) - Number(other.index))
    })

    const errorAt = (place: number) => {
      const status = answers[place]?.error
      if (!status) throw new Error(`no error at ${place}`)
      return statusErrorOf(status)
    }

    it('answers the invalid requests in their places', () => {
      expect(answers.map(({ error }) => error && statusErrorOf(error).code)).to.deep.equal([
        undefined,
        'INVALID_ARGUMENT',
        'INVALID_ARGUMENT',
        'ALREADY_EXISTS',
        undefined,
      ])
    })

    it('returns their ids, except for the unreadable request', () => {
      expect(answers.slice(1, 4).map(({ transaction_id }) => transaction_id)).to.deep.equal([
        bad.transaction_id,
        '',
        reused.transaction_id,
      ])
    })

    it('answers them as Authorize does, including all details', async () => {
      const { client } = fixture()
      const { trailers: _bad, ...badAlone } = await client.fail(bad)
      const { trailers: _reused, ...reusedAlone } = await client.fail(reused)
      expect(errorAt(1)).to.deep.equal(badAlone)
      expect(errorAt(3)).to.deep.equal(reusedAlone)
    })

    it('names every invalid field', () => {
      expect(errorAt(1).badFields).to.deep.equal(['account_id', 'amount', 'mcc'])
    })

    it('decides the valid requests', () => {
      expect(answers.map(({ response }) => response?.code)).to.deep.equal([
        '00',
        undefined,
        undefined,
        undefined,
        '00',
      ])
    })
  })

  it('is ended by the transport after a message over the size limit', async () => {
    const stream = open()
    stream.sendBytes(Buffer.alloc(16 * 1024 + 1))
    expect(await stream.ended).to.include({ code: 'RESOURCE_EXHAUSTED' })
  })

  it('is rejected with a token without the scope', async () => {
    const authorization = `Bearer ${signToken({ claims: { scope: 'accounts:read' } })}`
    const ended = await open({ authorization }).ended
    expect(ended).to.include({ code: 'PERMISSION_DENIED' })
  })

  it('ends with UNAUTHENTICATED when the token expires, after answering what it has read', async () => {
    const [account_id = ''] = await richAccounts(fixture(), 1)
    // Five seconds after its expiry a token is still taken.
    const authorization = `Bearer ${signToken({ claims: { exp: secondsFromNow(-3) } })}`
    const stream = open({ authorization })
    stream.send(...load([account_id], 10))
    const ended = await stream.ended
    expect(ended).to.deep.include({
      code: 'UNAUTHENTICATED',
      info: { reason: 'UNAUTHENTICATED', domain: 'benefits.v1' },
    })
    expect(codesOf(stream.answers)).to.deep.equal(['00'])
    expect(stream.answers.length).to.equal(10)
  })

  describe('whose caller reads no answers', () => {
    let requests: readonly AuthorizeRequest[]
    let read: number
    let decided: number
    let answers: readonly StreamAnswer[]

    before(async () => {
      const { service } = fixture()
      const counted = () => readMetric(service.httpUrl, 'grpc_server_msg_received_total', METHOD)
      const decisions = () => readMetric(service.httpUrl, 'benefits_decisions_total')
      requests = load(await richAccounts(fixture(), 20), 1_000)
      const [readBefore, decidedBefore] = [await counted(), await decisions()]
      const caller = new SlowReader(service.grpcAddress)
      caller.send(requests)
      read = (await standstill('the service reads no more', counted, readBefore)) - readBefore
      decided = (await decisions()) - decidedBefore
      answers = await caller.readAll()
      caller.close()
    })

    it('is read no further than its window and a few answers on their way', () => {
      expect(read).to.be.within(WINDOW, WINDOW + 64)
    })

    it('decides no more requests than it reads', () => {
      expect(decided).to.be.within(WINDOW, read)
    })

    it('answers every request once the caller reads', () => {
      expect(placesOf(answers)).to.deep.equal(placesFor(requests))
      expect(codesOf(answers)).to.deep.equal(['00'])
    })
  })

  describe('whose deadline passes while a request waits', () => {
    let ended: Awaited<PurchaseStream['ended']>
    let transactions: readonly string[]

    before(async () => {
      const { client, core, env } = fixture()
      const database = String(env['MONGODB_DATABASE'])
      const account_id = await fundedAccount(core, { CASH: 5_000n })
      const lock = await lockAccount(core, database, account_id)
      const first = open()
      first.send(purchase({ account_id, transaction_id: 'first' }))
      const second = open({ deadlineMs: 400 })
      // On a busy machine the deadline may pass before anything is sent.
      await Promise.race([second.headers, second.ended])
      second.send(purchase({ account_id, transaction_id: 'second' }))
      ended = await second.ended
      await lock.release()
      await first.untilAnswered(1)
      first.halfClose()
      // Once a later purchase is decided, no earlier one is in flight.
      await client.decide(purchase({ account_id, transaction_id: 'another' }))
      const { entries } = await readBook(core.client.db(database), account_id)
      transactions = entries.map(({ transaction }) => transaction)
    })

    it('ends with DEADLINE_EXCEEDED', () => {
      expect(ended).to.include({ code: 'DEADLINE_EXCEEDED' })
    })

    it('commits no request that was undecided at the deadline', () => {
      expect(transactions).to.deep.equal(['open', 'credit:CASH', 'first', 'another'])
    })

    it("has ended on the service's side, too", async () => {
      await eventually('the stream has ended', allHaveEnded)
    })
  })

  it('ends when the caller cancels, and the service continues', async () => {
    const [account_id = ''] = await richAccounts(fixture(), 1)
    const stream = open()
    stream.send(...load([account_id], 100))
    await stream.untilAnswered(1)
    stream.cancel()
    expect(await stream.ended).to.include({ code: 'CANCELLED' })
    await eventually('the stream has ended', allHaveEnded)
    expect(await fixture().client.decide(purchase({ account_id, amount: 1 }))).to.include({ code: '00' })
  })
})

describe('SIGTERM during streams', () => {
  // Three streams at once are too many for a slow machine, which is not the subject of this test.
  const fixture = useService()
  const start = useServices()
  const STREAMS = 3
  let sent: AuthorizeRequest[]
  let answers: StreamAnswer[]
  let ends: readonly Awaited<PurchaseStream['ended']>[]
  let accountIds: readonly string[]
  let exitCode: number | null

  before(async () => {
    const { service } = fixture()
    accountIds = await richAccounts(fixture(), 10)
    sent = []
    answers = []
    const streams = Array.from({ length: STREAMS }, () => new PurchaseStream(service.grpcAddress))
    const senders = streams.map((stream) => keepSending(stream))
    await Promise.all(streams.map((stream) => stream.untilAnswered(100)))
    service.signal('SIGTERM')
    ends = await Promise.all(streams.map(({ ended }) => ended))
    await Promise.all(senders)
    for (const stream of streams) answers.push(...stream.answers)
    exitCode = await service.untilExit()
  })

  /** Keeps some requests of a stream in flight until it ends. */
  async function keepSending(stream: PurchaseStream): Promise<void> {
    let count = 0
    while (!stream.hasEnded) {
      const requests = load(accountIds, 50)
      sent.push(...requests)
      stream.send(...requests)
      count += requests.length
      await eventually('some are answered', () => stream.hasEnded || stream.answers.length > count - 100)
    }
  }

  it('ends each stream with UNAVAILABLE and a retry delay', () => {
    const seen = ends.map((end) => end !== 'OK' && [end.code, end.info?.reason, end.retryAfterMs])
    expect(seen).to.deep.equal(Array(STREAMS).fill(['UNAVAILABLE', 'STREAM_ENDED', 200]))
  })

  it('lets the service exit with code 0', () => {
    expect(exitCode).to.equal(0)
  })

  it('loses no approval that a caller received', () => {
    expect(codesOf(answers)).to.deep.equal(['00'])
  })

  describe('and all requests again, sent to another service', () => {
    let again: readonly StreamAnswer[]

    before(async () => {
      const next = await start(fixture().env)
      await next.untilEvent('serving')
      const stream = new PurchaseStream(next.grpcAddress)
      stream.send(...sent)
      stream.halfClose()
      expect(await stream.ended).to.equal('OK')
      again = stream.answers
    })

    it('return the stored answers of those that were answered before', () => {
      const replayed = new Set(
        again.filter(({ response }) => response?.replayed).map(({ transaction_id }) => transaction_id),
      )
      const forgotten = answers.filter(({ transaction_id }) => !replayed.has(transaction_id))
      expect(forgotten).to.deep.equal([])
    })

    it('are all approved', () => {
      expect(placesOf(again)).to.deep.equal(placesFor(sent))
      expect(codesOf(again)).to.deep.equal(['00'])
    })

    it('are debited once each', async () => {
      const accounts = await fixture().core.accounts.load(accountIds)
      const held = [...accounts.values()].map(({ wallets }) => Number(wallets.get('CASH')))
      expect(held.reduce((sum, one) => sum + one, 0)).to.equal(10 * 1_000_000 - sent.length)
    })
  })
})

/** Waits until a number has grown and stopped growing; returns it. */
async function standstill(what: string, look: () => Promise<number>, from: number): Promise<number> {
  let seen = from
  let times = 0
  return await eventually(what, async () => {
    const now = await look()
    times = now === seen ? times + 1 : 0
    seen = now
    return seen > from && times > 10 ? seen : undefined
  })
}
