import { decisionOf, type Entry, movementOf } from '../../domain/entry.js'
import { InvariantError, invariant } from '../../domain/invariant.js'
import type { EntryFields } from './entry-document.js'
import { limitsFields } from './limits-document.js'
import { networkDocument } from './network-document.js'
import { storedReason } from './reason-names.js'

/** Writes the fields of an entry. */
export function fieldsOf(entry: Entry): EntryFields {
  const movement = movementOf(entry)
  invariant(isStorable(entry), 'holds and what follows them are not stored yet')
  return {
    seq: entry.seq,
    kind: entry.kind,
    at: entry.at,
    decision: decisionOf(entry),
    ...kindFields(entry),
    ...(movement && { wallet: movement.wallet, delta: movement.delta, balance_after: movement.balanceAfter }),
  }
}

/** Whether every field of the entry has a stored form. */
function isStorable(entry: Entry): boolean {
  const movement = movementOf(entry)
  if (movement?.heldDelta !== undefined || movement?.owedDelta !== undefined) return false
  if (entry.kind === 'AUTHORIZATION') return entry.hold === undefined
  if (entry.kind === 'CREDIT') return !entry.paysOwed
  return entry.kind !== 'REVERSAL' || (!entry.advice && !entry.days)
}

function kindFields(entry: Entry): Partial<EntryFields> {
  switch (entry.kind) {
    case 'AUTHORIZATION':
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
      }
    case 'REVERSAL':
      return {
        reason: storedReason(entry.reason),
        original: entry.originalId,
        ...(entry.amount !== undefined && { amount: entry.amount }),
        ...(Object.keys(entry.described).length > 0 && { described: entry.described }),
        ...(entry.day !== undefined && { day: entry.day }),
      }
    case 'CREDIT':
      return { amount: entry.movement.delta }
    case 'ADMIN':
      return {
        action: entry.action,
        status: entry.status,
        subject: entry.subject,
        ...(entry.limits && { limits: limitsFields(entry.limits) }),
      }
    case 'INCREMENT':
    case 'CAPTURE':
    case 'ADVICE':
    case 'REFUND':
    case 'EXPIRY':
      throw new InvariantError(`entries of the kind ${entry.kind} are not stored yet`)
  }
}
