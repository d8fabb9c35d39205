import { expect } from 'chai'
import fc from 'fast-check'
import { type Account, applyEntry, balanceOf, unopenedAccount } from '../../../src/domain/account.js'
import { decideCredit } from '../../../src/domain/credit.js'
import {
  type AuthorizationEntry,
  type CaptureEntry,
  type Entry,
  type IncrementEntry,
  type Movement,
  movementOf,
  type ReversalEntry,
} from '../../../src/domain/entry.js'
import { InvariantError } from '../../../src/domain/invariant.js'
import { type Centavos, centavos } from '../../../src/domain/money.js'
import {
  accountWith,
  adminEntryOf,
  at,
  authorizationOf,
  challengeCatalog,
  creditEntryOf,
  decideOn,
  declineOf,
  historyOf,
  purchaseOf,
} from './builders.js'
import { CardAccount } from './card-account.js'

describe('unopened account', () => {
  it('has no history, no money and no status', () => {
    expect(unopenedAccount('a')).to.deep.equal({
      id: 'a',
      status: 'UNOPENED',
      wallets: new Map(),
      held: new Map(),
      owed: new Map(),
      holds: [],
      limits: { wallets: new Map() },
      spent: new Map(),
      version: 0n,
      hasEarlyReversal: false,
      hasEarlyCapture: false,
      journal: [],
    })
  })

  it('stays unopened when a purchase is declined on it', () => {
    const declined = declineOf({ reason: 'ACCOUNT_NOT_FOUND' })
    expect(applyEntry(unopenedAccount('account-1'), declined).status).to.equal('UNOPENED')
  })

  it('holds the declined purchase in its history', () => {
    const declined = declineOf({ reason: 'ACCOUNT_NOT_FOUND' })
    expect(applyEntry(unopenedAccount('account-1'), declined).journal).to.deep.equal([declined])
  })
})

describe('balance', () => {
  it('of a wallet is its balance', () => {
    expect(balanceOf(accountWith({ FOOD: 1200n, CASH: 5n }), 'FOOD')).to.equal(1200n)
  })

  it('of a missing wallet is zero', () => {
    expect(balanceOf(accountWith({ FOOD: 1200n }), 'MEAL')).to.equal(0n)
  })
})

describe('account after an entry', () => {
  it('has the balance after the purchase', () => {
    const after = applyEntry(accountWith({ FOOD: 1200n }), authorizationOf())
    expect(balanceOf(after, 'FOOD')).to.equal(200n)
  })

  it('has the balance after the credit', () => {
    const after = applyEntry(accountWith({}), creditEntryOf())
    expect(balanceOf(after, 'FOOD')).to.equal(1000n)
  })

  it('keeps the other wallets', () => {
    const after = applyEntry(accountWith({ FOOD: 1200n, MEAL: 7n }), authorizationOf())
    expect(balanceOf(after, 'MEAL')).to.equal(7n)
  })

  it('keeps the wallets after a declined purchase', () => {
    const before = accountWith({ FOOD: 1200n })
    expect(applyEntry(before, declineOf()).wallets).to.deep.equal(before.wallets)
  })

  it('has the version of the entry', () => {
    const after = applyEntry(accountWith({}, { version: 41n }), declineOf({ seq: 42n }))
    expect(after.version).to.equal(42n)
  })

  it('has the entry last in its journal', () => {
    const [first, second] = [declineOf({ seq: 1n }), declineOf({ seq: 2n, transactionId: 'tx-2' })]
    const after = applyEntry(applyEntry(accountWith({}), first), second)
    expect(after.journal).to.deep.equal([first, second])
  })

  for (const status of ['ACTIVE', 'BLOCKED', 'CLOSED'] as const) {
    it(`is ${status} after the entry that sets it`, () => {
      expect(applyEntry(unopenedAccount('account-1'), adminEntryOf({ status })).status).to.equal(status)
    })

    it(`is still ${status} after a credit`, () => {
      expect(applyEntry(accountWith({}, { status }), creditEntryOf()).status).to.equal(status)
    })
  }

  it('has the time of its opening entry as its opening time', () => {
    const declined = applyEntry(unopenedAccount('account-1'), declineOf({ reason: 'ACCOUNT_NOT_FOUND' }))
    expect(declined).not.to.have.property('openedAt')
    const later = new Date(at.getTime() + 1)
    const opened = applyEntry(declined, adminEntryOf({ transactionId: 'tx-2', seq: 2n, at: later }))
    const blocked = adminEntryOf({ action: 'STATUS', status: 'BLOCKED', transactionId: 'tx-3', seq: 3n })
    expect([opened.openedAt, applyEntry(opened, blocked).openedAt]).to.deep.equal([later, later])
  })

  it('is a new object: the account before stays unchanged', () => {
    const before = accountWith({ FOOD: 1200n })
    const copy = structuredClone(before)
    applyEntry(before, authorizationOf())
    expect(before).to.deep.equal(copy)
  })
})

describe('entry that does not fit the account', () => {
  const food = (delta: bigint, balanceAfter: bigint) => ({
    movement: { wallet: 'FOOD', delta, balanceAfter: centavos(balanceAfter) },
  })
  // Damaged data may hold an amount that our code could not create.
  const overdraft = { movement: { wallet: 'FOOD', delta: -1201n, balanceAfter: -1n as Centavos } }
  const misfits: (readonly [string, Entry, RegExp])[] = [
    ['of another account', authorizationOf({ accountId: 'account-2' }), /own account/],
    ['applied a second time', authorizationOf({ seq: 0n }), /without gaps/],
    ['after a gap', authorizationOf({ seq: 2n }), /without gaps/],
    ['that leaves more than it should', authorizationOf(food(-1000n, 201n)), /balance before/],
    ['that leaves less than it should', authorizationOf(food(-1000n, 199n)), /balance before/],
    ['that gives what it should take', authorizationOf(food(1000n, 200n)), /balance before/],
    ['that changes no balance', authorizationOf(food(0n, 1200n)), /changes a balance/],
    ['that leaves less than nothing', authorizationOf(overdraft), /below zero/],
    ['of a wallet with another balance', creditEntryOf(food(1000n, 1000n)), /balance before/],
  ]
  const reversal: Entry = {
    kind: 'REVERSAL',
    accountId: 'account-1',
    transactionId: 'tx-1',
    seq: 1n,
    at,
    reason: 'APPROVED',
    originalId: 'tx-0',
    described: {},
    ...food(-1000n, 200n),
  }
  misfits.push(
    ['that takes money by a credit', creditEntryOf(food(-1000n, 200n)), /only a purchase/],
    ['that takes money by a reversal', reversal, /only a purchase/],
  )
  for (const [what, entry, message] of misfits) {
    it(`is rejected as a bug: one ${what}`, () => {
      expect(() => applyEntry(accountWith({ FOOD: 1200n }), entry)).to.throw(InvariantError, message)
    })
  }
})

describe('account with any history', () => {
  type Step = {
    readonly credit: boolean
    readonly wallet: string
    readonly amount: bigint
    readonly mcc: string
  }
  const anyStep: fc.Arbitrary<Step> = fc.record({
    credit: fc.boolean(),
    wallet: fc.constantFrom('FOOD', 'MEAL', 'CASH'),
    amount: fc.bigInt({ min: 1n, max: 5000n }),
    mcc: fc.constantFrom('5411', '5811', '9999'),
  })

  /** The account after the steps, with its complete history. */
  function live(steps: readonly Step[]): { account: Account; past: readonly Entry[] } {
    const past: Entry[] = []
    let account = accountWith({})
    for (const [index, { credit, wallet, amount, mcc }] of steps.entries()) {
      const asked = { transactionId: `tx-${index}`, amount: centavos(amount) }
      const verdict = credit
        ? decideCredit(historyOf(account, past), { ...asked, wallet }, challengeCatalog, at)
        : decideOn(historyOf(account, past), purchaseOf({ ...asked, mcc }))
      if (verdict.type !== 'RECORD') throw new Error(`not recorded: ${verdict.type}`)
      past.push(verdict.entry)
      account = applyEntry(account, verdict.entry)
    }
    return { account, past }
  }

  const anyPast = fc.array(anyStep, { maxLength: 40 }).map(live)

  it('holds in each wallet the sum of its entries', () => {
    fc.assert(
      fc.property(anyPast, fc.constantFrom('FOOD', 'MEAL', 'CASH'), ({ account, past }, wallet) => {
        const movements = past.map(movementOf).filter((movement) => movement?.wallet === wallet)
        const sum = movements.reduce((total, movement) => total + (movement?.delta ?? 0n), 0n)
        expect(balanceOf(account, wallet)).to.equal(sum)
      }),
    )
  })

  it('has the number of its entries as its version', () => {
    fc.assert(
      fc.property(anyPast, ({ account, past }) => {
        expect(account.version).to.equal(BigInt(past.length))
      }),
    )
  })

  it('has entries numbered without gaps', () => {
    fc.assert(
      fc.property(anyPast, ({ past }) => {
        expect(past.map(({ seq }) => seq)).to.deep.equal(past.map((_, index) => BigInt(index + 1)))
      }),
    )
  })
})

describe('account with holds, after an entry that does not fit it', () => {
  /** An account with a hold of 1.00 in FOOD, a capture of which would be entry 2. */
  function held(): CardAccount {
    const card = new CardAccount({ FOOD: 1_000n })
    card.hold()
    return card
  }

  /** The entry that a step would make, without the step. */
  function madeBy(step: (card: CardAccount) => Entry): Entry {
    return step(held())
  }

  const capture = madeBy((card) => card.capture({ amount: 60n })) as CaptureEntry
  const increment = madeBy((card) => card.increment()) as IncrementEntry
  const reversal = madeBy((card) => card.reverse({ amount: 60n })) as ReversalEntry
  const moved = capture.movement as Movement
  const { day: _, ...undated } = reversal

  const misfits: readonly (readonly [string, Entry, RegExp])[] = [
    [
      'that moves nothing',
      { ...capture, movement: { ...moved, delta: 0n, heldDelta: 0n } },
      /changes a balance/,
    ],
    [
      'that leaves another held amount',
      { ...capture, movement: { ...moved, heldAfter: centavos(1n) } },
      /held before/,
    ],
    [
      'that holds less than nothing',
      { ...capture, movement: { ...moved, heldDelta: -101n, heldAfter: -1n as Centavos } },
      /below zero/,
    ],
    [
      'that owes another amount',
      { ...capture, movement: { ...moved, owedDelta: 5n, owedAfter: centavos(6n) } },
      /owed before/,
    ],
    [
      'that owes less than nothing',
      { ...capture, movement: { ...moved, owedDelta: -5n, owedAfter: -5n as Centavos } },
      /below zero/,
    ],
    [
      'that holds by a capture',
      { ...capture, movement: { ...moved, heldDelta: 1n, heldAfter: centavos(101n) } },
      /holds money/,
    ],
    [
      'that owes by a reversal',
      { ...reversal, movement: { ...moved, owedDelta: 5n, owedAfter: centavos(5n) } },
      /makes a wallet owe/,
    ],
    ['of a purchase without an open hold', { ...capture, originalId: 'tx-2' }, /finds the hold open/],
    ['of a raised hold without a day', withoutDay(increment), /raises a hold/],
    [
      'that counts more than it moves',
      { ...undated, days: [{ day: '2026-01-02', amount: 61n }] },
      /no more is counted/,
    ],
  ]
  for (const [what, entry, message] of misfits) {
    it(`is rejected as a bug: one ${what}`, () => {
      expect(() => applyEntry(held().account, entry)).to.throw(InvariantError, message)
    })
  }

  it('is rejected as a bug: one that takes more from a hold than it has left', () => {
    const card = held()
    card.hold({ transactionId: 'tx-2' })
    const { wallet, balanceAfter } = moved
    const movement = { wallet, delta: 0n, balanceAfter: card.account.wallets.get('FOOD') ?? balanceAfter }
    const entry = {
      ...capture,
      seq: 3n,
      movement: { ...movement, heldDelta: -150n, heldAfter: centavos(50n) },
    }
    expect(() => applyEntry(card.account, entry)).to.throw(InvariantError, /no hold falls below zero/)
  })

  it('is rejected as a bug: one of another wallet than its hold', () => {
    const card = new CardAccount({ FOOD: 1_000n, CASH: 1_000n })
    card.hold()
    card.hold({ transactionId: 'tx-2', mcc: '5999' })
    const other = card.reverse({ originalId: 'tx-2', amount: 60n })
    const before = new CardAccount({ FOOD: 1_000n, CASH: 1_000n })
    before.hold()
    before.hold({ transactionId: 'tx-2', mcc: '5999' })
    expect(() => applyEntry(before.account, { ...other, originalId: 'tx-1' })).to.throw(/on its wallet/)
  })

  it('is rejected as a bug: a hold without an expiry, and one too many', () => {
    const { heldUntil: _until, ...endless } = held().past[0] as AuthorizationEntry
    expect(() => applyEntry(accountWith({ FOOD: 1_000n }), endless)).to.throw(InvariantError, /expires/)
    const card = new CardAccount({ FOOD: 1_000n })
    for (let index = 0; index < 64; index += 1) card.hold({ transactionId: `tx-${index}`, amount: 1n })
    const next = { ...card.past[63], transactionId: 'tx-64', seq: 65n } as AuthorizationEntry
    const movement = {
      wallet: 'FOOD',
      delta: -1n,
      balanceAfter: centavos(935n),
      heldDelta: 1n,
      heldAfter: centavos(65n),
    }
    expect(() => applyEntry(card.account, { ...next, movement })).to.throw(InvariantError, /at most 64/)
  })
})

function withoutDay({ day: _, ...increment }: IncrementEntry): IncrementEntry {
  return increment
}
