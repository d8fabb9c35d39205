import type { AccountId, AccountStatus } from './account-status.js'
import type { CategoryId } from './category.js'
import { sumOfDays } from './counted-days.js'
import {
  committedBy,
  countedDaysOf,
  type Entry,
  type FollowUpEntry,
  isEarlyCapture,
  isEarlyReversal,
  type Movement,
  movementOf,
  type TransactionId,
} from './entry.js'
import { invariant } from './invariant.js'
import { type Limits, unlimited } from './limits.js'
import { BALANCE_MAX, type Centavos, centavos } from './money.js'
import { holdsAfter, type OpenHold } from './open-hold.js'
import { afterPurchase, afterReversal, type Spending } from './spending.js'

/** Most entries in a journal. Bounds the size of an account while the ledger is unavailable. */
export const JOURNAL_MAX = 512

/** A benefits account at one version: the aggregate that decisions read and commits write. */
export type Account = {
  readonly id: AccountId
  readonly status: AccountStatus
  /** Available balance per wallet, in centavos. An absent wallet has 0. */
  readonly wallets: ReadonlyMap<CategoryId, Centavos>
  /** Money reserved by open holds per wallet, in centavos. An absent wallet has 0. */
  readonly held: ReadonlyMap<CategoryId, Centavos>
  /** Money booked without a balance to pay it, per wallet, in centavos. An absent wallet owes 0. */
  readonly owed: ReadonlyMap<CategoryId, Centavos>
  /** The open holds, oldest first: at most `HOLDS_MAX`. */
  readonly holds: readonly OpenHold[]
  /** Spending limits of the account and of its wallets. */
  readonly limits: Limits
  /** Amount spent per wallet. An absent wallet has not paid yet. */
  readonly spent: ReadonlyMap<CategoryId, Spending>
  /** Number of entries ever committed; 0 for an account without history. */
  readonly version: bigint
  /** Time of the opening; absent before. */
  readonly openedAt?: Date
  /** Time of the latest entry; absent before the first. */
  readonly updatedAt?: Date
  /**
   * Whether a reversal ever arrived before its purchase. If false, purchases skip the look-up of reversals.
   */
  readonly hasEarlyReversal: boolean
  /** The same for captures and advices that arrived before their purchase. */
  readonly hasEarlyCapture: boolean
  /** The latest entries, oldest first, without gaps up to `version`. They may not be in the ledger yet. */
  readonly journal: readonly Entry[]
}

/** An account together with its past entries: the input of a decision. */
export type AccountHistory = {
  readonly account: Account
  /** Finds the entry with this id in the journal or the ledger; undefined when there is none. */
  readonly find: (transactionId: TransactionId) => Entry | undefined
  /** Finds the entries that follow this purchase in the journal and the ledger, in any order. */
  readonly followUpsOf: (transactionId: TransactionId) => readonly FollowUpEntry[]
}

/** Creates an account without history. */
export function unopenedAccount(id: AccountId): Account {
  return {
    id,
    status: 'UNOPENED',
    wallets: new Map(),
    held: new Map(),
    owed: new Map(),
    holds: [],
    limits: unlimited,
    spent: new Map(),
    version: 0n,
    hasEarlyReversal: false,
    hasEarlyCapture: false,
    journal: [],
  }
}

/** Returns the available balance of one wallet, in centavos. */
export function balanceOf(account: Pick<Account, 'wallets'>, wallet: CategoryId): Centavos {
  return account.wallets.get(wallet) ?? centavos(0n)
}

/** Returns the held money of one wallet, in centavos. */
export function heldOf(account: Pick<Account, 'held'>, wallet: CategoryId): Centavos {
  return account.held.get(wallet) ?? centavos(0n)
}

/** Returns the money that one wallet owes, in centavos. */
export function owedOf(account: Pick<Account, 'owed'>, wallet: CategoryId): Centavos {
  return account.owed.get(wallet) ?? centavos(0n)
}

/**
 * Whether a wallet can take this amount, in centavos. Held money counts: the wallet must also have room for
 * its release.
 */
export function hasRoom(
  account: Pick<Account, 'wallets' | 'held'>,
  wallet: CategoryId,
  amount: bigint,
): boolean {
  return balanceOf(account, wallet) + heldOf(account, wallet) + amount <= BALANCE_MAX
}

/**
 * Returns the account after one more entry.
 *
 * @throws InvariantError when the entry is not this account's next one, or does not add up.
 */
export function applyEntry(account: Account, entry: Entry): Account {
  invariant(entry.accountId === account.id, 'an entry is applied to its own account')
  invariant(entry.seq === account.version + 1n, 'entries are applied in order, without gaps')
  const opens = entry.kind === 'ADMIN' && entry.action === 'OPEN'
  const openedAt = opens ? entry.at : account.openedAt
  const movement = movementOf(entry)
  if (movement) checkMovement(account, entry, movement)
  // Every decision runs this. Listing the fields takes half the time of a spread with overridden fields.
  return {
    id: account.id,
    updatedAt: entry.at,
    status: entry.kind === 'ADMIN' ? entry.status : account.status,
    wallets: partAfter(account.wallets, movement?.wallet, movement?.balanceAfter),
    held: partAfter(account.held, movement?.wallet, movement?.heldAfter),
    owed: partAfter(account.owed, movement?.wallet, movement?.owedAfter),
    holds: holdsAfter(account.holds, entry),
    limits: (entry.kind === 'ADMIN' && entry.limits) || account.limits,
    spent: spentAfter(account, entry),
    version: entry.seq,
    hasEarlyReversal: account.hasEarlyReversal || isEarlyReversal(entry),
    hasEarlyCapture: account.hasEarlyCapture || isEarlyCapture(entry),
    journal: [...account.journal, entry],
    ...(openedAt && { openedAt }),
  }
}

/** Kinds of entries that may take from the available balance. */
const takers: ReadonlySet<Entry['kind']> = new Set(['AUTHORIZATION', 'INCREMENT', 'CAPTURE', 'ADVICE'])
/** Kinds of entries that may hold money. */
const holders: ReadonlySet<Entry['kind']> = new Set(['AUTHORIZATION', 'INCREMENT'])
/** Kinds of entries that may take more than the available balance. */
const debtors: ReadonlySet<Entry['kind']> = new Set(['CAPTURE', 'ADVICE'])

function checkMovement(account: Account, { kind }: Entry, movement: Movement): void {
  const { wallet, delta, balanceAfter, heldDelta = 0n, owedDelta = 0n } = movement
  invariant(delta !== 0n || heldDelta !== 0n || owedDelta !== 0n, 'a movement changes a balance')
  invariant(delta >= 0n || takers.has(kind), 'only a purchase takes money out of a wallet')
  invariant(balanceAfter >= 0n, 'no balance falls below zero')
  invariant(balanceOf(account, wallet) + delta === balanceAfter, 'balance before + delta = balance after')
  // Most movements are of the available balance alone.
  if (heldDelta === 0n && owedDelta === 0n) return
  const { heldAfter = 0n, owedAfter = 0n } = movement
  invariant(heldDelta <= 0n || holders.has(kind), 'only a purchase or an increment holds money')
  invariant(owedDelta <= 0n || debtors.has(kind), 'only a capture or an advice makes a wallet owe')
  invariant(heldAfter >= 0n && owedAfter >= 0n, 'neither held nor owed money falls below zero')
  if (heldDelta !== 0n)
    invariant(heldOf(account, wallet) + heldDelta === heldAfter, 'held before + delta = held after')
  if (owedDelta !== 0n)
    invariant(owedOf(account, wallet) + owedDelta === owedAfter, 'owed before + delta = owed after')
}

/** Sets the amount of a wallet. Undefined: the amounts stay as they are. */
function partAfter(
  amounts: Account['wallets'],
  wallet: CategoryId | undefined,
  after: Centavos | undefined,
): Account['wallets'] {
  return wallet === undefined || after === undefined ? amounts : new Map(amounts).set(wallet, after)
}

function spentAfter({ spent }: Account, entry: Entry): Account['spent'] {
  const movement = movementOf(entry)
  const days = movement ? countedDaysOf(entry) : []
  if (!movement || days.length === 0) return spent
  const amount = committedBy(movement)
  invariant(sumOfDays(days) <= (amount < 0n ? -amount : amount), 'no more is counted than is moved')
  let after = spent.get(movement.wallet)
  for (const day of days) after = amount > 0n ? afterPurchase(after, day) : afterReversal(after, day)
  return after === undefined ? spent : new Map(spent).set(movement.wallet, after)
}
