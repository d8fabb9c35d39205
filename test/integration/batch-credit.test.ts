import { Server, ServerCredentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Executor } from '../../src/application/engine/engine.js'
import { readConfig } from '../../src/config.js'
import { benefit, challengeCategories } from '../../src/domain/category.js'
import { upsertCategory } from '../../src/domain/category-edit.js'
import {
  AccountServiceService,
  type BatchCreditRequest,
  type BatchCreditResponse,
} from '../../src/gen/benefits/v1/account.js'
import { creditHandlers } from '../../src/grpc/account/credit-handlers.js'
import { PageGate } from '../../src/grpc/pages/page-gate.js'
import { loadDescriptors } from '../../src/grpc/reflection/descriptors.js'
import { withReadErrors } from '../../src/grpc/request-decoder.js'
import { createLogger } from '../../src/observability/logging/logger.js'
import { type Core, systemClock } from '../../src/service/core.js'
import { type Service, startService } from '../../src/service/service.js'
import { MongoCategoryStore } from '../../src/storage/catalog/mongo-category-store.js'
import { catalogOf } from '../support/catalog/catalogs.js'
import { CreditStreams } from '../support/clients/credit-stream.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { changeStatus, fundedAccount, openCore } from '../support/database/accounts.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { eventually } from '../support/eventually.js'

const ACCOUNTS = 50
const CREDITS = 600

describe('batch credit over the wire', () => {
  const database = useDatabase()
  let core: Core
  let service: Service
  let streams: CreditStreams
  let accountIds: readonly string[]

  before(async () => {
    const uri = await testMongoUri()
    const name = database().databaseName
    const env = { MONGODB_URI: uri, MONGODB_DATABASE: name, GRPC_PORT: '0', HTTP_PORT: '0', JWT_SECRET }
    await new Promise<void>((resolve, reject) => {
      const options = {
        config: readConfig(env),
        givesTokens: false,
        onReady: () => resolve(),
      }
      startService({ ...options, logger: createLogger({ level: 'fatal', format: 'json' }) }).then(
        (started) => {
          service = started
        },
        reject,
      )
    })
    core = await openCore(uri, name)
    streams = new CreditStreams(`127.0.0.1:${service.grpcPort}`)
  })
  after(async () => {
    streams.close()
    await service.stop()
    await core.close(2_000)
  })
  beforeEach(async () => {
    const opened = Array.from({ length: ACCOUNTS }, () => fundedAccount(core, {}))
    accountIds = await Promise.all(opened)
  })

  /** Credits of 1, 2, 3, ... centavos to one account after another, like an employer's monthly load. */
  function monthlyLoad(count: number): readonly BatchCreditRequest[] {
    return Array.from({ length: count }, (_, index) => ({
      transactionId: `2026-11/${index}`,
      accountId: accountIds[index % ACCOUNTS] ?? '',
      category: ['FOOD', 'MEAL', 'CASH'][index % 3] ?? '',
      amount: BigInt(index + 1),
      paysOwed: false,
    }))
  }

  /** The sum of what all accounts hold, and of their entries. */
  async function totals(): Promise<{ held: bigint; versions: bigint }> {
    const found = [...(await core.accounts.load(accountIds)).values()]
    const held = found.flatMap(({ wallets }) => [...wallets.values()]).reduce((sum, one) => sum + one, 0n)
    return { held, versions: found.reduce((sum, { version }) => sum + version, 0n) }
  }

  /** Makes a category that takes no credits, and waits until the service decides by it. */
  async function closeGiftsForCredits(): Promise<void> {
    const gifts = benefit({ id: 'GIFTS', displayName: 'Gifts', order: 90, mccs: '5947' })
    const categories = new MongoCategoryStore(database())
    await categories.edit((current) => upsertCategory(current, { ...gifts, creditsClosed: true }), 'test')
    const probe = {
      transactionId: 'probe',
      accountId: 'nobody',
      category: 'GIFTS',
      amount: 1n,
      paysOwed: false,
    }
    await eventually('the service knows the category', async () => {
      const { rejectedCredits } = await send([probe])
      return rejectedCredits[0]?.reason !== 'INVALID_REQUEST'
    })
  }

  async function send(items: Iterable<BatchCreditRequest>): Promise<BatchCreditResponse> {
    const { summary, error } = await streams.send(items)
    if (!summary) throw new Error(`no summary, but ${error.code}: ${error.message}`)
    return summary
  }

  const sumTo = (count: number) => (BigInt(count) * BigInt(count + 1)) / 2n

  it('credits every item of a long stream, and changes nothing when the stream is sent again', async () => {
    const first = await send(monthlyLoad(CREDITS))
    const afterFirst = await totals()
    const second = await send(monthlyLoad(CREDITS))
    const nothing = {
      creditedCount: 0n,
      creditedAmount: 0n,
      replayedCount: 0n,
      rejectedCredits: [],
      complete: true,
    }
    const count = BigInt(CREDITS)
    expect(first).to.deep.equal({ ...nothing, creditedCount: count, creditedAmount: sumTo(CREDITS) })
    expect(afterFirst.held).to.equal(sumTo(CREDITS))
    expect(second).to.deep.equal({ ...nothing, replayedCount: count })
    expect(await totals()).to.deep.equal(afterFirst)
  })

  it('credits each item once when two copies of the stream run at the same time', async () => {
    const [one, other] = await Promise.all([send(monthlyLoad(400)), send(monthlyLoad(400))])
    expect(one.creditedCount + other.creditedCount).to.equal(400n)
    expect((await totals()).held).to.equal(sumTo(400))
  })

  it('credits the remainder when an interrupted stream is sent again whole', async () => {
    const error = await streams.breakOff(monthlyLoad(1_000), () =>
      eventually('something is credited', async () => (await totals()).held > 0n),
    )
    expect(error?.code).to.equal('CANCELLED')
    const { creditedCount, replayedCount, complete } = await send(monthlyLoad(1_000))
    expect({ done: creditedCount + replayedCount, complete }).to.deep.equal({ done: 1_000n, complete: true })
    expect((await totals()).held).to.equal(sumTo(1_000))
  })

  it('reports each rejected item in the order of the stream, and credits the others', async () => {
    const closed = await fundedAccount(core, {})
    await changeStatus(core, closed, 'CLOSED')
    const full = await fundedAccount(core, { FOOD: 2n ** 63n - 1n })
    await closeGiftsForCredits()
    const [good = ''] = accountIds
    const item = (transactionId: string, over: Partial<BatchCreditRequest> = {}): BatchCreditRequest => ({
      transactionId,
      accountId: good,
      category: 'FOOD',
      amount: 10n,
      paysOwed: false,
      ...over,
    })
    const { rejectedCredits, ...counts } = await send([
      item('a'),
      item('b', { accountId: 'nobody' }),
      item('c', { amount: 0n }),
      item('a', { amount: 11n }),
      item('d', { accountId: closed }),
      item('e', { category: 'PETS' }),
      item('a'),
      item(''),
      item('g', { category: 'GIFTS' }),
      item('h', { accountId: full }),
      item('f'),
    ])
    expect(
      rejectedCredits.map(({ index, transactionId, reason }) => [Number(index), transactionId, reason]),
    ).to.deep.equal([
      [1, 'b', 'ACCOUNT_NOT_FOUND'],
      [2, 'c', 'INVALID_REQUEST'],
      [3, 'a', 'TRANSACTION_ID_REUSED'],
      [4, 'd', 'ACCOUNT_CLOSED'],
      [5, 'e', 'INVALID_REQUEST'],
      [7, '', 'INVALID_REQUEST'],
      [8, 'g', 'CREDITS_CLOSED'],
      [9, 'h', 'BALANCE_TOO_LARGE'],
    ])
    expect(counts).to.deep.equal({
      creditedCount: 2n,
      creditedAmount: 20n,
      replayedCount: 1n,
      complete: true,
    })
  })

  it('ends a stream with more than 5000 rejections early, with a summary', async () => {
    const wrong = monthlyLoad(8_000).map((item) => ({ ...item, category: 'PETS' }))
    const { complete, rejectedCredits, creditedCount } = await send(wrong)
    expect({ complete, creditedCount }).to.deep.equal({ complete: false, creditedCount: 0n })
    expect(rejectedCredits.length).to.be.within(5_001, 5_128)
  })

  it('holds the stream back until its items are decided', async () => {
    const stuck = await startStuckService()
    try {
      const endless = Array.from({ length: 100_000 }, (_, index) => ({
        transactionId: `${'x'.repeat(100)}${index}`,
        accountId: 'a',
        category: 'FOOD',
        amount: 1n,
        paysOwed: false,
      }))
      const held = new CreditStreams(stuck.address)
      let sent = 0
      await held.breakOff(
        endless,
        async () => {
          await eventually('as many are begun as may be', () => stuck.begun() >= 128)
          await standstill('the client sends no more', () => sent)
        },
        () => {
          sent += 1
        },
      )
      held.close()
      expect(stuck.begun()).to.equal(128)
      // Further items are in transit, in buffers of a fixed size.
      expect(sent).to.be.within(128, 50_000)
    } finally {
      stuck.stop()
    }
  })
})

/** A service that starts to decide, and never finishes. */
async function startStuckService() {
  let begun = 0
  const engine = {
    execute: () => {
      begun += 1
      return new Promise(() => {})
    },
  }
  const { batchCredit } = creditHandlers({
    // Handlers use nothing else of an engine.
    engine: engine as unknown as Executor,
    catalog: () => catalogOf(challengeCategories),
    handlers: { clock: systemClock, durationMsMax: 60_000, onBug: () => {}, pages: new PageGate() },
  })
  const server = new Server()
  const { batchCredit: definition } = withReadErrors(AccountServiceService, loadDescriptors())
  server.addService({ batchCredit: definition }, { batchCredit })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
  return { address: `127.0.0.1:${port}`, begun: () => begun, stop: () => server.forceShutdown() }
}

/** Waits until a number has started and stopped growing. */
async function standstill(what: string, look: () => number): Promise<void> {
  let seen = 0
  let times = 0
  await eventually(what, () => {
    times = look() === seen ? times + 1 : 0
    seen = look()
    return seen > 0 && times > 10
  })
}
