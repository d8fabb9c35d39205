import { type Account, type AccountHistory, balanceOf } from './account.js'
import type { Calendar, Day } from './calendar.js'
import type { Catalog, Route } from './catalog.js'
import type { CategoryId } from './category.js'
import { earlyReversalsIn, leftByEarlyReversals } from './early-reversals.js'
import type { AuthorizationEntry, Entry, TransactionId } from './entry.js'
import { invariant } from './invariant.js'
import { limitPassed, type Obstacle } from './limits.js'
import { type Centavos, centavos } from './money.js'
import type { Reason } from './reason.js'
import { type Spending, spendingOn } from './spending.js'
import type { Verdict } from './verdict.js'

/** What a payment switch asks: may this be paid? */
export type Purchase = {
  readonly transactionId: TransactionId
  /** 1 centavo or more. */
  readonly amount: Centavos
  /** Merchant category code as received: four digits. */
  readonly mcc: string
  /** Merchant string as received (ISO 8583 DE43, or a bare name); may be empty. */
  readonly merchant: string
}

/** A verdict on a purchase, and how it came about. */
export type Decision = {
  readonly verdict: Verdict<AuthorizationEntry>
  readonly rung: Rung
  /** Absent when the id alone decided. */
  readonly route?: Route
  /** The wallets that were asked, in their order. If one of them pays, it is the last. */
  readonly considered: readonly Considered[]
  /** What early reversals took off the amount, in centavos. 0 when the id alone decided. */
  readonly takenOff: Centavos
}

/**
 * What in the ladder answered: the id (1, 2), the account's status (3 to 5), an earlier reversal (6), the MCC (7), the maximum of one
 * purchase (8), or the wallets (9 to 11).
 */
export type Rung =
  | 'TRANSACTION_ID'
  | 'ACCOUNT_STATUS'
  | 'REVERSED_BEFORE'
  | 'MCC'
  | 'PURCHASE_LIMIT'
  | 'WALLETS'

/** A wallet that was asked to pay. */
export type Considered = {
  readonly wallet: CategoryId
  /** What it has spent by the day of the purchase. */
  readonly spending: Spending
  /** Why it does not pay; absent when it does. */
  readonly obstacle?: Obstacle
}

/**
 * Decides one purchase. The first line that applies answers:
 *
 * | #  | when                                        | answer                                    |
 * |----|---------------------------------------------|-------------------------------------------|
 * | 1  | the id was decided before, same content     | the stored answer                         |
 * | 2  | the id was decided before, other content    | refused as a reuse of the id              |
 * | 3  | nobody opened the account                   | declined, ACCOUNT_NOT_FOUND               |
 * | 4  | the account is closed                       | declined, ACCOUNT_CLOSED                  |
 * | 5  | the account is blocked                      | declined, ACCOUNT_BLOCKED                 |
 * | 6  | reversals of the id came first and leave nothing | declined, ALREADY_REVERSED           |
 * | 7  | nothing pays for the effective MCC          | declined, MCC_NOT_PERMITTED               |
 * | 8  | it is more than one purchase may be         | declined, AMOUNT_OVER_LIMIT               |
 * | 9  | a wallet that may pay covers the amount     | approved; the first such wallet within its limits pays it all |
 * | 10 | a wallet covers it, but not within its limits | declined, AMOUNT_OVER_LIMIT             |
 * | 11 | none does                                   | declined, INSUFFICIENT_BALANCE            |
 *
 * Only the effective MCC counts in line 7: a merchant rule is the issuer's word on a merchant whose MCC is wrong, either way.
 *
 * Early reversals of a part make it a purchase of what they leave: from line 8 on, only that amount is compared with limits and
 * balances, debited and counted. The entry keeps the amount that was asked for; its movement says what was debited.
 */
export function decide(
  history: AccountHistory,
  purchase: Purchase,
  catalog: Catalog,
  at: Date,
  calendar: Calendar,
): Verdict<AuthorizationEntry> {
  return deliberate(history, purchase, catalog, at, calendar).verdict
}

/** The same, with how it came about. */
export function deliberate(
  history: AccountHistory,
  purchase: Purchase,
  catalog: Catalog,
  at: Date,
  calendar: Calendar,
): Decision {
  const earlier = history.find(purchase.transactionId)
  if (earlier && repeats(purchase, earlier)) return byId({ type: 'REPLAY', entry: earlier })
  if (earlier) return byId({ type: 'REUSED', entry: earlier })

  const { account } = history
  const route = catalog.route(purchase)
  const due = leftByEarlyReversals(
    purchase.amount,
    earlyReversalsIn(history.reversalsOf(purchase.transactionId)),
  )
  const asked: Asked = { account, purchase, due, route, catalogVersion: catalog.version, at }
  if (account.status === 'UNOPENED') return decline(asked, 'ACCOUNT_NOT_FOUND')
  if (account.status === 'CLOSED') return decline(asked, 'ACCOUNT_CLOSED')
  if (account.status === 'BLOCKED') return decline(asked, 'ACCOUNT_BLOCKED')
  if (due === 0n) return decline(asked, 'ALREADY_REVERSED')
  if (!route.permitted) return decline(asked, 'MCC_NOT_PERMITTED')
  const { purchase: most = due } = account.limits
  if (due > most) return decline(asked, 'AMOUNT_OVER_LIMIT')

  const considered = considerWallets(asked, calendar(at))
  const payer = considered.find(({ obstacle }) => obstacle === undefined)
  if (payer) {
    invariant(
      catalog.maySpend(payer.wallet, route.effectiveMcc),
      'a wallet pays only for an MCC of its category, or is the free balance',
    )
    return approve(asked, payer, considered)
  }
  const couldPay = considered.some(({ obstacle }) => obstacle !== 'INSUFFICIENT_BALANCE')
  return decline(asked, couldPay ? 'AMOUNT_OVER_LIMIT' : 'INSUFFICIENT_BALANCE', considered)
}

/** Whether the purchase is the one that was decided, field by field. */
function repeats(purchase: Purchase, earlier: Entry): earlier is AuthorizationEntry {
  return (
    earlier.kind === 'AUTHORIZATION' &&
    earlier.amount === purchase.amount &&
    earlier.mcc === purchase.mcc &&
    earlier.merchant === purchase.merchant
  )
}

function byId(verdict: Verdict<AuthorizationEntry>): Decision {
  return { verdict, rung: 'TRANSACTION_ID', considered: [], takenOff: centavos(0n) }
}

type Asked = {
  readonly account: Account
  readonly purchase: Purchase
  /** What the purchase comes to: its amount, less what early reversals took off. */
  readonly due: Centavos
  readonly route: Route
  readonly catalogVersion: bigint
  readonly at: Date
}

/** Asks one wallet after another, until one pays. */
function considerWallets({ account, due, route }: Asked, day: Day): readonly Considered[] {
  const considered: Considered[] = []
  for (const wallet of route.wallets) {
    const spending = spendingOn(account.spent.get(wallet), day)
    const covers = balanceOf(account, wallet) >= due
    const obstacle = covers
      ? limitPassed(account.limits.wallets.get(wallet), { amount: due, spending })
      : 'INSUFFICIENT_BALANCE'
    considered.push(obstacle === undefined ? { wallet, spending } : { wallet, spending, obstacle })
    if (obstacle === undefined) break
  }
  return considered
}

function decline(asked: Asked, reason: keyof typeof rungs, considered: readonly Considered[] = []): Decision {
  const rung = considered.length > 0 ? 'WALLETS' : rungs[reason]
  const verdict = { type: 'RECORD', entry: { reason, ...entryFor(asked) } } as const
  return { verdict, rung, route: asked.route, considered, takenOff: takenOff(asked) }
}

/** What answers with these reasons as long as no wallet was asked. */
const rungs = {
  ACCOUNT_NOT_FOUND: 'ACCOUNT_STATUS',
  ACCOUNT_CLOSED: 'ACCOUNT_STATUS',
  ACCOUNT_BLOCKED: 'ACCOUNT_STATUS',
  ALREADY_REVERSED: 'REVERSED_BEFORE',
  MCC_NOT_PERMITTED: 'MCC',
  AMOUNT_OVER_LIMIT: 'PURCHASE_LIMIT',
  INSUFFICIENT_BALANCE: 'WALLETS',
} as const satisfies Partial<Record<Reason, Rung>>

function approve(asked: Asked, payer: Considered, considered: readonly Considered[]): Decision {
  const { account, due, route } = asked
  const { wallet, spending } = payer
  const balanceAfter = centavos(balanceOf(account, wallet) - due)
  const movement = { wallet, delta: -due, balanceAfter }
  // What is new stands before what is spread: the other way round V8 takes ten times as long for it.
  const entry = { reason: 'APPROVED', movement, day: spending.day, ...entryFor(asked) } as const
  const verdict = { type: 'RECORD', entry } as const
  return { verdict, rung: 'WALLETS', route, considered, takenOff: takenOff(asked) }
}

function takenOff({ purchase, due }: Asked): Centavos {
  return centavos(purchase.amount - due)
}

function entryFor({
  account,
  purchase,
  route,
  catalogVersion,
  at,
}: Asked): Omit<AuthorizationEntry, 'reason' | 'movement' | 'day'> {
  return {
    kind: 'AUTHORIZATION',
    accountId: account.id,
    transactionId: purchase.transactionId,
    seq: account.version + 1n,
    at,
    amount: purchase.amount,
    mcc: purchase.mcc,
    merchant: purchase.merchant,
    effectiveMcc: route.effectiveMcc,
    catalogVersion,
    ...(route.merchantRule !== undefined && { merchantRule: route.merchantRule }),
  }
}
