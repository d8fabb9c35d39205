import { expect } from 'chai'
import type { Budget } from '../../../../src/application/budget.js'
import { UndecidedError } from '../../../../src/application/errors.js'
import type { CreditRejection } from '../../../../src/domain/credit.js'
import type { CreditEntry } from '../../../../src/domain/entry.js'
import { centavos } from '../../../../src/domain/money.js'
import { type BatchCreditRequest, BatchCreditResponse } from '../../../../src/gen/benefits/v1/account.js'
import { BatchCredit } from '../../../../src/grpc/account/batch-credit.js'
import { CallError, type CallErrorKind } from '../../../../src/grpc/call-error.js'
import { UnreadableMessage } from '../../../../src/grpc/request-decoder.js'
import { patience } from '../../application/fixtures.js'
import { soon } from '../../application/soon.js'
import { creditEntryOf } from '../../domain/builders.js'

const WINDOW = 128
const REJECTIONS_MAX = 5_000

type CreditOne = ConstructorParameters<typeof BatchCredit>[0]
type Answer = Awaited<ReturnType<CreditOne>>

/** The item at a place of the stream, by its transaction id. */
const item = (place: number): BatchCreditRequest => ({
  transactionId: String(place),
  accountId: `account-${place}`,
  category: 'FOOD',
  amount: 5n,
  paysOwed: false,
})

async function* items(count: number): AsyncGenerator<BatchCreditRequest> {
  for (let place = 0; place < count; place++) yield item(place)
}

async function* these<T>(...requests: readonly T[]): AsyncGenerator<T> {
  yield* requests
}

const credited = (amount = 5n, replayed = false): Answer => ({ entry: creditOf(amount), replayed })

function creditOf(delta: bigint): CreditEntry {
  return creditEntryOf({ movement: { wallet: 'FOOD', delta, balanceAfter: centavos(delta) } })
}

const run = (requests: AsyncIterable<BatchCreditRequest | UnreadableMessage>, creditOne: CreditOne) =>
  new BatchCredit(creditOne, () => patience).run(requests)

/** The error that ended the stream instead of a summary. */
const failure = (
  requests: AsyncIterable<BatchCreditRequest>,
  creditOne: CreditOne,
  budget: Budget = patience,
) =>
  new BatchCredit(creditOne, () => budget).run(requests).then(
    () => 'SUMMARY',
    (error: unknown) => error,
  )

/** Credits that the test decides one by one. */
class ByHand {
  readonly pending = new Map<
    string,
    { resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  >()
  most = 0

  readonly creditOne: CreditOne = ({ transactionId }) =>
    new Promise((resolve, reject) => {
      this.pending.set(transactionId, { resolve, reject })
      this.most = Math.max(this.most, this.pending.size)
    })

  answer(transactionId: string): void {
    this.pending.get(transactionId)?.resolve(credited())
    this.pending.delete(transactionId)
  }

  fail(transactionId: string, error: unknown): void {
    this.pending.get(transactionId)?.reject(error)
    this.pending.delete(transactionId)
  }
}

describe('batch credit, summary', () => {
  it('is all zero for an empty stream', async () => {
    expect(await run(items(0), async () => credited())).to.deep.equal({
      creditedCount: 0n,
      creditedAmount: 0n,
      replayedCount: 0n,
      rejectedCredits: [],
      complete: true,
    })
  })

  it('counts the credits and their sum', async () => {
    const summary = await run(items(1_000), async ({ transactionId }) => credited(BigInt(transactionId) + 1n))
    expect(summary).to.deep.include({ creditedCount: 1_000n, creditedAmount: 500_500n, replayedCount: 0n })
  })

  it('counts earlier credits separately, and does not add them to the sum', async () => {
    const summary = await run(items(10), async ({ transactionId }) =>
      credited(5n, Number(transactionId) >= 7),
    )
    expect(summary).to.deep.include({ creditedCount: 7n, creditedAmount: 35n, replayedCount: 3n })
  })

  /** The error for each rejection of the domain. */
  const rejections = {
    CATEGORY_UNKNOWN: 'INVALID_REQUEST',
    CREDITS_CLOSED: 'CREDITS_CLOSED',
    ACCOUNT_NOT_FOUND: 'ACCOUNT_NOT_FOUND',
    ACCOUNT_CLOSED: 'ACCOUNT_CLOSED',
    BALANCE_TOO_LARGE: 'BALANCE_TOO_LARGE',
  } as const satisfies Record<CreditRejection, CallErrorKind>
  for (const kind of [...Object.values(rejections), 'TRANSACTION_ID_REUSED'] as const) {
    it(`names a rejected item: ${kind}`, async () => {
      const error = new CallError(kind)
      const creditOne: CreditOne = async ({ transactionId }) => {
        if (transactionId === '3') throw error
        return credited()
      }
      expect(await run(items(5), creditOne)).to.deep.equal({
        creditedCount: 4n,
        creditedAmount: 20n,
        replayedCount: 0n,
        rejectedCredits: [
          { index: 3n, transactionId: '3', accountId: 'account-3', reason: kind, description: error.message },
        ],
        complete: true,
      })
    })
  }

  it('names an unreadable item by its index', async () => {
    const { rejectedCredits } = await run(
      these<BatchCreditRequest | UnreadableMessage>(
        item(0),
        new UnreadableMessage({ field: 'amount', description: 'is truncated' }),
        item(2),
      ),
      async () => credited(),
    )
    expect(rejectedCredits.map(({ index, reason }) => [index, reason])).to.deep.equal([
      [1n, 'INVALID_REQUEST'],
    ])
  })

  it('has the rejections in the order of the stream, whichever was decided first', async () => {
    const byHand = new ByHand()
    const running = run(items(20), byHand.creditOne)
    await soon('all are being decided', () => byHand.pending.size === 20)
    for (let place = 19; place >= 0; place--) byHand.fail(String(place), new CallError('ACCOUNT_NOT_FOUND'))
    const { rejectedCredits } = await running
    expect(rejectedCredits.map(({ index }) => Number(index))).to.deep.equal(
      Array.from({ length: 20 }, (_, at) => at),
    )
  })
})

describe('batch credit, window', () => {
  it('decides at most 128 at a time', async () => {
    const byHand = new ByHand()
    const running = run(items(600), byHand.creditOne)
    for (let place = 0; place < 600; place++) {
      await soon(`item ${place} is being decided`, () => byHand.pending.has(String(place)))
      byHand.answer(String(place))
    }
    await running
    expect(byHand.most).to.equal(WINDOW)
  })

  it('reads no further while it is full', async () => {
    const byHand = new ByHand()
    let taken = 0
    async function* counted() {
      for await (const request of items(1_000)) {
        taken += 1
        yield request
      }
    }
    const running = run(counted(), byHand.creditOne)
    await soon('the window is full', () => byHand.pending.size === WINDOW)
    expect(taken).to.equal(WINDOW)

    byHand.answer('17')
    await soon('the next one is being decided', () => byHand.pending.has('128'))
    expect(taken).to.equal(WINDOW + 1)

    await soon('the rest is decided', () => {
      for (const id of [...byHand.pending.keys()]) byHand.answer(id)
      return taken === 1_000 && byHand.pending.size === 0
    })
    await running
  })

  it('ends only when the last item is decided', async () => {
    const byHand = new ByHand()
    let ended = false
    const running = run(items(3), byHand.creditOne).finally(() => {
      ended = true
    })
    await soon('all are being decided', () => byHand.pending.size === 3)
    byHand.answer('0')
    byHand.answer('2')
    await new Promise(setImmediate)
    expect(ended).to.equal(false)
    byHand.answer('1')
    await running
  })
})

describe('batch credit, endless rejections', () => {
  /** Rejects the first items of the stream, and credits the others. */
  const rejectingFirst = (count: number): CreditOne => {
    return async ({ transactionId }) => {
      if (Number(transactionId) < count) throw new CallError('ACCOUNT_NOT_FOUND')
      return credited()
    }
  }

  it('is complete with 5000 rejections and no more', async () => {
    const { complete, creditedCount } = await run(items(6_000), rejectingFirst(REJECTIONS_MAX))
    expect({ complete, creditedCount }).to.deep.equal({ complete: true, creditedCount: 1_000n })
  })

  it('ends the stream early after more than 5000', async () => {
    expect((await run(items(20_000), rejectingFirst(20_000))).complete).to.equal(false)
  })

  it('stops reading at that point', async () => {
    let taken = 0
    await run(items(20_000), async () => {
      taken += 1
      throw new CallError('ACCOUNT_NOT_FOUND')
    })
    expect(taken).to.be.within(REJECTIONS_MAX + 1, REJECTIONS_MAX + WINDOW)
  })

  it('is complete when the one rejection too many is the last item', async () => {
    const { complete, rejectedCredits } = await run(items(REJECTIONS_MAX + 1), rejectingFirst(20_000))
    expect({ complete, rejectedCredits: rejectedCredits.length }).to.deep.equal({
      complete: true,
      rejectedCredits: REJECTIONS_MAX + 1,
    })
  })

  it('always fits into one message of 4 MiB, for any requests', async () => {
    const long: BatchCreditRequest = {
      ...item(0),
      transactionId: '界'.repeat(4_000),
      accountId: '界'.repeat(4_000),
    }
    async function* longItems() {
      for (let count = 0; count < 20_000; count++) yield long
    }
    const violations = Array.from({ length: 4 }, () => ({ field: 'category', description: 'x'.repeat(400) }))
    const summary = await run(longItems(), async () => {
      throw new CallError('INVALID_REQUEST', { violations })
    })
    expect(BatchCreditResponse.encode(summary).finish().length).to.be.below(4 * 1024 * 1024)
  })

  it('repeats a potentially valid id in full', async () => {
    const whole = { ...item(0), transactionId: 't'.repeat(128), accountId: 'a'.repeat(64) }
    const { rejectedCredits } = await run(these(whole), async () => {
      throw new CallError('ACCOUNT_CLOSED')
    })
    expect(rejectedCredits[0]).to.deep.include({
      transactionId: whole.transactionId,
      accountId: whole.accountId,
    })
  })
})

describe('batch credit, failure', () => {
  it('of one item fails the whole stream', async () => {
    const away = new UndecidedError('UNAVAILABLE', 'away')
    expect(await failure(items(3), () => Promise.reject(away))).to.equal(away)
  })

  for (const kind of [
    'OVERLOADED',
    'UNAVAILABLE',
    'NO_TIME_LEFT',
    'INTERNAL',
    'UNAUTHENTICATED',
    'STREAM_ENDED',
  ] as const) {
    it(`${kind} fails the whole stream`, async () => {
      const error = new CallError(kind)
      expect(await failure(items(3), () => Promise.reject(error))).to.equal(error)
    })
  }

  it('by a bug fails the whole stream, too', async () => {
    const bug = new TypeError('a bug')
    expect(await failure(items(3), () => Promise.reject(bug))).to.equal(bug)
  })

  it('does not read the rest of the stream, and releases it', async () => {
    let taken = 0
    let letGo = false
    async function* endless() {
      try {
        for (;;) yield item(taken++)
      } finally {
        letGo = true
      }
    }
    await failure(endless(), async ({ transactionId }) => {
      if (transactionId === '1000') throw new UndecidedError('NO_TIME_LEFT', 'late')
      return credited()
    })
    expect({ letGo, few: taken < 1_000 + 2 * WINDOW }).to.deep.equal({ letGo: true, few: true })
  })

  it('waits for undecided credits, so that nothing happens after the answer', async () => {
    const byHand = new ByHand()
    const running = failure(items(3), byHand.creditOne)
    await soon('all are being decided', () => byHand.pending.size === 3)
    let ended = false
    void running.then(() => {
      ended = true
    })
    byHand.fail('0', new UndecidedError('UNAVAILABLE', 'away'))
    byHand.answer('1')
    await new Promise(setImmediate)
    expect(ended).to.equal(false)
    byHand.answer('2')
    await running
  })

  it('of the stream itself fails the call', async () => {
    const cancelled = new Error('cancelled')
    async function* broken() {
      yield item(0)
      throw cancelled
    }
    expect(await failure(broken(), async () => credited())).to.equal(cancelled)
  })

  it('of the stream itself waits for undecided credits, too', async () => {
    const byHand = new ByHand()
    const over = new CallError('STREAM_ENDED')
    async function* broken() {
      yield item(0)
      throw over
    }
    let ended = false
    const running = failure(broken(), byHand.creditOne).finally(() => {
      ended = true
    })
    await soon('it is being decided', () => byHand.pending.size === 1)
    await new Promise(setImmediate)
    expect(ended).to.equal(false)
    byHand.answer('0')
    expect(await running).to.equal(over)
  })
})

describe('batch credit, a full queue', () => {
  const overloaded = () => new UndecidedError('OVERLOADED', 'full')

  it('is tried again until there is room', async () => {
    let attempts = 0
    const { creditedCount } = await run(items(1), async () => {
      attempts += 1
      if (attempts < 4) throw overloaded()
      return credited()
    })
    expect({ creditedCount, attempts }).to.deep.equal({ creditedCount: 1n, attempts: 4 })
  })

  it('fails the stream when the time of an item is over', async () => {
    let leftMs = 50
    const budget: Budget = {
      remainingMs: () => {
        leftMs -= 10
        return leftMs
      },
    }
    const error = await failure(items(1), () => Promise.reject(overloaded()), budget)
    expect(error).to.have.property('indecision', 'OVERLOADED')
  })

  it('starts the time of each item when it is read', async () => {
    let begun = 0
    await new BatchCredit(
      async () => credited(),
      () => {
        begun += 1
        return patience
      },
    ).run(items(10))
    expect(begun).to.equal(10)
  })
})
