import {
  type AuthorizationEntry,
  type CaptureEntry,
  committedBy,
  decisionOf,
  type Entry,
  type ExpiryEntry,
  type HoldRequest,
  type IncrementEntry,
  movementOf,
  type ReversalEntry,
} from '../../domain/entry.js'
import { bookingFields } from './booking-document.js'
import { countedDaysFields } from './counted-days-document.js'
import type { EntryFields } from './entry-document.js'
import { limitsFields } from './limits-document.js'
import { movementFields } from './movement-document.js'
import { networkDocument } from './network-document.js'
import { storedReason } from './reason-names.js'

/** Entries that may give back to several days. */
type GivingBack = Pick<CaptureEntry | ReversalEntry | ExpiryEntry, 'day' | 'days'>

/** Writes the fields of an entry. */
export function fieldsOf(entry: Entry): EntryFields {
  const movement = movementOf(entry)
  return {
    seq: entry.seq,
    kind: entry.kind,
    at: entry.at,
    decision: decisionOf(entry),
    ...kindFields(entry),
    ...(movement && movementFields(movement)),
  }
}

function kindFields(entry: Entry): Partial<EntryFields> {
  switch (entry.kind) {
    case 'AUTHORIZATION':
      return purchaseFields(entry)
    case 'REVERSAL':
      return reversalFields(entry)
    case 'CREDIT':
      return { amount: -committedBy(entry.movement), ...(entry.paysOwed && { pays_owed: entry.paysOwed }) }
    case 'ADMIN':
      return {
        action: entry.action,
        status: entry.status,
        subject: entry.subject,
        ...(entry.limits && { limits: limitsFields(entry.limits) }),
      }
    case 'INCREMENT':
      return incrementFields(entry)
    case 'CAPTURE':
      return {
        ...bookingFields(entry),
        ...(entry.moreToCome && { more_to_come: entry.moreToCome }),
        ...daysFields(entry),
      }
    case 'ADVICE':
      return {
        ...bookingFields(entry),
        ...(entry.fallback !== undefined && { fallback: entry.fallback }),
        ...(entry.day !== undefined && { day: entry.day }),
      }
    case 'REFUND':
      return {
        ...bookingFields(entry),
        ...(entry.request && { request: entry.request }),
        ...(entry.approvalCode !== undefined && { approval_code: entry.approvalCode }),
      }
    case 'EXPIRY':
      return { reason: entry.reason, original: entry.originalId, ...daysFields(entry) }
  }
}

function purchaseFields(entry: AuthorizationEntry): Partial<EntryFields> {
  return {
    reason: storedReason(entry.reason),
    amount: entry.amount,
    mcc: entry.mcc,
    effective_mcc: entry.effectiveMcc,
    merchant: entry.merchant,
    ...(entry.verification && { verification: entry.verification }),
    ...(entry.verifiedWallet !== undefined && { verified_wallet: entry.verifiedWallet }),
    ...(entry.merchantRule !== undefined && { merchant_rule: entry.merchantRule }),
    ...(entry.fallback !== undefined && { fallback: entry.fallback }),
    ...(entry.network !== undefined && { network: networkDocument(entry.network) }),
    ...(entry.catalogVersion !== undefined && { catalog_version: entry.catalogVersion }),
    ...(entry.approvalCode !== undefined && { approval_code: entry.approvalCode }),
    ...(entry.day !== undefined && { day: entry.day }),
    ...(entry.hold !== undefined && { hold: holdRequestFields(entry.hold) }),
    ...(entry.heldUntil !== undefined && { held_until: entry.heldUntil }),
  }
}

function reversalFields(entry: ReversalEntry): Partial<EntryFields> {
  return {
    reason: storedReason(entry.reason),
    original: entry.originalId,
    ...(entry.amount !== undefined && { amount: entry.amount }),
    ...(Object.keys(entry.described).length > 0 && { described: entry.described }),
    ...(entry.advice && { advice: entry.advice }),
    ...daysFields(entry),
  }
}

function incrementFields(entry: IncrementEntry): Partial<EntryFields> {
  return {
    reason: storedReason(entry.reason),
    original: entry.originalId,
    amount: entry.amount,
    ...(entry.network !== undefined && { network: networkDocument(entry.network) }),
    ...(entry.approvalCode !== undefined && { approval_code: entry.approvalCode }),
    ...(entry.day !== undefined && { day: entry.day }),
  }
}

function holdRequestFields({ expiresInSeconds }: HoldRequest): NonNullable<EntryFields['hold']> {
  return expiresInSeconds === undefined ? {} : { expires_in: BigInt(expiresInSeconds) }
}

function daysFields({ day, days }: GivingBack): Pick<EntryFields, 'day' | 'days'> {
  return { ...(day !== undefined && { day }), ...(days !== undefined && { days: countedDaysFields(days) }) }
}
