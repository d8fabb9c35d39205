import { expect } from 'chai'
import type { AccountStatus } from '../../../src/domain/account-status.js'
import { decideLimits, type LimitsChange } from '../../../src/domain/change-limits.js'
import type { Limits, WalletLimits } from '../../../src/domain/limits.js'
import { centavos } from '../../../src/domain/money.js'
import { accountWith, adminEntryOf, at, historyOf, recorded } from './builders.js'

const most = centavos(500n)
const wallet = (limits: { day?: bigint; month?: bigint }): WalletLimits => ({
  ...(limits.day !== undefined && { day: centavos(limits.day) }),
  ...(limits.month !== undefined && { month: centavos(limits.month) }),
})
const before: Limits = {
  purchase: most,
  wallets: new Map([
    ['FOOD', wallet({ day: 10n, month: 100n })],
    ['CASH', wallet({ month: 70n })],
  ]),
}

function changeOf(over: Partial<LimitsChange> = {}): LimitsChange {
  return { transactionId: 'tx-1', subject: 'ana', replaces: false, wallets: new Map(), ...over }
}

/** The limits that an account with those above has after the change. */
function limitsAfter(over: Partial<LimitsChange>): Limits | undefined {
  const verdict = decideLimits(historyOf(accountWith({}, { limits: before })), changeOf(over), at)
  return recorded(verdict).limits
}

describe('a change of limits', () => {
  it('sets the maximum of one purchase and keeps the rest', () => {
    expect(limitsAfter({ purchase: { limit: centavos(7n) } })).to.deep.equal({ ...before, purchase: 7n })
  })

  it('removes the maximum of one purchase', () => {
    expect(limitsAfter({ purchase: {} })).to.deep.equal({ wallets: before.wallets })
  })

  it('sets the limits of one wallet as a whole, and keeps the others', () => {
    expect(limitsAfter({ wallets: new Map([['FOOD', wallet({ day: 20n })]]) })?.wallets).to.deep.equal(
      new Map([
        ['FOOD', wallet({ day: 20n })],
        ['CASH', wallet({ month: 70n })],
      ]),
    )
  })

  it('removes the limits of one wallet', () => {
    expect(limitsAfter({ wallets: new Map([['FOOD', {}]]) })?.wallets).to.deep.equal(
      new Map([['CASH', wallet({ month: 70n })]]),
    )
  })

  it('replaces all of them', () => {
    const wallets = new Map([['MEAL', wallet({ day: 0n })]])
    expect(limitsAfter({ replaces: true, wallets, purchase: {} })).to.deep.equal({ wallets })
  })

  it('removes all of them', () => {
    expect(limitsAfter({ replaces: true, purchase: {} })).to.deep.equal({ wallets: new Map() })
  })

  for (const status of ['ACTIVE', 'BLOCKED'] as const) {
    it(`is an entry with author and new limits, and leaves the account ${status}`, () => {
      const account = accountWith({}, { status, limits: before, version: 4n })
      const entry = recorded(decideLimits(historyOf(account), changeOf({ purchase: {} }), at))
      expect(entry).to.deep.equal(
        adminEntryOf({
          action: 'LIMITS',
          seq: 5n,
          status,
          subject: 'ana',
          limits: { wallets: before.wallets },
        }),
      )
    })
  }

  for (const [what, over] of [
    ['the maximum that there is', { purchase: { limit: most } }],
    ['the limits that the wallet has', { wallets: new Map([['CASH', wallet({ month: 70n })]]) }],
    ['no limits to a wallet that has none', { wallets: new Map([['MEAL', {}]]) }],
    ['nothing at all', {}],
    ['all as they are', { replaces: true, purchase: { limit: most }, wallets: before.wallets }],
  ] as const) {
    it(`is recorded even when it gives ${what}`, () => {
      const account = accountWith({}, { limits: before })
      const verdict = decideLimits(historyOf(account), changeOf(over), at)
      expect(recorded(verdict).limits).to.deep.equal(before)
    })
  }

  const rejections: readonly (readonly [AccountStatus, string])[] = [
    ['UNOPENED', 'ACCOUNT_NOT_FOUND'],
    ['CLOSED', 'ACCOUNT_CLOSED'],
  ]
  for (const [status, rejection] of rejections) {
    it(`is rejected on an account that is ${status}`, () => {
      const verdict = decideLimits(
        historyOf(accountWith({}, { status })),
        changeOf({ purchase: { limit: most } }),
        at,
      )
      expect(verdict).to.deep.equal({ type: 'REJECTED', rejection })
    })
  }
})

describe('a change of limits with an id that was used before', () => {
  const made = adminEntryOf({ action: 'LIMITS', limits: { purchase: most, wallets: new Map() } })

  it('returns the entry when it repeats the change, whatever the limits are now', () => {
    const account = accountWith({}, { limits: before, status: 'CLOSED' })
    const verdict = decideLimits(historyOf(account, [made]), changeOf({ purchase: { limit: most } }), at)
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: made })
  })

  for (const [what, earlier] of [
    ['other limits', adminEntryOf({ action: 'LIMITS', limits: before })],
    ['the opening', adminEntryOf()],
  ] as const) {
    it(`is a reuse after ${what}`, () => {
      const change = changeOf({ replaces: true, purchase: { limit: most } })
      const verdict = decideLimits(historyOf(accountWith({}), [earlier]), change, at)
      expect(verdict).to.deep.equal({ type: 'REUSED', entry: earlier })
    })
  }
})
