import type { CategoryId } from './category.js'
import {
  type AdviceEntry,
  type AuthorizationEntry,
  type CaptureEntry,
  type CreditEntry,
  committedBy,
  type Entry,
  type IncrementEntry,
  movementOf,
  type RefundEntry,
  type ReversalEntry,
  spentBy,
} from './entry.js'
import { isCurrencySupported } from './network.js'

/** The change that an entry made to a wallet, as the audit reads it. All amounts are in centavos. */
export type Moved = {
  readonly wallet: CategoryId
  readonly available: bigint
  readonly held: bigint
  readonly owed: bigint
  /** Amount that became paid, held or owed; negative when it went back. */
  readonly committed: bigint
  /** Amount that became spent; negative when it went back. */
  readonly spent: bigint
}

/** Reads the change of an entry; undefined when it moved nothing. */
export function movedBy(entry: Entry): Moved | undefined {
  const movement = movementOf(entry)
  if (!movement) return undefined
  const { wallet, delta: available, heldDelta: held = 0n, owedDelta: owed = 0n } = movement
  return { wallet, available, held, owed, committed: committedBy(movement), spent: spentBy(movement) }
}

/**
 * Whether the entry moved what its own kind, reason, amount and currency require. `isFollowed`: steps of the
 * purchase came before it, and may have lowered its amount. The audit of the purchase checks that amount.
 */
export function movesRightly(entry: Entry, { isFollowed }: { readonly isFollowed: boolean }): boolean {
  const moved = movedBy(entry)
  if (moved && !isBookedRightly(entry, moved)) return false
  switch (entry.kind) {
    case 'AUTHORIZATION':
      return paysRightly(entry, moved, isFollowed)
    case 'INCREMENT':
      return raisesRightly(entry, moved)
    case 'CAPTURE':
      return capturesRightly(entry, moved)
    case 'ADVICE':
      return advisesRightly(entry, moved)
    case 'REVERSAL':
      return reversesRightly(entry, moved)
    case 'REFUND':
      return refundsRightly(entry, moved)
    case 'EXPIRY':
      return moved !== undefined && moved.available > 0n && moved.spent === 0n && moved.owed === 0n
    case 'CREDIT':
      return creditsRightly(entry, moved)
    case 'ADMIN':
      return true
  }
}

/**
 * Whether the parts of a movement fit each other: money that is taken never lowers a debt, money that goes
 * back never raises one, and a debt is made only by a wallet that has nothing left.
 */
function isBookedRightly(entry: Entry, { available, owed, committed }: Moved): boolean {
  if (committed > 0n && (available > 0n || owed < 0n)) return false
  if (committed <= 0n && (available < 0n || owed > 0n)) return false
  if (owed <= 0n) return true
  const isBooking = entry.kind === 'CAPTURE' || entry.kind === 'ADVICE'
  return isBooking && movementOf(entry)?.balanceAfter === 0n
}

function paysRightly(entry: AuthorizationEntry, moved: Moved | undefined, isFollowed: boolean): boolean {
  const { amount, reason, verification, verifiedWallet, network, hold, heldUntil } = entry
  if ((amount === 0n) !== (verification ?? false)) return false
  if (reason !== 'APPROVED') return !moved && !heldUntil && verifiesRightly(entry)
  if (!moved || verification || verifiedWallet !== undefined) return false
  if (!isCurrencySupported(network?.currency) || (heldUntil && !hold)) return false
  const { committed, held, owed } = moved
  if (owed !== 0n || held !== (heldUntil ? committed : 0n) || committed <= 0n) return false
  return isFollowed || committed === amount
}

/** Whether the entry names the wallet of a verification exactly when it is an approved one. */
function verifiesRightly({ reason, verification, verifiedWallet, network }: AuthorizationEntry): boolean {
  if (reason !== 'VERIFIED') return verifiedWallet === undefined
  return verification === true && verifiedWallet !== undefined && isCurrencySupported(network?.currency)
}

function raisesRightly({ reason, amount, network }: IncrementEntry, moved: Moved | undefined): boolean {
  if (reason !== 'APPROVED') return !moved
  if (moved?.owed !== 0n || !isCurrencySupported(network?.currency)) return false
  return moved.held === amount && moved.committed === amount
}

function capturesRightly(entry: CaptureEntry, moved: Moved | undefined): boolean {
  const { reason, amount, moreToCome } = entry
  switch (reason) {
    case 'ACCOUNT_NOT_FOUND':
    case 'ALREADY_CAPTURED':
      return !moved
    case 'CAPTURED':
      if (!moved || moved.spent !== amount || moved.committed > 0n) return false
      return !moreToCome || moved.available === 0n
    case 'CAPTURED_OVER':
    case 'CAPTURED_OVER_TOLERANCE':
      if (!moved || moved.held > 0n || moved.committed <= 0n) return false
      return moved.held < 0n ? moved.spent === amount : moved.spent < amount
    case 'CAPTURED_LATE':
    case 'CAPTURED_AFTER_DECLINE':
    case 'CAPTURED_UNSEEN':
      return moved !== undefined && moved.held === 0n && moved.spent === amount
    default:
      return false
  }
}

function advisesRightly({ reason, amount }: AdviceEntry, moved: Moved | undefined): boolean {
  if (reason !== 'ADVISED' && reason !== 'ADVICE_OVERRIDES') return !moved
  return moved !== undefined && moved.held === 0n && moved.spent > 0n && moved.spent <= amount
}

/** Without a requested amount, any is right. An early reversal or an advice may find less to give back. */
function reversesRightly({ reason, amount, advice }: ReversalEntry, moved: Moved | undefined): boolean {
  if (reason === 'REVERSED_BEFORE_PURCHASE') {
    if (!moved) return true
    return moved.held === 0n && moved.committed < 0n && -moved.committed <= (amount ?? -moved.committed)
  }
  if (reason !== 'APPROVED') return !moved
  if (!moved || moved.held > 0n || moved.spent > 0n || moved.committed >= 0n) return false
  if (amount === undefined) return true
  return advice ? -moved.committed <= amount : -moved.committed === amount
}

function refundsRightly({ reason, amount }: RefundEntry, moved: Moved | undefined): boolean {
  if (reason !== 'REFUNDED' && reason !== 'REFUNDED_OVER' && reason !== 'REFUNDED_UNLINKED') return !moved
  return moved !== undefined && moved.held === 0n && -moved.spent === amount
}

function creditsRightly({ paysOwed, movement }: CreditEntry, moved: Moved | undefined): boolean {
  if (moved?.held !== 0n || moved.committed >= 0n) return false
  if (!paysOwed) return moved.owed === 0n
  // Only what is left of the credit becomes available.
  return moved.available === 0n || moved.owed === 0n || movement.owedAfter === 0n
}
