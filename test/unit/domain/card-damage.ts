import type { Account } from '../../../src/domain/account.js'
import type { Entry } from '../../../src/domain/entry.js'
import type { Centavos } from '../../../src/domain/money.js'
import { steps } from '../../support/database/example-books.js'
import { type Found, put } from './audit-fixture.js'
import { at } from './builders.js'
import { CardAccount } from './card-account.js'

/** A change of an entry, to what our code could not create. */
type Change = (entry: Entry) => Entry

/** A request to a card account. Its outcome does not matter. */
type Run = (card: CardAccount) => unknown

/** Changes of entries by id, and the account's fields that then have to differ, or that are wrong. */
export type Damage = {
  readonly entries?: Readonly<Record<string, Change>>
  readonly account?: (account: Account) => Partial<Account>
}

/** The day of all requests that do not wait. */
export const TODAY = '2026-01-02'

/** The books of a card account with 10.00 in FOOD and 5.00 in CASH after these requests, then damaged. */
export function damaged(run: Run, { entries = {}, account }: Damage): Found {
  const card = CardAccount.opened({ FOOD: 1_000n, CASH: 500n })
  run(card)
  card.take(steps.status('last', 'BLOCKED'))
  for (const id of Object.keys(entries))
    if (!card.past.some(({ transactionId }) => transactionId === id)) throw new Error(`there is no ${id}`)
  const stored = { ...card.account, journal: card.account.journal.slice(-1) }
  return {
    account: { ...stored, ...account?.(card.account) },
    ledger: card.past.map((entry) => entries[entry.transactionId]?.(entry) ?? entry),
  }
}

/** The amounts of some wallets, changed by centavos. */
export function plus(
  amounts: Account['wallets'],
  changes: Readonly<Record<string, bigint>>,
): Account['wallets'] {
  const all = new Map(amounts)
  // Damaged data may hold an amount that our code could not create.
  for (const [wallet, by] of Object.entries(changes))
    all.set(wallet, ((all.get(wallet) ?? 0n) + by) as Centavos)
  return all
}

/** The counters of some wallets on their latest day, changed by centavos. */
export function counting({ spent }: Account, changes: Readonly<Record<string, bigint>>): Account['spent'] {
  const all = new Map(spent)
  for (const [wallet, by] of Object.entries(changes)) {
    const { day = TODAY, dayAmount = 0n, monthAmount = 0n } = spent.get(wallet) ?? {}
    all.set(wallet, {
      day,
      dayAmount: (dayAmount + by) as Centavos,
      monthAmount: (monthAmount + by) as Centavos,
    })
  }
  return all
}

export const moving = (movement: object, over: object = {}): Change => put({ ...over, movement })

/** An approval that paid from FOOD. */
export const paying = (delta: bigint, balanceAfter: bigint): Change =>
  moving({ wallet: 'FOOD', delta, balanceAfter }, { reason: 'APPROVED', day: TODAY })

/** Two holds of 1.00 in FOOD, `tx-1` and `tx-2`. */
export const twoHolds: Run = (card) => {
  card.hold()
  card.hold({ transactionId: 'tx-2' })
}

/** Two captures of 1.00, of `tx-1` and `tx-2`, when no wallet has anything left: FOOD owes both. */
export const twoDebts: Run = (card) => {
  card.buy({ transactionId: 'food', amount: 1_000n })
  card.buy({ transactionId: 'cash', amount: 500n })
  card.capture({ transactionId: 'late-1', originalId: 'tx-1' })
  card.capture({ transactionId: 'late-2', originalId: 'tx-2' })
}

/** The hold `tx-1` of 1.00. A capture has taken 0.60 of it. */
export const withRest: Account['holds'][number] = {
  id: 'tx-1',
  wallet: 'FOOD',
  authorized: 100n,
  captured: 60n,
  released: 0n,
  expiresAt: new Date(at.getTime() + 7 * 86_400_000),
  counted: [{ day: TODAY, amount: 40n }],
}

/** Two holds. The account lists the first one differently. */
export function listing(over: Partial<Account['holds'][number]>): Found {
  return damaged(twoHolds, {
    account: ({ holds }) => ({
      holds: holds.map((hold, index) => (index === 0 ? { ...hold, ...over } : hold)),
    }),
  })
}

/**
 * `tx-1` is captured. A step of `tx-2` says that it is one of `tx-1`, so that the hold of `tx-2` stays open.
 */
export function misnamed(id: string, run: Run, over: object = {}): Found {
  let holds: Account['holds'] = []
  return damaged(
    (card) => {
      twoHolds(card)
      card.capture({ transactionId: 'first' })
      holds = card.account.holds
      run(card)
    },
    { entries: { [id]: put({ originalId: 'tx-1', ...over }) }, account: () => ({ holds }) },
  )
}

/** A purchase of 1.00 that was paid at once, and again by a step that only confirms it. */
export function paidAgain(step: 'capture' | 'advise'): Found {
  const reason = step === 'capture' ? 'CAPTURED_LATE' : 'ADVICE_OVERRIDES'
  return damaged(
    (card) => {
      card.buy()
      card[step]({ transactionId: 'again', originalId: 'tx-1' })
    },
    {
      entries: {
        again: moving({ wallet: 'FOOD', delta: -100n, balanceAfter: 800n }, { reason, day: TODAY }),
      },
      account: (account) => ({
        wallets: plus(account.wallets, { FOOD: -100n }),
        spent: counting(account, { FOOD: 100n }),
      }),
    },
  )
}
