import { expect } from 'chai'
import fc from 'fast-check'
import { type Account, applyEntry } from '../../../src/domain/account.js'
import type { AccountStatus } from '../../../src/domain/account-status.js'
import type { Entry, PurchaseDescription, ReversalEntry } from '../../../src/domain/entry.js'
import { BALANCE_MAX, centavos } from '../../../src/domain/money.js'
import type { Reason } from '../../../src/domain/reason.js'
import { decideReversal, type Reversal } from '../../../src/domain/reverse.js'
import {
  accountWith,
  adminEntryOf,
  at,
  authorizationOf,
  creditEntryOf,
  decideOn,
  declineOf,
  historyOf,
  padaria,
  purchaseOf,
  recorded,
} from './builders.js'

const statuses: readonly AccountStatus[] = ['UNOPENED', 'ACTIVE', 'BLOCKED', 'CLOSED']

/** A full reversal of the purchase tx-1. */
function reversalOf(over: Partial<Reversal> = {}): Reversal {
  return { transactionId: 'rev-1', originalId: 'tx-1', described: {}, ...over }
}

/** The entry of {@link reversalOf} when 10.00 went back to FOOD. */
function reversalEntryOf(over: Partial<ReversalEntry> = {}): ReversalEntry {
  return {
    ...reversalOf(),
    kind: 'REVERSAL',
    accountId: 'account-1',
    seq: 2n,
    at,
    reason: 'APPROVED',
    movement: { wallet: 'FOOD', delta: 1_000n, balanceAfter: centavos(1_200n) },
    day: '2026-01-02',
    ...over,
  }
}

/** The entry of an early reversal of tx-1. */
function markOf(over: Partial<ReversalEntry> = {}): ReversalEntry {
  const { movement: _, day: _day, ...entry } = reversalEntryOf({ reason: 'REVERSED_BEFORE_PURCHASE' })
  return { ...entry, ...over }
}

/** The account after tx-1 debited 10.00 of its 12.00 in FOOD, by default. */
function afterPurchase(over: Partial<Account> = {}): Account {
  return accountWith({ FOOD: 200n, MEAL: 50n, CASH: 70n }, { version: 1n, ...over })
}

/** The outcome of a reversal of tx-1, given the history. */
function outcome(past: readonly Entry[], over: Partial<Reversal> = {}, account = afterPurchase()) {
  return decideReversal(historyOf(account, past), reversalOf(over), at)
}

const reasonGiven = (...asked: Parameters<typeof outcome>): Reason => recorded(outcome(...asked)).reason

describe('reversal, rule 1: the id was decided before, same content', () => {
  for (const status of statuses) {
    it(`gives the stored answer on an account now ${status}`, () => {
      const stored = reversalEntryOf()
      const verdict = outcome([authorizationOf(), stored], {}, afterPurchase({ status }))
      expect(verdict).to.deep.equal({ type: 'REPLAY', entry: stored })
    })
  }

  it('gives the stored decline although it would be approved now', () => {
    const stored = markOf({ reason: 'AMOUNT_OVER_REMAINDER', amount: centavos(400n) })
    const verdict = outcome([authorizationOf(), stored], { amount: centavos(400n) })
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  it('gives the stored early reversal although the purchase has come since', () => {
    const verdict = outcome([markOf(), declineOf({ reason: 'ALREADY_REVERSED' })])
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: markOf() })
  })

  it('compares every field of the request', () => {
    const described = { amount: centavos(1_000n), mcc: '5411', merchant: padaria }
    const stored = reversalEntryOf({ amount: centavos(1_000n), described })
    const verdict = outcome([authorizationOf(), stored], { amount: centavos(1_000n), described })
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  it('gives the stored answer, with its time, years later', () => {
    const history = historyOf(afterPurchase(), [authorizationOf(), reversalEntryOf()])
    const verdict = decideReversal(history, reversalOf(), new Date('2046-01-01'))
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: reversalEntryOf() })
  })
})

describe('reversal, rule 2: the id was decided before, other content', () => {
  const full = { amount: centavos(1_000n), mcc: '5411', merchant: padaria }
  const stored = reversalEntryOf({ amount: centavos(400n), described: full })
  const same: Partial<Reversal> = { amount: centavos(400n), described: full }
  const { amount: _, ...withoutAmount } = full
  const { mcc: _mcc, ...withoutMcc } = full
  const { merchant: _merchant, ...withoutMerchant } = full
  const reuses: readonly (readonly [string, Partial<Reversal>, Entry])[] = [
    ['another original', { ...same, originalId: 'tx-2' }, stored],
    ['another amount', { ...same, amount: centavos(401n) }, stored],
    ['no amount where there was one', { described: full }, stored],
    ['an amount where there was none', { amount: centavos(1_000n) }, reversalEntryOf()],
    ['another described amount', { ...same, described: { ...full, amount: centavos(999n) } }, stored],
    ['another described MCC', { ...same, described: { ...full, mcc: '5412' } }, stored],
    ['another described merchant', { ...same, described: { ...full, merchant: 'UBER' } }, stored],
    ['no described amount where there was one', { ...same, described: withoutAmount }, stored],
    ['no described MCC where there was one', { ...same, described: withoutMcc }, stored],
    ['no described merchant where there was one', { ...same, described: withoutMerchant }, stored],
    ['a described merchant where there was none', { described: { merchant: '' } }, reversalEntryOf()],
    ['a purchase of that id before', {}, authorizationOf({ transactionId: 'rev-1' })],
    ['a credit of that id before', {}, creditEntryOf({ transactionId: 'rev-1' })],
    ['a change of the account of that id before', {}, adminEntryOf({ transactionId: 'rev-1' })],
  ]
  for (const [what, over, earlier] of reuses) {
    it(`is a reuse: ${what}`, () => {
      expect(outcome([authorizationOf(), earlier], over)).to.deep.equal({ type: 'REUSED', entry: earlier })
    })
  }
})

describe('reversal, rule 3: the original is not a purchase', () => {
  const others: readonly (readonly [string, Entry])[] = [
    ['a credit', creditEntryOf()],
    ['a change of the account', adminEntryOf()],
    ['a reversal', reversalEntryOf({ transactionId: 'tx-1', originalId: 'tx-0' })],
    ['a reversal that came ahead', markOf({ transactionId: 'tx-1', originalId: 'tx-0' })],
  ]
  for (const [what, original] of others) {
    it(`is ORIGINAL_NOT_REVERSIBLE for ${what}`, () => {
      expect(reasonGiven([original])).to.equal('ORIGINAL_NOT_REVERSIBLE')
    })
  }

  it('moves nothing', () => {
    expect(recorded(outcome([creditEntryOf()]))).to.not.have.property('movement')
  })

  it('applies before the check of the description', () => {
    const described = { amount: centavos(1n) }
    expect(reasonGiven([creditEntryOf()], { described })).to.equal('ORIGINAL_NOT_REVERSIBLE')
  })

  it('does not change after an earlier request', () => {
    const before = markOf({ transactionId: 'rev-0', reason: 'ORIGINAL_NOT_REVERSIBLE' })
    expect(reasonGiven([creditEntryOf(), before])).to.equal('ORIGINAL_NOT_REVERSIBLE')
  })
})

describe('reversal, rules 4 and 5: an unknown original', () => {
  it('is REVERSED_BEFORE_PURCHASE the first time', () => {
    expect(reasonGiven([])).to.equal('REVERSED_BEFORE_PURCHASE')
  })

  it('is ALREADY_REVERSED the second time', () => {
    expect(reasonGiven([markOf({ transactionId: 'rev-0' })])).to.equal('ALREADY_REVERSED')
  })

  it('is REVERSED_BEFORE_PURCHASE when only another purchase has an early reversal', () => {
    expect(reasonGiven([markOf({ transactionId: 'rev-0', originalId: 'tx-0' })])).to.equal(
      'REVERSED_BEFORE_PURCHASE',
    )
  })

  for (const status of statuses) {
    it(`is REVERSED_BEFORE_PURCHASE on an account that is ${status}`, () => {
      expect(reasonGiven([], {}, afterPurchase({ status }))).to.equal('REVERSED_BEFORE_PURCHASE')
    })
  }

  it('stores the complete request, and moves no money', () => {
    const described = { amount: centavos(1_000n), mcc: '5411', merchant: '' }
    const entry = recorded(outcome([], { amount: centavos(300n), described }))
    expect(entry).to.deep.equal(markOf({ amount: centavos(300n), described }))
  })
})

describe('reversal, rule 6: a wrong description of the purchase', () => {
  const as = (described: PurchaseDescription) => reasonGiven([authorizationOf()], { described })

  it('is ORIGINAL_MISMATCH when the amount differs', () => {
    expect(as({ amount: centavos(999n) })).to.equal('ORIGINAL_MISMATCH')
  })

  it('is ORIGINAL_MISMATCH when the MCC differs', () => {
    expect(as({ mcc: '5412' })).to.equal('ORIGINAL_MISMATCH')
  })

  it('is ORIGINAL_MISMATCH when the merchant differs', () => {
    expect(as({ merchant: 'PADARIA DO ZE' })).to.equal('ORIGINAL_MISMATCH')
  })

  it('is ORIGINAL_MISMATCH for an empty merchant', () => {
    expect(as({ merchant: '' })).to.equal('ORIGINAL_MISMATCH')
  })

  it('compares the received MCC, not the MCC of the rule', () => {
    const original = authorizationOf({ mcc: '5999', effectiveMcc: '5411' })
    expect(reasonGiven([original], { described: { mcc: '5411' } })).to.equal('ORIGINAL_MISMATCH')
  })

  it('is ORIGINAL_MISMATCH when any of the three differs', () => {
    const described = { amount: centavos(1_000n), mcc: '5411', merchant: 'UBER' }
    expect(as(described)).to.equal('ORIGINAL_MISMATCH')
  })

  const right: readonly (readonly [string, PurchaseDescription])[] = [
    ['nothing', {}],
    ['the amount', { amount: centavos(1_000n) }],
    ['the MCC', { mcc: '5411' }],
    ['the merchant', { merchant: padaria }],
    ['everything', { amount: centavos(1_000n), mcc: '5411', merchant: padaria }],
  ]
  for (const [what, described] of right) {
    it(`is APPROVED when ${what} is correct`, () => {
      expect(as(described)).to.equal('APPROVED')
    })
  }

  it('applies before the check for a declined purchase', () => {
    expect(reasonGiven([declineOf()], { described: { mcc: '5412' } })).to.equal('ORIGINAL_MISMATCH')
  })

  it('applies before the check of the remainder', () => {
    const past = [authorizationOf(), reversalEntryOf({ transactionId: 'rev-0' })]
    expect(reasonGiven(past, { described: { mcc: '5412' } })).to.equal('ORIGINAL_MISMATCH')
  })
})

describe('reversal, rule 7: the purchase was declined', () => {
  it('is ORIGINAL_DECLINED', () => {
    expect(reasonGiven([declineOf()])).to.equal('ORIGINAL_DECLINED')
  })

  it('is ORIGINAL_DECLINED for any requested amount', () => {
    expect(reasonGiven([declineOf()], { amount: centavos(9_999n) })).to.equal('ORIGINAL_DECLINED')
  })

  it('is ORIGINAL_DECLINED when an earlier reversal caused the decline', () => {
    const past = [markOf({ transactionId: 'rev-0' }), declineOf({ reason: 'ALREADY_REVERSED' })]
    expect(reasonGiven(past)).to.equal('ORIGINAL_DECLINED')
  })

  it('moves nothing', () => {
    expect(recorded(outcome([declineOf()]))).to.not.have.property('movement')
  })
})

describe('reversal, rules 8 and 9: the remainder of the purchase', () => {
  const partial = (transactionId: string, delta: bigint) =>
    reversalEntryOf({
      transactionId,
      amount: centavos(delta),
      movement: { wallet: 'FOOD', delta, balanceAfter: centavos(200n + delta) },
    })
  const leaving600 = [authorizationOf(), partial('rev-a', 300n), partial('rev-b', 100n)]

  it('is ALREADY_REVERSED after a reversal of everything', () => {
    expect(reasonGiven([authorizationOf(), reversalEntryOf({ transactionId: 'rev-0' })])).to.equal(
      'ALREADY_REVERSED',
    )
  })

  it('is ALREADY_REVERSED after partial reversals of everything', () => {
    expect(reasonGiven([...leaving600, partial('rev-c', 600n)])).to.equal('ALREADY_REVERSED')
  })

  it('is ALREADY_REVERSED, not AMOUNT_OVER_REMAINDER, for an amount when nothing is left', () => {
    const past = [authorizationOf(), reversalEntryOf({ transactionId: 'rev-0' })]
    expect(reasonGiven(past, { amount: centavos(1n) })).to.equal('ALREADY_REVERSED')
  })

  it('is AMOUNT_OVER_REMAINDER for one centavo more than was paid', () => {
    expect(reasonGiven([authorizationOf()], { amount: centavos(1_001n) })).to.equal('AMOUNT_OVER_REMAINDER')
  })

  it('is AMOUNT_OVER_REMAINDER for one centavo more than is left', () => {
    expect(reasonGiven(leaving600, { amount: centavos(601n) })).to.equal('AMOUNT_OVER_REMAINDER')
  })

  it('returns exactly the remainder', () => {
    expect(recorded(outcome(leaving600, { amount: centavos(600n) })).movement?.delta).to.equal(600n)
  })

  it('returns the remainder when it has no amount', () => {
    expect(recorded(outcome(leaving600)).movement?.delta).to.equal(600n)
  })

  it('does not count declined reversals', () => {
    const declined = markOf({
      transactionId: 'rev-0',
      reason: 'AMOUNT_OVER_REMAINDER',
      amount: centavos(5_000n),
    })
    expect(recorded(outcome([authorizationOf(), declined])).movement?.delta).to.equal(1_000n)
  })

  it('does not count reversals of other purchases', () => {
    const other = reversalEntryOf({ transactionId: 'rev-0', originalId: 'tx-0' })
    expect(recorded(outcome([authorizationOf(), other])).movement?.delta).to.equal(1_000n)
  })
})

describe('reversal, rule 10: the balance would be too large', () => {
  const holding = (balance: bigint) => accountWith({ FOOD: balance }, { version: 1n })

  it('is BALANCE_TOO_LARGE for one centavo too many', () => {
    const reason = reasonGiven([authorizationOf()], {}, holding(BALANCE_MAX - 999n))
    expect(reason).to.equal('BALANCE_TOO_LARGE')
  })

  it('is APPROVED up to the largest balance', () => {
    const entry = recorded(outcome([authorizationOf()], {}, holding(BALANCE_MAX - 1_000n)))
    expect(entry.movement?.balanceAfter).to.equal(BALANCE_MAX)
  })

  it('applies after the check of the remainder', () => {
    const reason = reasonGiven([authorizationOf()], { amount: centavos(1_001n) }, holding(BALANCE_MAX))
    expect(reason).to.equal('AMOUNT_OVER_REMAINDER')
  })
})

describe('reversal, rule 11: approved', () => {
  it('creates a complete entry: back to the wallet that paid, with the balance after', () => {
    const entry = recorded(outcome([authorizationOf()]))
    expect(entry).to.deep.equal(reversalEntryOf())
  })

  it('keeps the requested amount', () => {
    const entry = recorded(outcome([authorizationOf()], { amount: centavos(400n) }))
    expect(entry.amount).to.equal(400n)
  })

  it('returns money to the wallet that paid, not to the one that would pay today', () => {
    const movement = { wallet: 'CASH', delta: -1_000n, balanceAfter: centavos(70n) }
    const entry = recorded(outcome([authorizationOf({ movement })]))
    expect(entry.movement).to.deep.equal({ wallet: 'CASH', delta: 1_000n, balanceAfter: 1_070n })
  })

  for (const status of statuses) {
    it(`is approved on an account now ${status}`, () => {
      expect(reasonGiven([authorizationOf()], {}, afterPurchase({ status }))).to.equal('APPROVED')
    })
  }
})

describe('reversals of one purchase', () => {
  it('return at most the amount paid, to the centavo, in any parts', () => {
    const amounts = fc.array(fc.option(fc.bigInt({ min: 1n, max: 600n }), { nil: undefined, freq: 8 }), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(amounts, (parts) => {
        const { account, past } = reversedIn(parts)
        const givenBack = past
          .filter((entry) => entry.kind === 'REVERSAL')
          .reduce((sum, { movement }) => sum + (movement?.delta ?? 0n), 0n)
        expect(givenBack <= 1_000n).to.equal(true)
        expect(account.wallets.get('FOOD')).to.equal(200n + givenBack)
      }),
    )
  })

  it('return everything after a reversal without an amount', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: 600n }), { maxLength: 8 }), (parts) => {
        expect(reversedIn([...parts, undefined]).account.wallets.get('FOOD')).to.equal(1_200n)
      }),
    )
  })
})

/** The account after tx-1 was reversed in these parts; undefined means the whole remainder. */
function reversedIn(parts: readonly (bigint | undefined)[]): { account: Account; past: readonly Entry[] } {
  let account = afterPurchase()
  const past: Entry[] = [authorizationOf()]
  for (const [index, part] of parts.entries()) {
    const asked = {
      transactionId: `rev-${index}`,
      ...(part !== undefined && { amount: centavos(part) }),
    }
    const entry = recorded(outcome(past, asked, account))
    account = applyEntry(account, entry)
    past.push(entry)
  }
  return { account, past }
}

describe('a purchase after its reversal', () => {
  const late = (past: readonly Entry[], status: AccountStatus = 'ACTIVE') =>
    decideOn(historyOf(accountWith({ FOOD: 5_000n }, { status, version: 1n }), past), purchaseOf())

  it('is not reduced by a declined partial reversal', () => {
    const [taken, declined] = [{ amount: centavos(300n) }, { amount: centavos(100n) }]
    const past = [markOf(taken), markOf({ ...declined, transactionId: 'rev-2', reason: 'ALREADY_REVERSED' })]
    expect(recorded(late(past)).movement?.delta).to.equal(-700n)
  })

  it('is declined as ALREADY_REVERSED, even when a wallet could pay', () => {
    expect(recorded(late([markOf()])).reason).to.equal('ALREADY_REVERSED')
  })

  it('takes no money', () => {
    expect(recorded(late([markOf()]))).to.not.have.property('movement')
  })

  it('is approved when the reversal was of another purchase', () => {
    expect(recorded(late([markOf({ originalId: 'tx-0' })])).reason).to.equal('APPROVED')
  })

  it('is declined as ACCOUNT_BLOCKED when the account is blocked, too', () => {
    expect(recorded(late([markOf()], 'BLOCKED')).reason).to.equal('ACCOUNT_BLOCKED')
  })

  it('is declined before the check of the balance', () => {
    const poor = historyOf(accountWith({}, { version: 1n }), [markOf()])
    expect(recorded(decideOn(poor, purchaseOf())).reason).to.equal('ALREADY_REVERSED')
  })

  it('is a reuse when it has the id of the reversal itself', () => {
    const history = historyOf(accountWith({ FOOD: 5_000n }, { version: 1n }), [markOf()])
    const verdict = decideOn(history, purchaseOf({ transactionId: 'rev-1' }))
    expect(verdict).to.deep.equal({ type: 'REUSED', entry: markOf() })
  })
})
