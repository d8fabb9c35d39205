import { type Account, type AccountHistory, balanceOf } from './account.js'
import { approvalCodeOf } from './approval-code.js'
import type { Calendar, Day } from './calendar.js'
import type { Catalog, Route } from './catalog.js'
import type { CategoryId } from './category.js'
import { type LeftToPay, leftToPay } from './early-captures.js'
import type { AuthorizationEntry, Entry, Fallback, HoldRequest, TransactionId } from './entry.js'
import { heldUntil } from './hold-policy.js'
import { invariant } from './invariant.js'
import { limitPassed, type Obstacle } from './limits.js'
import { type Centavos, centavos } from './money.js'
import { movementOn } from './movement.js'
import { isCurrencySupported, isSameNetworkData, type NetworkData } from './network.js'
import { HOLDS_MAX } from './open-hold.js'
import type { Reason } from './reason.js'
import { type Spending, spendingOn } from './spending.js'
import type { Verdict } from './verdict.js'

/** A purchase to authorize. */
export type Purchase = {
  readonly transactionId: TransactionId
  /** 1 centavo or more; 0 for a verification. */
  readonly amount: Centavos
  /** An account verification: asks whether the account could pay, and moves nothing. */
  readonly verification?: true
  /** Merchant category code as received: four digits. */
  readonly mcc: string
  /** Merchant string as received (ISO 8583 DE43, or a bare name); may be empty. */
  readonly merchant: string
  /** Absent: the free balance may pay, last. */
  readonly fallback?: Fallback
  /** Absent when the network sent nothing else. */
  readonly network?: NetworkData
  /** Asks to reserve the money until a capture. Absent: the purchase is paid at once. */
  readonly hold?: HoldRequest
}

/** A verdict on a purchase, with the steps that led to it. */
export type Decision = {
  readonly verdict: Verdict<AuthorizationEntry>
  readonly rule: DecisionRule
  /** Absent when the transaction id alone decided. */
  readonly route?: Route
  /** The wallets that were tried, in order. If a wallet pays, it is the last. */
  readonly considered: readonly Considered[]
  /**
   * Amount taken off by reversals and captures that came first, in centavos. 0 when the transaction id alone
   * decided.
   */
  readonly takenOff: Centavos
}

/**
 * The part of the rules that answered: the id (rules 1, 2), the account's status (3, 5, 6), an earlier
 * capture (4), the currency (7), an earlier reversal (8), the MCC (9), the rail (10), the maximum per
 * purchase (11), or the wallets (12 to 15).
 */
export type DecisionRule =
  | 'TRANSACTION_ID'
  | 'ACCOUNT_STATUS'
  | 'CAPTURED_BEFORE'
  | 'CURRENCY'
  | 'REVERSED_BEFORE'
  | 'MCC'
  | 'RAIL'
  | 'PURCHASE_LIMIT'
  | 'WALLETS'

/** A wallet that was tried. */
export type Considered = {
  readonly wallet: CategoryId
  /** The wallet's spending as it stands on the day of the purchase. */
  readonly spending: Spending
  /** Why the wallet does not pay; absent when it pays. */
  readonly obstacle?: Obstacle
}

/**
 * Decides one purchase. The first rule that applies answers:
 *
 * | #  | when                                          | answer                                      |
 * |----|-----------------------------------------------|---------------------------------------------|
 * | 1  | the id was decided before, same content       | the stored answer                           |
 * | 2  | the id was decided before, other content      | rejected as a reuse of the id               |
 * | 3  | the account was never opened                  | declined, ACCOUNT_NOT_FOUND                 |
 * | 4  | captures that came first leave nothing to pay | approved, ALREADY_CAPTURED; moves nothing   |
 * | 5  | the account is closed                         | declined, ACCOUNT_CLOSED                    |
 * | 6  | the account is blocked                        | declined, ACCOUNT_BLOCKED                   |
 * | 7  | the currency is not BRL                       | declined, CURRENCY_NOT_SUPPORTED            |
 * | 8  | early reversals leave nothing to pay          | declined, ALREADY_REVERSED                  |
 * | 9  | the MCC policy forbids the purchase           | declined, MCC_NOT_PERMITTED                 |
 * | 10 | its rail leaves no wallet for the MCC         | declined, RAIL_NOT_PERMITTED                |
 * | 11 | the amount is over the maximum per purchase   | declined, AMOUNT_OVER_LIMIT                 |
 * | 12 | a wallet could hold it, but 64 holds are open  | declined, HOLDS_FULL                        |
 * | 13 | a wallet covers it, within its limits         | approved; the first such wallet holds or pays all |
 * | 14 | a wallet covers it, but not within its limits | declined, AMOUNT_OVER_LIMIT                 |
 * | 15 | no wallet covers it                           | declined, INSUFFICIENT_BALANCE              |
 *
 * Rule 4 comes before the status, because the money was booked whatever the account's status: a decline would
 * hide that. Rule 7 comes after the status, because a blocked or closed account pays nothing in any currency.
 * It comes before all later rules, because they compare or take centavos of BRL, and the amount is none.
 *
 * A verification differs in these rules:
 *
 * | #  | when                                          | answer                                      |
 * |----|-----------------------------------------------|---------------------------------------------|
 * | 8  | it has any early reversal                     | declined, ALREADY_REVERSED                  |
 * | 11 | never: its amount is 0                        |                                             |
 * | 12 | never: it asks for no hold                    |                                             |
 * | 13 | a wallet may pay                              | approved, VERIFIED; names the first, moves nothing |
 * | 14 | never: nothing is spent, so no limit applies  |                                             |
 * | 15 | no wallet may pay                             | declined, INSUFFICIENT_BALANCE              |
 *
 * Rules 12 and 13: a wallet holds the money when the purchase asks for a hold, unless its category is
 * immediate. Then it pays at once, and needs no hold.
 *
 * Without fallback, the free balance is not asked. When no other wallet pays for the MCC, that is rule 15,
 * or rule 10 if the rail excludes one.
 *
 * Rule 9 compares one list with the effective MCC. A merchant rule is the issuer's correction of a wrong MCC:
 * it may permit a purchase as well as forbid it. The other list is compared with the MCC as received, which
 * no merchant rule changes.
 *
 * Partial reversals and captures that came first reduce the purchase. From rule 11 on, limits, balances,
 * debit and counters use only the remainder, and only the wallet of those captures may pay it. The entry
 * keeps the requested amount; its movement has the debited amount.
 */
export function decide(
  history: AccountHistory,
  purchase: Purchase,
  catalog: Catalog,
  at: Date,
  calendar: Calendar,
): Verdict<AuthorizationEntry> {
  return evaluate(history, purchase, catalog, at, calendar).verdict
}

/** Decides like {@link decide}, and also returns the steps that led to the verdict. */
export function evaluate(
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
  const left = leftToPay(purchase.amount, history.followUpsOf(purchase.transactionId))
  const { due } = left
  const asked: Asked = { account, purchase, left, route, catalogVersion: catalog.version, at }
  if (account.status === 'UNOPENED') return decline(asked, 'ACCOUNT_NOT_FOUND')
  if (left.coveredBy === 'CAPTURES') return alreadyCaptured(asked)
  if (account.status === 'CLOSED') return decline(asked, 'ACCOUNT_CLOSED')
  if (account.status === 'BLOCKED') return decline(asked, 'ACCOUNT_BLOCKED')
  if (!isCurrencySupported(purchase.network?.currency)) return decline(asked, 'CURRENCY_NOT_SUPPORTED')
  if (left.coveredBy === 'REVERSALS') return decline(asked, 'ALREADY_REVERSED')
  if (route.forbiddenBy) return decline(asked, 'MCC_NOT_PERMITTED')
  if (railLeavesNone(route)) return decline(asked, 'RAIL_NOT_PERMITTED')
  const { purchase: most = due } = account.limits
  if (due > most) return decline(asked, 'AMOUNT_OVER_LIMIT')

  return askWallets(asked, catalog, calendar(at))
}

/** Whether the purchase equals the one decided earlier, field by field. */
function repeats(purchase: Purchase, earlier: Entry): earlier is AuthorizationEntry {
  return (
    earlier.kind === 'AUTHORIZATION' &&
    earlier.amount === purchase.amount &&
    earlier.verification === purchase.verification &&
    earlier.mcc === purchase.mcc &&
    earlier.merchant === purchase.merchant &&
    earlier.fallback === purchase.fallback &&
    isSameHoldRequest(earlier.hold, purchase.hold) &&
    isSameNetworkData(earlier.network, purchase.network)
  )
}

function isSameHoldRequest(a: HoldRequest | undefined, b: HoldRequest | undefined): boolean {
  return (a === undefined) === (b === undefined) && a?.expiresInSeconds === b?.expiresInSeconds
}

/** Whether no wallet is left only because of the purchase's rail. */
function railLeavesNone({ wallets, wrongRail }: Route): boolean {
  return wallets.length === 0 && wrongRail.length > 0
}

function byId(verdict: Verdict<AuthorizationEntry>): Decision {
  return { verdict, rule: 'TRANSACTION_ID', considered: [], takenOff: centavos(0n) }
}

type Asked = {
  readonly account: Account
  readonly purchase: Purchase
  /** The purchase as left by the reversals and captures that came before it. */
  readonly left: LeftToPay
  readonly route: Route
  readonly catalogVersion: bigint
  readonly at: Date
}

/** Rules 12 to 15. */
function askWallets(asked: Asked, catalog: Catalog, day: Day): Decision {
  const { account, purchase, route } = asked
  const considered = considerWallets(asked, day)
  const payer = considered.find(({ obstacle }) => obstacle === undefined)
  if (payer) {
    invariant(
      catalog.maySpend(payer.wallet, route.effectiveMcc, purchase),
      'a wallet pays only over a rail and for an MCC of its category, or is the free balance and may pay',
    )
    const until = holdEnd(asked, payer, catalog)
    if (until && account.holds.length >= HOLDS_MAX)
      return decline(asked, 'HOLDS_FULL', withoutRoom(considered))
    return approve(asked, payer, considered, until)
  }
  const couldPay = considered.some(({ obstacle }) => obstacle !== 'INSUFFICIENT_BALANCE')
  return decline(asked, couldPay ? 'AMOUNT_OVER_LIMIT' : 'INSUFFICIENT_BALANCE', considered)
}

/** Tries the wallets in order, until one pays. */
function considerWallets(asked: Asked, day: Day): readonly Considered[] {
  const { account, purchase, left, route } = asked
  const considered: Considered[] = []
  for (const wallet of route.wallets) {
    if (left.wallet !== undefined && wallet !== left.wallet) continue
    const spending = spendingOn(account.spent.get(wallet), day)
    const obstacle = purchase.verification ? undefined : obstacleIn(wallet, spending, asked)
    considered.push(obstacle === undefined ? { wallet, spending } : { wallet, spending, obstacle })
    if (obstacle === undefined) break
  }
  return considered
}

function obstacleIn(wallet: CategoryId, spending: Spending, { account, left }: Asked): Obstacle | undefined {
  if (balanceOf(account, wallet) < left.due) return 'INSUFFICIENT_BALANCE'
  return limitPassed(account.limits.wallets.get(wallet), { amount: left.due, spending })
}

/** Marks the wallet that would have held the money as one that cannot. */
function withoutRoom(considered: readonly Considered[]): readonly Considered[] {
  return considered.map((one) => (one.obstacle ? one : { ...one, obstacle: 'HOLDS_FULL' }))
}

/** Returns the time when the wallet's hold expires; undefined when the wallet pays at once. */
function holdEnd({ purchase, at }: Asked, { wallet }: Considered, catalog: Catalog): Date | undefined {
  const { mcc, hold } = purchase
  if (!hold || catalog.isImmediate(wallet)) return undefined
  return heldUntil(catalog.holdPolicy, { mcc, at, ...hold })
}

function decline(
  asked: Asked,
  reason: keyof typeof ruleByReason,
  considered: readonly Considered[] = [],
): Decision {
  const rule = considered.length > 0 ? 'WALLETS' : ruleByReason[reason]
  const verdict = { type: 'RECORD', entry: { reason, ...entryFor(asked) } } as const
  return { verdict, rule, route: asked.route, considered, takenOff: takenOff(asked) }
}

/** The part of the rules behind each reason, as long as no wallet was tried. */
const ruleByReason = {
  ACCOUNT_NOT_FOUND: 'ACCOUNT_STATUS',
  ACCOUNT_CLOSED: 'ACCOUNT_STATUS',
  ACCOUNT_BLOCKED: 'ACCOUNT_STATUS',
  CURRENCY_NOT_SUPPORTED: 'CURRENCY',
  ALREADY_REVERSED: 'REVERSED_BEFORE',
  HOLDS_FULL: 'WALLETS',
  MCC_NOT_PERMITTED: 'MCC',
  RAIL_NOT_PERMITTED: 'RAIL',
  AMOUNT_OVER_LIMIT: 'PURCHASE_LIMIT',
  INSUFFICIENT_BALANCE: 'WALLETS',
} as const satisfies Partial<Record<Reason, DecisionRule>>

function approve(asked: Asked, payer: Considered, considered: readonly Considered[], until?: Date): Decision {
  if (asked.purchase.verification) return verify(asked, payer, considered)
  const { account, left, route } = asked
  const { wallet, spending } = payer
  const heldDelta = until ? left.due : 0n
  const movement = movementOn(account, wallet, { delta: -left.due, heldDelta })
  invariant(movement !== undefined, 'an approved purchase takes 1 centavo or more')
  // New fields come before the spread: the other order takes V8 ten times as long.
  const entry = {
    reason: 'APPROVED',
    movement,
    approvalCode: approvalCodeOf(account.id, account.version + 1n),
    day: spending.day,
    ...(until && { heldUntil: until }),
    ...entryFor(asked),
  } as const
  const verdict = { type: 'RECORD', entry } as const
  return { verdict, rule: 'WALLETS', route, considered, takenOff: takenOff(asked) }
}

function alreadyCaptured(asked: Asked): Decision {
  const { account, route } = asked
  const approvalCode = approvalCodeOf(account.id, account.version + 1n)
  const entry = { reason: 'ALREADY_CAPTURED', approvalCode, ...entryFor(asked) } as const
  const verdict = { type: 'RECORD', entry } as const
  return { verdict, rule: 'CAPTURED_BEFORE', route, considered: [], takenOff: takenOff(asked) }
}

/** Approves a verification: names the wallet that would pay, and has no movement and no day. */
function verify(asked: Asked, { wallet }: Considered, considered: readonly Considered[]): Decision {
  const { account, route } = asked
  const entry = {
    reason: 'VERIFIED',
    verifiedWallet: wallet,
    approvalCode: approvalCodeOf(account.id, account.version + 1n),
    ...entryFor(asked),
  } as const
  return { verdict: { type: 'RECORD', entry }, rule: 'WALLETS', route, considered, takenOff: takenOff(asked) }
}

function takenOff({ purchase, left }: Asked): Centavos {
  return centavos(purchase.amount - left.due)
}

function entryFor({
  account,
  purchase,
  route,
  catalogVersion,
  at,
}: Asked): Omit<
  AuthorizationEntry,
  'reason' | 'movement' | 'verifiedWallet' | 'approvalCode' | 'day' | 'heldUntil'
> {
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
    ...(purchase.verification && { verification: purchase.verification }),
    ...(route.merchantRule !== undefined && { merchantRule: route.merchantRule }),
    ...(purchase.fallback !== undefined && { fallback: purchase.fallback }),
    ...(purchase.network !== undefined && { network: purchase.network }),
    ...(purchase.hold !== undefined && { hold: purchase.hold }),
  }
}
