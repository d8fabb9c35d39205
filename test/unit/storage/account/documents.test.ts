import { expect } from 'chai'
import fc from 'fast-check'
import { BSON } from 'mongodb'
import { type Account, applyEntry, unopenedAccount } from '../../../../src/domain/account.js'
import type { AuthorizationEntry, Entry, ReversalEntry } from '../../../../src/domain/entry.js'
import { InvariantError } from '../../../../src/domain/invariant.js'
import { unlimited } from '../../../../src/domain/limits.js'
import { centavos } from '../../../../src/domain/money.js'
import {
  type AccountDocument,
  accountDocument,
  accountOf,
} from '../../../../src/storage/account/account-document.js'
import {
  entryOfLedger,
  type LedgerDocument,
  ledgerDocument,
  ledgerKey,
} from '../../../../src/storage/account/ledger-document.js'
import {
  account,
  adminEntry,
  adviceEntry,
  authorizationEntry,
  captureEntry,
  creditEntry,
  expiryEntry,
  heldEntry,
  incrementEntry,
  payingCreditEntry,
  refundEntry,
  reversalEntry,
} from './arbitraries.js'

describe('documents', () => {
  for (const [kind, entry] of [
    ['an authorization', authorizationEntry],
    ['an authorization that holds', heldEntry],
    ['an increment', incrementEntry],
    ['a capture', captureEntry],
    ['an advice', adviceEntry],
    ['a reversal', reversalEntry],
    ['a refund', refundEntry],
    ['an expiry', expiryEntry],
    ['a credit', creditEntry],
    ['a credit that pays what is owed', payingCreditEntry],
    ['an administrative change', adminEntry],
  ] as const) {
    it(`${kind} is read back from the ledger unchanged`, () => {
      fc.assert(
        fc.property<[Entry]>(entry, (written) => {
          expect(entryOfLedger(stored(ledgerDocument(written)))).to.deep.equal(written)
        }),
      )
    })
  }

  it('an account is read back unchanged', () => {
    fc.assert(
      fc.property(account, (written) => {
        expect(accountOf(stored(accountDocument(written)))).to.deep.equal(written)
      }),
    )
  })

  it('a key always has its fields in the same order', () => {
    const key = ledgerKey({ transactionId: 't', accountId: 'a' })
    expect(JSON.stringify(key)).to.equal('{"account":"a","transaction":"t"}')
  })

  for (const [reason, decision] of [
    ['APPROVED', 'APPROVED'],
    ['INSUFFICIENT_BALANCE', 'DECLINED'],
  ] as const) {
    it(`an authorization that is ${reason} is stored as ${decision}`, () => {
      expect(ledgerDocument(authorization(reason))).to.include({ decision, reason })
    })
  }

  for (const [reason, name] of [
    ['REVERSED_BEFORE_PURCHASE', 'REVERSED_AHEAD'],
    ['AMOUNT_OVER_REMAINDER', 'AMOUNT_OVER_REST'],
    ['ALREADY_REVERSED', 'ALREADY_REVERSED'],
  ] as const) {
    it(`a reversal that is ${reason} is stored as ${name}, and read back unchanged`, () => {
      const written = reversal(reason)
      const document = ledgerDocument(written)
      expect(document.reason).to.equal(name)
      expect(entryOfLedger(stored(document))).to.deep.equal(written)
    })
  }

  it('an account from before limits and counters is read as one without limits and spending', () => {
    const { limits: _, spent: _spent, ...old } = accountDocument(accountExample())
    expect(accountOf(stored(old))).to.deep.include({ limits: unlimited, spent: new Map() })
  })

  it('an account without limits that has never paid uses no bytes for them', () => {
    expect(accountDocument(accountExample())).not.to.have.any.keys('limits', 'spent')
  })

  it('an account that never held or owed money uses no bytes for holds', () => {
    expect(Object.keys(accountDocument(accountExample()))).to.deep.equal([
      ...['_id', 'status', 'wallets', 'version', 'journal', 'updated_at', 'created_at'],
    ])
  })

  it('an account with holds names the time when the first of them expires', () => {
    const hold = (id: string, seconds: number) => ({
      id,
      wallet: 'CASH',
      authorized: 5n,
      captured: 0n,
      released: 0n,
      expiresAt: new Date(seconds * 1_000),
      counted: [{ day: '2026-01-02', amount: 5n }],
    })
    const holds = [hold('late', 9), hold('early', 3), hold('later', 12)]
    expect(accountDocument({ ...accountExample(), holds }).next_expiry).to.deep.equal(new Date(3_000))
  })

  it('absent fields are not stored at all', () => {
    expect(ledgerDocument(authorization('INSUFFICIENT_BALANCE'))).to.have.all.keys(
      ...['_id', 'seq', 'kind', 'at', 'decision', 'reason', 'amount', 'mcc', 'effective_mcc', 'merchant'],
    )
  })
})

describe('damaged documents', () => {
  const good = accountDocument(accountExample())
  const [opening, credit] = good.journal
  const counted = [{ day: '2026-01-02', amount: 5n }]
  const hold = { id: 'buy', wallet: 'CASH', authorized: 5n, expires_at: new Date(0), counted }
  const spentOn = { day: '2026-01-02', day_amount: 1n, month_amount: 1n }
  const accounts: readonly (readonly [string, object])[] = [
    ['a version that is no int64', { version: 2 }],
    ['no version', { version: undefined }],
    ['a version of 0', { version: 0n, journal: [{ ...opening, seq: 0n }] }],
    ['a version beyond its journal', { version: 3n }],
    ['a version before the end of its journal', { version: 1n }],
    ['an empty journal', { journal: [] }],
    ['a journal with a gap', { version: 3n, journal: [opening, { ...credit, seq: 3n }] }],
    ['a place in the history that is no int64', { journal: [opening, { ...credit, seq: 2 }] }],
    ['a balance below zero', { wallets: { CASH: -1n } }],
    ['a balance that is no int64', { wallets: { CASH: 1_000 } }],
    ['a status that is unknown', { status: 'FROZEN' }],
    ['no status', { status: undefined }],
    ['a limit below zero', { limits: { purchase: -1n, wallets: {} } }],
    ['a limit that is no int64', { limits: { wallets: { CASH: { day: 5 } } } }],
    ['spending below zero', { spent: { CASH: { ...spentOn, day_amount: -1n } } }],
    ['spending that is no int64', { spent: { CASH: { ...spentOn, month_amount: 1 } } }],
    ['spending on no day', { spent: { CASH: { ...spentOn, day: 20_260_102 } } }],
    ['held money below zero', { held: { CASH: -1n } }],
    ['held money that is no int64', { held: { CASH: 5 } }],
    ['owed money below zero', { owed: { CASH: -1n } }],
    ['a hold without its purchase', { holds: [{ ...hold, id: undefined }] }],
    ['a hold without a wallet', { holds: [{ ...hold, wallet: undefined }] }],
    ['a hold without a time', { holds: [{ ...hold, expires_at: undefined }] }],
    ['a hold without a rest', { holds: [{ ...hold, captured: 5n }] }],
    ['a hold of an amount that is no int64', { holds: [{ ...hold, authorized: 5 }] }],
    ['a hold that no day counts', { holds: [{ ...hold, counted: undefined }] }],
  ]

  for (const [what, discrepancy] of accounts) {
    it(`an account with ${what} is rejected`, () => {
      expect(() => accountOf(unchecked({ ...good, ...discrepancy }))).to.throw(InvariantError)
    })
  }

  const purchase = ledgerDocument(authorization('APPROVED'))
  const followUp = { ...purchase, original: 'buy' }
  const change = { ...purchase, kind: 'ADMIN', status: 'ACTIVE', subject: 'test' }
  const entries: readonly (readonly [string, object])[] = [
    ...['reason', 'amount', 'mcc', 'effective_mcc', 'merchant', 'delta', 'balance_after'].map(
      (field) => [`an authorization without ${field}`, { ...purchase, [field]: undefined }] as const,
    ),
    ['an authorization of less than nothing', { ...purchase, amount: -1n }],
    ['an authorization of an amount that is no int64', { ...purchase, amount: 10 }],
    ['a balance below zero', { ...purchase, balance_after: -1n }],
    ['a movement that is no int64', { ...purchase, delta: -10 }],
    ['network data with a field that is no text', { ...purchase, network: { rrn: 1 } }],
    ['network data with an unknown rail', { ...purchase, network: { rail: 'CHEQUE' } }],
    ['network data with an unknown product', { ...purchase, network: { product: 'FUEL' } }],
    ['a malformed day', { ...purchase, day: '2026-1-2' }],
    ['a change of limits without limits', { ...change, action: 'LIMITS' }],
    ['limits in another change', { ...change, action: 'STATUS', limits: { wallets: {} } }],
    ['a credit without a wallet', { ...purchase, kind: 'CREDIT', wallet: undefined }],
    ['a change without a status', { ...purchase, kind: 'ADMIN', action: 'OPEN', subject: 'test' }],
    ['a change without a subject', { ...purchase, kind: 'ADMIN', action: 'OPEN', status: 'ACTIVE' }],
    ['an entry of an unknown kind', { ...purchase, kind: 'GIFT' }],
    ['an entry of an unknown reason', { ...purchase, reason: 'BAD_LUCK' }],
    ['a held amount without a balance', { ...purchase, held_delta: 1n }],
    ['an owed amount that is no int64', { ...purchase, owed_delta: 1, owed_after: 1n }],
    ['held money below zero', { ...purchase, held_delta: -1n, held_after: -1n }],
    ['a hold of a time that is no int64', { ...purchase, hold: { expires_in: 60 } }],
    ['a hold that ends at no time', { ...purchase, held_until: 60 }],
    ['an increment without an original', { ...purchase, kind: 'INCREMENT' }],
    ['an increment without an amount', { ...followUp, kind: 'INCREMENT', amount: undefined }],
    ['a capture without an original', { ...purchase, kind: 'CAPTURE' }],
    ['a capture without an MCC', { ...followUp, kind: 'CAPTURE', mcc: undefined }],
    ['a capture that says it is final', { ...followUp, kind: 'CAPTURE', more_to_come: false }],
    ['a capture that counts no days', { ...followUp, kind: 'CAPTURE', days: {} }],
    [
      'a capture that counts a malformed day',
      { ...followUp, kind: 'CAPTURE', days: [{ day: 'x', amount: 1n }] },
    ],
    ['an advice without a merchant', { ...followUp, kind: 'ADVICE', merchant: undefined }],
    ['a refund without an amount', { ...followUp, kind: 'REFUND', amount: undefined }],
    ['a refund that says it was booked', { ...followUp, kind: 'REFUND', request: false }],
    ['an expiry without an original', { ...purchase, kind: 'EXPIRY', reason: 'EXPIRED' }],
    ['an expiry for another reason', { ...followUp, kind: 'EXPIRY' }],
    [
      'an expiry that gives nothing back',
      { ...followUp, kind: 'EXPIRY', reason: 'EXPIRED', wallet: undefined },
    ],
    ['a reversal that says it was asked', { ...followUp, kind: 'REVERSAL', advice: false }],
    [
      'a credit that says it pays nothing owed',
      { ...purchase, kind: 'CREDIT', amount: -10n, pays_owed: false },
    ],
    ['a credit of another amount than it moves', { ...purchase, kind: 'CREDIT', amount: 10n }],
    ['an entry without a kind', { ...purchase, kind: undefined }],
  ]

  for (const [what, document] of entries) {
    it(`${what} is rejected`, () => {
      expect(() => entryOfLedger(unchecked(document))).to.throw(InvariantError)
    })
  }
})

/** The document after a round trip through BSON. */
function stored<T extends AccountDocument | LedgerDocument>(document: T): T {
  // A correct BSON round trip returns the type that went in, which is what the test checks.
  return BSON.deserialize(BSON.serialize(document), { useBigInt64: true }) as T
}

/** As another program might have written it. */
function unchecked<T>(document: object): T {
  // A damaged document has no type.
  return document as T
}

/** An open account with 1000 centavos, its two entries in the journal. */
function accountExample(): Account {
  const recorded = { accountId: 'a', at: new Date(0) }
  const opening = { ...recorded, kind: 'ADMIN', action: 'OPEN', transactionId: 'open', seq: 1n } as const
  const opened = applyEntry(unopenedAccount('a'), { ...opening, status: 'ACTIVE', subject: 'test' })
  const movement = { wallet: 'CASH', delta: 1_000n, balanceAfter: centavos(1_000n) }
  return applyEntry(opened, { ...recorded, kind: 'CREDIT', transactionId: 'fund', seq: 2n, movement })
}

function authorization(reason: 'APPROVED' | 'INSUFFICIENT_BALANCE'): AuthorizationEntry {
  const movement = { wallet: 'CASH', delta: -10n, balanceAfter: centavos(990n) }
  return {
    kind: 'AUTHORIZATION',
    accountId: 'a',
    transactionId: 't',
    seq: 3n,
    at: new Date(0),
    reason,
    amount: centavos(10n),
    mcc: '9999',
    effectiveMcc: '9999',
    merchant: '',
    ...(reason === 'APPROVED' && { movement }),
  }
}

function reversal(reason: ReversalEntry['reason']): ReversalEntry {
  return {
    kind: 'REVERSAL',
    accountId: 'a',
    transactionId: 'r',
    seq: 4n,
    at: new Date(0),
    reason,
    originalId: 't',
    amount: centavos(10n),
    described: {},
  }
}
