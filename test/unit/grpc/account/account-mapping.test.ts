import { expect } from 'chai'
import type { Entry } from '../../../../src/domain/entry.js'
import { centavos } from '../../../../src/domain/money.js'
import { type Reason as DomainReason, reasons } from '../../../../src/domain/reason.js'
import { AccountStatus, type Transaction, TransactionKind } from '../../../../src/gen/benefits/v1/account.js'
import { Decision, Fallback, Reason } from '../../../../src/gen/benefits/v1/authorization.js'
import { accountMessage } from '../../../../src/grpc/account/account-mapping.js'
import { transactionMessage } from '../../../../src/grpc/account/transaction-mapping.js'
import { networkMessage } from '../../../../src/grpc/network-mapping.js'
import {
  accountWith,
  adminEntryOf,
  at,
  authorizationOf,
  creditEntryOf,
  declineOf,
} from '../../domain/builders.js'

const order = ['FOOD', 'MEAL', 'CASH']

describe('account on the wire', () => {
  it('has every field', () => {
    const openedAt = new Date(1)
    const account = accountWith(
      { FOOD: 12n },
      {
        status: 'BLOCKED',
        version: 7n,
        openedAt,
        updatedAt: at,
        limits: { purchase: centavos(9n), wallets: new Map([['FOOD', { day: centavos(7n) }]]) },
        spent: new Map([['FOOD', { day: '2026-01-02', dayAmount: centavos(3n), monthAmount: centavos(5n) }]]),
        held: new Map([['FOOD', centavos(6n)]]),
        owed: new Map([['FOOD', centavos(2n)]]),
        holds: [
          {
            id: 'hotel',
            wallet: 'FOOD',
            authorized: 9n,
            captured: 2n,
            released: 1n,
            expiresAt: at,
            counted: [{ day: '2026-01-02', amount: 6n }],
          },
        ],
      },
    )
    expect(accountMessage(account, ['FOOD'])).to.deep.equal({
      id: 'account-1',
      status: AccountStatus.BLOCKED,
      wallets: [
        {
          category: 'FOOD',
          balance: 12n,
          spending: { day: '2026-01-02', dayAmount: 3n, monthAmount: 5n },
          held: 6n,
          owed: 2n,
        },
      ],
      version: 7n,
      createTime: openedAt,
      updateTime: at,
      limits: {
        purchaseMax: 9n,
        wallets: [{ category: 'FOOD', dayMax: 7n, monthMax: undefined }],
      },
      holds: [
        {
          transactionId: 'hotel',
          category: 'FOOD',
          authorizedAmount: 9n,
          capturedAmount: 2n,
          releasedAmount: 1n,
          restAmount: 6n,
          expireTime: at,
        },
      ],
    })
  })

  it('has a wallet for every category, in their order, including empty ones', () => {
    expect(accountMessage(accountWith({ CASH: 5n }), order).wallets).to.deep.equal([
      { category: 'FOOD', balance: 0n, spending: undefined, held: 0n, owed: 0n },
      { category: 'MEAL', balance: 0n, spending: undefined, held: 0n, owed: 0n },
      { category: 'CASH', balance: 5n, spending: undefined, held: 0n, owed: 0n },
    ])
  })

  it('still has the wallet of a deleted category', () => {
    const { wallets } = accountMessage(accountWith({ OLD: 3n, CASH: 5n }), order)
    expect(wallets.at(-1)).to.deep.equal({
      category: 'OLD',
      balance: 3n,
      spending: undefined,
      held: 0n,
      owed: 0n,
    })
  })

  it('has each wallet once', () => {
    const { wallets } = accountMessage(accountWith({ CASH: 5n, FOOD: 1n }), order)
    expect(wallets.map(({ category }) => category)).to.deep.equal(order)
  })

  for (const status of ['ACTIVE', 'BLOCKED', 'CLOSED'] as const) {
    it(`has the status ${status}`, () => {
      expect(accountMessage(accountWith({}, { status }), order).status).to.equal(AccountStatus[status])
    })
  }
})

/** Every field of the message, with the default of an entry without a value. */
const silent: Transaction = {
  transactionId: 'tx-1',
  accountId: 'account-1',
  seq: 1n,
  kind: TransactionKind.UNSPECIFIED,
  decision: Decision.UNSPECIFIED,
  reason: Reason.UNSPECIFIED,
  amount: 0n,
  category: '',
  delta: 0n,
  balanceAfter: undefined,
  mcc: '',
  effectiveMcc: '',
  merchant: '',
  merchantRule: '',
  fallback: Fallback.UNSPECIFIED,
  network: undefined,
  approvalCode: '',
  verification: false,
  verifiedCategory: '',
  catalogVersion: 0n,
  originalTransactionId: '',
  accountStatus: AccountStatus.UNSPECIFIED,
  subject: '',
  createTime: at,
  limits: undefined,
  day: '',
  heldDelta: 0n,
  heldAfter: undefined,
  owedDelta: 0n,
  owedAfter: undefined,
  days: [],
  hold: undefined,
  heldUntil: undefined,
  moreToCome: false,
  advice: false,
  request: false,
  paysOwed: false,
}

const reversal: Entry = {
  kind: 'REVERSAL',
  accountId: 'account-1',
  transactionId: 'rev-1',
  seq: 9n,
  at,
  reason: 'APPROVED',
  originalId: 'tx-1',
  amount: centavos(300n),
  described: { amount: centavos(1_000n), mcc: '5411', merchant: 'UBER' },
  movement: { wallet: 'FOOD', delta: 300n, balanceAfter: centavos(500n) },
  day: '2026-01-02',
}
const { movement: _, amount: _amount, day: _day, ...bareReversal } = reversal

/** Numbers of the reasons, as the .proto has them. */
const numbers: Readonly<Record<DomainReason, number>> = {
  APPROVED: 1,
  INSUFFICIENT_BALANCE: 2,
  ACCOUNT_NOT_FOUND: 3,
  ACCOUNT_BLOCKED: 4,
  ACCOUNT_CLOSED: 5,
  ALREADY_REVERSED: 6,
  REVERSED_BEFORE_PURCHASE: 7,
  ORIGINAL_DECLINED: 8,
  ORIGINAL_MISMATCH: 9,
  ORIGINAL_NOT_REVERSIBLE: 10,
  AMOUNT_OVER_REMAINDER: 11,
  BALANCE_TOO_LARGE: 12,
  MCC_NOT_PERMITTED: 13,
  AMOUNT_OVER_LIMIT: 14,
  CURRENCY_NOT_SUPPORTED: 15,
  RAIL_NOT_PERMITTED: 16,
  VERIFIED: 17,
  ALREADY_CAPTURED: 18,
  HOLDS_FULL: 19,
  HOLD_NOT_OPEN: 20,
  CAPTURED: 21,
  CAPTURED_OVER: 22,
  CAPTURED_OVER_TOLERANCE: 23,
  CAPTURED_LATE: 24,
  CAPTURED_AFTER_DECLINE: 25,
  CAPTURED_UNSEEN: 26,
  EXPIRED: 27,
  ADVISED: 28,
  ADVICE_OVERRIDES: 29,
  ADVICE_REVERSED: 30,
  ALREADY_APPROVED: 31,
  REFUNDED: 32,
  REFUNDED_OVER: 33,
  REFUNDED_UNLINKED: 34,
  ORIGINAL_NOT_CAPTURED: 35,
}

const until = new Date(at.getTime() + 60_000)
const recorded = { accountId: 'account-1', transactionId: 'tx-1', seq: 1n, at }
const booked = { amount: centavos(1_000n), mcc: '5812', merchant: 'BAR', network: { rrn: '1' } }
const bookedFields = { amount: 1_000n, mcc: '5812', merchant: 'BAR', network: networkMessage({ rrn: '1' }) }
const routed = { effectiveMcc: '5813', merchantRule: 'bar', catalogVersion: 7n }
const routedFields = { effectiveMcc: '5813', merchantRule: 'bar', catalogVersion: 7n }

describe('entry on the wire', () => {
  const approved = authorizationOf({
    seq: 4n,
    mcc: '5999',
    merchant: 'UBER TRIP',
    merchantRule: 'uber-trip',
    catalogVersion: 7n,
  })
  const examples: readonly (readonly [string, Entry, Partial<Transaction>])[] = [
    [
      'an approved purchase',
      approved,
      {
        seq: 4n,
        kind: TransactionKind.AUTHORIZATION,
        decision: Decision.APPROVED,
        reason: Reason.APPROVED,
        amount: 1_000n,
        category: 'FOOD',
        delta: -1_000n,
        balanceAfter: 200n,
        mcc: '5999',
        effectiveMcc: '5411',
        merchant: 'UBER TRIP',
        merchantRule: 'uber-trip',
        catalogVersion: 7n,
        day: '2026-01-02',
      },
    ],
    [
      'an approved verification',
      declineOf({
        amount: centavos(0n),
        verification: true,
        reason: 'VERIFIED',
        verifiedWallet: 'FOOD',
        approvalCode: '7K3Q9Z',
        merchant: '',
      }),
      {
        kind: TransactionKind.AUTHORIZATION,
        decision: Decision.APPROVED,
        reason: Reason.VERIFIED,
        verification: true,
        verifiedCategory: 'FOOD',
        approvalCode: '7K3Q9Z',
        mcc: '5411',
        effectiveMcc: '5411',
      },
    ],
    [
      'a declined purchase',
      declineOf({ merchant: '' }),
      {
        kind: TransactionKind.AUTHORIZATION,
        decision: Decision.DECLINED,
        reason: Reason.INSUFFICIENT_BALANCE,
        amount: 1_000n,
        mcc: '5411',
        effectiveMcc: '5411',
      },
    ],
    [
      'a purchase that emptied the wallet',
      authorizationOf({
        movement: { wallet: 'FOOD', delta: -1_000n, balanceAfter: centavos(0n) },
        merchant: '',
      }),
      {
        kind: TransactionKind.AUTHORIZATION,
        decision: Decision.APPROVED,
        reason: Reason.APPROVED,
        amount: 1_000n,
        category: 'FOOD',
        delta: -1_000n,
        balanceAfter: 0n,
        day: '2026-01-02',
        mcc: '5411',
        effectiveMcc: '5411',
      },
    ],
    [
      'a partial reversal',
      reversal,
      {
        transactionId: 'rev-1',
        seq: 9n,
        kind: TransactionKind.REVERSAL,
        decision: Decision.APPROVED,
        reason: Reason.APPROVED,
        amount: 300n,
        category: 'FOOD',
        delta: 300n,
        balanceAfter: 500n,
        originalTransactionId: 'tx-1',
        day: '2026-01-02',
      },
    ],
    [
      'a reversal of all that is left, declined',
      { ...bareReversal, reason: 'ALREADY_REVERSED' },
      {
        transactionId: 'rev-1',
        seq: 9n,
        kind: TransactionKind.REVERSAL,
        decision: Decision.DECLINED,
        reason: Reason.ALREADY_REVERSED,
        originalTransactionId: 'tx-1',
      },
    ],
    [
      'a reversal that came ahead',
      { ...bareReversal, reason: 'REVERSED_BEFORE_PURCHASE' },
      {
        transactionId: 'rev-1',
        seq: 9n,
        kind: TransactionKind.REVERSAL,
        decision: Decision.APPROVED,
        reason: Reason.REVERSED_BEFORE_PURCHASE,
        originalTransactionId: 'tx-1',
      },
    ],
    [
      'a purchase that is held',
      authorizationOf({
        hold: { expiresInSeconds: 60 },
        heldUntil: until,
        movement: {
          wallet: 'FOOD',
          delta: -1_000n,
          balanceAfter: centavos(200n),
          heldDelta: 1_000n,
          heldAfter: centavos(1_500n),
        },
        merchant: '',
      }),
      {
        kind: TransactionKind.AUTHORIZATION,
        decision: Decision.APPROVED,
        reason: Reason.APPROVED,
        amount: 1_000n,
        category: 'FOOD',
        delta: -1_000n,
        balanceAfter: 200n,
        heldDelta: 1_000n,
        heldAfter: 1_500n,
        day: '2026-01-02',
        mcc: '5411',
        effectiveMcc: '5411',
        hold: { expiresIn: { seconds: 60n, nanos: 0 } },
        heldUntil: until,
      },
    ],
    [
      'an increment',
      {
        ...recorded,
        kind: 'INCREMENT',
        reason: 'APPROVED',
        originalId: 'hotel',
        amount: centavos(300n),
        network: { rrn: '1' },
        movement: {
          wallet: 'FOOD',
          delta: -300n,
          balanceAfter: centavos(0n),
          heldDelta: 300n,
          heldAfter: centavos(900n),
        },
        approvalCode: '7K3Q9Z',
        day: '2026-01-02',
      },
      {
        kind: TransactionKind.INCREMENT,
        decision: Decision.APPROVED,
        reason: Reason.APPROVED,
        amount: 300n,
        category: 'FOOD',
        delta: -300n,
        balanceAfter: 0n,
        heldDelta: 300n,
        heldAfter: 900n,
        originalTransactionId: 'hotel',
        network: networkMessage({ rrn: '1' }),
        approvalCode: '7K3Q9Z',
        day: '2026-01-02',
      },
    ],
    [
      'a capture over its hold, which the wallet cannot pay whole',
      {
        ...recorded,
        ...booked,
        kind: 'CAPTURE',
        reason: 'CAPTURED_OVER',
        originalId: 'hotel',
        moreToCome: true,
        movement: {
          wallet: 'FOOD',
          delta: -50n,
          balanceAfter: centavos(0n),
          heldDelta: -900n,
          heldAfter: centavos(0n),
          owedDelta: 50n,
          owedAfter: centavos(70n),
        },
        day: '2026-01-02',
      },
      {
        ...bookedFields,
        kind: TransactionKind.CAPTURE,
        decision: Decision.APPROVED,
        reason: Reason.CAPTURED_OVER,
        originalTransactionId: 'hotel',
        moreToCome: true,
        category: 'FOOD',
        delta: -50n,
        balanceAfter: 0n,
        heldDelta: -900n,
        heldAfter: 0n,
        owedDelta: 50n,
        owedAfter: 70n,
        day: '2026-01-02',
      },
    ],
    [
      'an advice that is a purchase',
      { ...recorded, ...booked, ...routed, kind: 'ADVICE', reason: 'ADVISED', fallback: 'NEVER' },
      {
        ...bookedFields,
        ...routedFields,
        kind: TransactionKind.ADVICE,
        decision: Decision.APPROVED,
        reason: Reason.ADVISED,
        fallback: Fallback.NEVER,
      },
    ],
    [
      'a refund that was asked for, and declined',
      {
        ...recorded,
        ...booked,
        kind: 'REFUND',
        reason: 'ORIGINAL_NOT_CAPTURED',
        originalId: 'hotel',
        request: true,
      },
      {
        ...bookedFields,
        kind: TransactionKind.REFUND,
        decision: Decision.DECLINED,
        reason: Reason.ORIGINAL_NOT_CAPTURED,
        originalTransactionId: 'hotel',
        request: true,
      },
    ],
    [
      'a reversal that is an advice, which several days get back',
      {
        ...recorded,
        kind: 'REVERSAL',
        reason: 'ALREADY_REVERSED',
        originalId: 'hotel',
        described: {},
        advice: true,
        days: [
          { day: '2026-01-01', amount: 1n },
          { day: '2026-01-02', amount: 2n },
        ],
      },
      {
        kind: TransactionKind.REVERSAL,
        decision: Decision.APPROVED,
        reason: Reason.ALREADY_REVERSED,
        originalTransactionId: 'hotel',
        advice: true,
        days: [
          { day: '2026-01-01', amount: 1n },
          { day: '2026-01-02', amount: 2n },
        ],
      },
    ],
    [
      'an expiry',
      {
        ...recorded,
        transactionId: ' expiry hotel',
        kind: 'EXPIRY',
        reason: 'EXPIRED',
        originalId: 'hotel',
        movement: {
          wallet: 'FOOD',
          delta: 900n,
          balanceAfter: centavos(900n),
          heldDelta: -900n,
          heldAfter: centavos(0n),
        },
        day: '2026-01-02',
      },
      {
        transactionId: ' expiry hotel',
        kind: TransactionKind.EXPIRY,
        decision: Decision.APPROVED,
        reason: Reason.EXPIRED,
        amount: 900n,
        originalTransactionId: 'hotel',
        category: 'FOOD',
        delta: 900n,
        balanceAfter: 900n,
        heldDelta: -900n,
        heldAfter: 0n,
        day: '2026-01-02',
      },
    ],
    [
      'a credit that pays what the wallet owes',
      creditEntryOf({
        paysOwed: true,
        movement: {
          wallet: 'FOOD',
          delta: 40n,
          balanceAfter: centavos(40n),
          owedDelta: -60n,
          owedAfter: centavos(0n),
        },
      }),
      {
        kind: TransactionKind.CREDIT,
        decision: Decision.APPROVED,
        amount: 100n,
        category: 'FOOD',
        delta: 40n,
        balanceAfter: 40n,
        owedDelta: -60n,
        owedAfter: 0n,
        paysOwed: true,
      },
    ],
    [
      'a credit',
      creditEntryOf(),
      {
        kind: TransactionKind.CREDIT,
        decision: Decision.APPROVED,
        amount: 1_000n,
        category: 'FOOD',
        delta: 1_000n,
        balanceAfter: 1_000n,
      },
    ],
    [
      'a change of limits',
      adminEntryOf({
        action: 'LIMITS',
        subject: 'ana',
        limits: { wallets: new Map([['FOOD', { day: centavos(0n), month: centavos(7n) }]]) },
      }),
      {
        kind: TransactionKind.ADMIN,
        decision: Decision.APPROVED,
        accountStatus: AccountStatus.ACTIVE,
        subject: 'ana',
        limits: { purchaseMax: undefined, wallets: [{ category: 'FOOD', dayMax: 0n, monthMax: 7n }] },
      },
    ],
    [
      'a change of the account',
      adminEntryOf({ action: 'STATUS', status: 'CLOSED', subject: 'ana' }),
      {
        kind: TransactionKind.ADMIN,
        decision: Decision.APPROVED,
        accountStatus: AccountStatus.CLOSED,
        subject: 'ana',
      },
    ],
  ]
  for (const [what, entry, said] of examples) {
    it(`is ${what}, field by field`, () => {
      expect(transactionMessage(entry)).to.deep.equal({ ...silent, ...said })
    })
  }

  it('includes every reason', () => {
    expect(Object.keys(numbers)).to.have.members([...reasons])
  })

  for (const [reason, number] of Object.entries(numbers)) {
    it(`maps the reason ${reason} to the number in the contract`, () => {
      // The keys of the table are reasons.
      const entry = declineOf({ reason: reason as DomainReason })
      expect(transactionMessage(entry).reason).to.equal(number)
    })
  }
})
