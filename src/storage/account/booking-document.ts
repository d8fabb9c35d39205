import type { AdviceEntry, CaptureEntry, Fallback, RefundEntry, Routed } from '../../domain/entry.js'
import { invariant } from '../../domain/invariant.js'
import type { Centavos } from '../../domain/money.js'
import type { NetworkData } from '../../domain/network.js'
import type { Reason } from '../../domain/reason.js'
import type { EntryFields } from './entry-document.js'
import { networkDataIn, networkDocument } from './network-document.js'
import { reasonOf, storedReason } from './reason-names.js'
import { money } from './stored-money.js'

/** The fields that captures, advices and refunds share. */
type Booking = Routed & {
  readonly reason: Reason
  readonly amount: Centavos
  readonly mcc: string
  readonly merchant: string
  readonly network?: NetworkData
}

/** Writes what captures, advices and refunds share. */
export function bookingFields(entry: CaptureEntry | AdviceEntry | RefundEntry): Partial<EntryFields> {
  return {
    reason: storedReason(entry.reason),
    ...(entry.originalId !== undefined && { original: entry.originalId }),
    amount: entry.amount,
    mcc: entry.mcc,
    merchant: entry.merchant,
    ...(entry.effectiveMcc !== undefined && { effective_mcc: entry.effectiveMcc }),
    ...(entry.merchantRule !== undefined && { merchant_rule: entry.merchantRule }),
    ...(entry.network !== undefined && { network: networkDocument(entry.network) }),
    ...(entry.catalogVersion !== undefined && { catalog_version: entry.catalogVersion }),
  }
}

/**
 * Reads what captures, advices and refunds share, except the id of their purchase.
 *
 * @throws InvariantError when a field is missing.
 */
export function bookingIn(fields: EntryFields): Booking {
  const { reason, amount, mcc, merchant, network } = fields
  const { effective_mcc: effectiveMcc, merchant_rule: merchantRule, catalog_version: catalogVersion } = fields
  invariant(reason !== undefined && amount !== undefined, 'a booking has a reason and an amount')
  invariant(mcc !== undefined && merchant !== undefined, 'a booking has an MCC and a merchant')
  return {
    reason: reasonOf(reason),
    amount: money(amount),
    mcc,
    merchant,
    ...(effectiveMcc !== undefined && { effectiveMcc }),
    ...(merchantRule !== undefined && { merchantRule }),
    ...(network !== undefined && { network: networkDataIn(network) }),
    ...(catalogVersion !== undefined && { catalogVersion }),
  }
}

/**
 * Reads the fallback of a purchase or of an advice.
 *
 * @throws InvariantError when it is unknown.
 */
export function fallbackOf(stored: Fallback): Fallback {
  invariant(stored === 'NEVER', 'the fallback of a purchase is known')
  return stored
}
