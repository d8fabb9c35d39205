import type { Transaction } from '../api/messages.js'

/** The parts of an entry's movement, in centavos. None is below 0. */
export type Moved = {
  readonly spent: bigint
  /** Newly held. */
  readonly held: bigint
  /** Available again from a hold. */
  readonly released: bigint
  /** Available otherwise: given back, refunded or loaded. */
  readonly added: bigint
  /** Newly owed: the wallet did not have this part of what was spent. */
  readonly owed: bigint
  /** Paid of what was owed, so it does not become available. */
  readonly owedPaid: bigint
}

/** Takes apart what an entry moved. */
export function movedBy({ delta = '0', heldDelta = '0', owedDelta = '0' }: Transaction): Moved {
  const [available, held, owed] = [BigInt(delta), BigInt(heldDelta), BigInt(owedDelta)]
  const spent = positive(owed - available - held)
  const gained = positive(available)
  const leftHold = positive(-held - spent)
  const added = positive(gained - leftHold)
  return {
    spent,
    held: positive(held),
    released: gained - added,
    added,
    owed: positive(owed),
    owedPaid: positive(-owed),
  }
}

/**
 * Returns the id of the purchase that an entry belongs to; undefined for entries without one. A verification
 * is no purchase.
 */
export function purchaseIdOf(entry: Transaction): string | undefined {
  if (entry.originalTransactionId) return entry.originalTransactionId
  const isPurchase =
    (entry.kind === 'TRANSACTION_KIND_AUTHORIZATION' && !entry.verification) ||
    entry.kind === 'TRANSACTION_KIND_ADVICE'
  return isPurchase ? entry.transactionId : undefined
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n
}
