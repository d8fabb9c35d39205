import { expect } from 'chai'
import { type CardRail, cardRail } from '../../../../src/application/card-rail.js'
import { type Account, JOURNAL_MAX } from '../../../../src/domain/account.js'
import { challengeCategories } from '../../../../src/domain/category.js'
import type { AuthorizationEntry, CaptureEntry, Entry } from '../../../../src/domain/entry.js'
import { centavos } from '../../../../src/domain/money.js'
import { HOLDS_MAX, type OpenHold } from '../../../../src/domain/open-hold.js'
import type { Verdict } from '../../../../src/domain/verdict.js'
import { catalogOf } from '../../../support/catalog/catalogs.js'
import { utcCalendar } from '../../../support/catalog/utc-calendar.js'
import { accountWithJournal, fundedAccount, patience, purchase, trimmed } from '../fixtures.js'
import { rejectionOf } from '../rejection.js'
import { soon } from '../soon.js'
import { allSettled, occupy, type TestEngine, testEngine } from '../test-engine.js'

/** Time until the holds of these tests expire, in milliseconds. */
const MINUTE_MS = 60_000

const catalog = catalogOf(challengeCategories)

function cardRailOf({ engine }: TestEngine): CardRail {
  return cardRail({ engine, catalog: () => catalog, calendar: utcCalendar })
}

describe('engine: due holds', () => {
  let test: TestEngine

  beforeEach(() => {
    test = testEngine()
    test.store.put(fundedAccount('a'))
  })

  afterEach(() => {
    test.store.appending.alwaysMeets(undefined)
    expect(test.store.violations).to.deep.equal([])
  })

  /** Holds the amount for a minute. */
  const hold = (transactionId: string, amount = 400n, seconds = MINUTE_MS / 1_000) =>
    test.authorize('a', { ...purchase(transactionId, amount), hold: { expiresInSeconds: seconds } }, patience)
  const buy = (transactionId: string, amount = 1n, id = 'a') =>
    test.authorize(id, purchase(transactionId, amount), patience)
  const capture = (transactionId: string, amount = 400n, more: { readonly moreToCome?: true } = {}) =>
    cardRailOf(test).capture(
      'a',
      {
        transactionId,
        originalId: 'held',
        amount: centavos(amount),
        mcc: '9999',
        merchant: 'PADARIA DO ZE',
        ...more,
      },
      patience,
    )

  it('expire before the next decision, which has their money', async () => {
    await hold('held')
    test.clock.advance(MINUTE_MS)
    expect(reasonIn(await buy('buy', 1_000n))).to.equal('APPROVED')
    expect(test.store.history('a').map(({ kind }) => kind)).to.deep.equal([
      ...['ADMIN', 'CREDIT', 'AUTHORIZATION', 'EXPIRY', 'AUTHORIZATION'],
    ])
    expect(standing(test.store.account('a'))).to.deep.equal({ available: 0n, held: 0n, holds: 0 })
  })

  it('stay open until they are due', async () => {
    await hold('held')
    test.clock.advance(MINUTE_MS - 1)
    expect(reasonIn(await buy('buy', 1_000n))).to.equal('INSUFFICIENT_BALANCE')
    expect(standing(test.store.account('a'))).to.deep.equal({ available: 600n, held: 400n, holds: 1 })
  })

  it('expire no earlier than they are due', async () => {
    await hold('held')
    test.clock.advance(MINUTE_MS)
    await buy('buy')
    const expiry = expiriesOf(test)[0]
    expect(expiry?.at.getTime()).to.equal(MINUTE_MS)
  })

  it('expire when the request only repeats an earlier one', async () => {
    await hold('held')
    test.clock.advance(MINUTE_MS)
    expect((await hold('held')).type).to.equal('REPLAY')
    expect(standing(test.store.account('a'))).to.deep.equal({ available: 1_000n, held: 0n, holds: 0 })
  })

  it('are answered after the commit of their expiry, when nothing else changes', async () => {
    await hold('held')
    test.clock.advance(MINUTE_MS)
    test.store.committing.hold()
    let isAnswered = false
    const repeat = hold('held').then(() => {
      isAnswered = true
    })
    await soon('the expiry is on its way', () => test.store.committing.inProgress === 1)
    expect(isAnswered).to.equal(false)
    test.store.committing.release()
    await repeat
  })

  it('expire on a copy of the account, without a read', async () => {
    await hold('held')
    test.clock.advance(MINUTE_MS)
    test.store.calls.splice(0)
    await buy('buy', 1_000n)
    expect(test.store.calls).not.to.include('load')
    expect(expiriesOf(test)).to.have.length(1)
  })

  it('expire once when another process was first', async () => {
    await hold('held')
    const other = testEngine({ store: test.store })
    for (const { clock } of [test, other]) clock.advance(MINUTE_MS)
    await other.authorize('a', purchase('theirs', 1n), patience)
    await buy('ours')
    expect(test.retries).to.deep.equal(['STALE_COPY'])
    expect(expiriesOf(test)).to.have.length(1)
  })

  it('expire once when two processes decide at the same time', async () => {
    await hold('held')
    const [one, two] = [testEngine({ store: test.store }), testEngine({ store: test.store })]
    for (const { clock } of [one, two]) clock.advance(MINUTE_MS)
    test.store.committing.hold()
    const bought = [one, two].map(({ authorize }, index) =>
      authorize('a', purchase(`buy-${index}`, 500n), patience),
    )
    await soon('both commit', () => test.store.committing.inProgress === 2)
    test.store.committing.release()
    expect((await Promise.all(bought)).map(reasonIn)).to.deep.equal(['APPROVED', 'APPROVED'])
    expect(expiriesOf(test)).to.have.length(1)
    expect([...one.retries, ...two.retries]).to.deep.equal(['LOST_RACE'])
    expect([...one.expired, ...two.expired], 'counted once').to.deep.equal([1])
  })

  it('are closed for a capture, which reads what it needs then', async () => {
    await hold('held')
    test.store.put(trimmed(test.store.account('a')))
    test.clock.advance(MINUTE_MS)
    expect(reasonIn(await capture('cap'))).to.equal('CAPTURED_LATE')
  })

  it('are open when they fall due between the read and the decision', async () => {
    await hold('held')
    await allSettled(test)
    await buy('more')
    const fresh = testEngine({ store: test.store })
    fresh.clock.advance(MINUTE_MS - 1)
    test.store.loading.hold()
    test.store.calls.splice(0)
    const captured = cardRailOf(fresh).capture(
      'a',
      { transactionId: 'cap', originalId: 'held', amount: centavos(400n), mcc: '9999', merchant: '' },
      patience,
    )
    await soon('the account is read', () => test.store.loading.inProgress === 1)
    fresh.clock.advance(MINUTE_MS)
    test.store.loading.release()
    expect(reasonIn(await captured)).to.equal('CAPTURED')
    expect(test.store.calls).not.to.include('findFollowUps')
    expect(expiriesOf(test)).to.deep.equal([])
  })

  it('are no reason to read what follows an open hold', async () => {
    await hold('held')
    await forgetHistory()
    test.store.calls.splice(0)
    expect(reasonIn(await capture('cap'))).to.equal('CAPTURED')
    expect(test.store.calls).not.to.include('findFollowUps')
  })

  it('read nothing more when an earlier capture of the group closes the hold', async () => {
    await hold('held')
    await forgetHistory()
    await occupy(test)
    const captured = [capture('cap-1'), capture('cap-2', 5n)]
    test.store.calls.splice(0)
    test.store.loading.release()
    expect((await Promise.all(captured)).map(reasonIn)).to.deep.equal(['CAPTURED', 'CAPTURED_LATE'])
    expect(test.store.calls).not.to.include('findFollowUps')
  })

  it('all expire at once, each in its own entry', async () => {
    test.store.put(withHolds(fundedAccount('b'), HOLDS_MAX))
    test.clock.advance(MINUTE_MS)
    expect(reasonIn(await buy('buy', 1_000n + BigInt(HOLDS_MAX), 'b'))).to.equal('APPROVED')
    const expired = test.store.history('b').filter(({ kind }) => kind === 'EXPIRY')
    expect(expired).to.have.length(HOLDS_MAX)
    expect(test.expired).to.deep.equal([HOLDS_MAX])
    expect(standing(test.store.account('b'))).to.deep.equal({ available: 0n, held: 0n, holds: 0 })
  })

  it('expire as far as the journal has room', async () => {
    test.store.appending.alwaysMeets('OUTAGE')
    test.store.put(withHolds(accountWithJournal('b', JOURNAL_MAX - 12), HOLDS_MAX))
    test.clock.advance(MINUTE_MS)
    expect(await rejectionOf(buy('buy', 1n, 'b'))).to.equal('UNAVAILABLE')
    // The answer does not wait for the commit: nothing of the request is in it.
    await soon('the expiries are committed', () => test.store.account('b').holds.length === HOLDS_MAX - 12)
  })

  it('stay when the journal is full, and expire once the ledger has its entries', async () => {
    test.store.appending.alwaysMeets('OUTAGE')
    test.store.put(withHolds(accountWithJournal('b', JOURNAL_MAX), HOLDS_MAX))
    test.clock.advance(MINUTE_MS)
    expect(await rejectionOf(buy('buy', 1n, 'b'))).to.equal('UNAVAILABLE')
    expect(standing(test.store.account('b'))).to.include({ holds: HOLDS_MAX })
    test.store.appending.alwaysMeets(undefined)
    await allSettled(test)
    expect(reasonIn(await buy('buy', 1n, 'b'))).to.equal('APPROVED')
    expect(standing(test.store.account('b'))).to.include({ holds: 0 })
  })

  it('reject the requests of a damaged account when they cannot expire, and no others', async () => {
    const damaged = { ...withHolds(fundedAccount('b'), 1), held: new Map([['CASH', centavos(0n)]]) }
    test.store.put(damaged)
    test.clock.advance(MINUTE_MS)
    await occupy(test)
    const [broken, well] = [rejectionOf(buy('buy', 1n, 'b')), buy('buy')]
    test.store.loading.release()
    expect(await broken).to.have.property('name', 'RangeError')
    expect(reasonIn(await well)).to.equal('APPROVED')
  })

  /** Other purchases, until the journal has neither the hold nor what follows it. */
  async function forgetHistory(): Promise<void> {
    for (const id of ['more-1', 'more-2']) {
      await allSettled(test)
      await buy(id)
    }
    expect(test.store.account('a').journal).to.have.length(1)
  }
})

/** The account with so many holds of one centavo, which expire after a minute. */
function withHolds(account: Account, count: number): Account {
  const holds = Array.from(
    { length: count },
    (_, index): OpenHold => ({
      id: `held-${index}`,
      wallet: 'CASH',
      authorized: 1n,
      captured: 0n,
      released: 0n,
      expiresAt: new Date(MINUTE_MS),
      counted: [{ day: '1970-01-01', amount: 1n }],
    }),
  )
  const counted = {
    day: '1970-01-01',
    dayAmount: centavos(BigInt(count)),
    monthAmount: centavos(BigInt(count)),
  }
  return {
    ...account,
    holds,
    held: new Map([['CASH', centavos(BigInt(count))]]),
    spent: new Map([['CASH', counted]]),
  }
}

function expiriesOf({ store }: TestEngine): readonly Entry[] {
  return store.history('a').filter(({ kind }) => kind === 'EXPIRY')
}

function standing({ wallets, held, holds }: Account) {
  return { available: wallets.get('CASH') ?? 0n, held: held.get('CASH') ?? 0n, holds: holds.length }
}

function reasonIn(verdict: Verdict<AuthorizationEntry | CaptureEntry>): string {
  return verdict.type === 'RECORD' ? verdict.entry.reason : verdict.type
}
