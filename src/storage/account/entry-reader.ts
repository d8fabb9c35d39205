import type { AccountId } from '../../domain/account-status.js'
import {
  type AuthorizationEntry,
  committedBy,
  decisionOf,
  type Entry,
  type HoldRequest,
  type PurchaseDescription,
  type ReversalEntry,
} from '../../domain/entry.js'
import { InvariantError, invariant } from '../../domain/invariant.js'
import { fallbackOf } from './booking-document.js'
import { isDay } from './counted-days-document.js'
import type { DescriptionFields, EntryFields } from './entry-document.js'
import { adviceIn, captureIn, daysIn, incrementIn, refundIn } from './follow-up-reader.js'
import { limitsIn } from './limits-document.js'
import { movementIn } from './movement-document.js'
import { networkDataIn } from './network-document.js'
import { reasonOf } from './reason-names.js'
import { money } from './stored-money.js'

/**
 * Reads an entry.
 *
 * @throws InvariantError when the fields are no valid entry.
 */
export function entryOf(accountId: AccountId, transactionId: string, fields: EntryFields): Entry {
  invariant(typeof fields.seq === 'bigint' && fields.seq > 0n, 'the seq of an entry is an int64 above 0')
  invariant(fields.at instanceof Date, 'an entry has its time')
  invariant(fields.day === undefined || isDay(fields.day), 'an entry has the day that it counts for')
  const entry = entryOfKind(accountId, transactionId, fields)
  // Statements filter by the stored decision but show the derived one.
  invariant(fields.decision === decisionOf(entry), 'the stored decision matches the entry')
  return entry
}

function entryOfKind(accountId: AccountId, transactionId: string, fields: EntryFields): Entry {
  const recorded = { accountId, transactionId, seq: fields.seq, at: fields.at }
  const movement = movementIn(fields)
  const moved = movement && { movement }
  switch (fields.kind) {
    case 'AUTHORIZATION':
      return { ...recorded, ...purchaseFields(fields), ...moved }
    case 'REVERSAL':
      return { ...recorded, ...reversalFields(fields), ...moved }
    case 'CREDIT': {
      const { amount, pays_owed: paysOwed } = fields
      invariant(movement !== undefined && -committedBy(movement) === amount, 'a credit moves its amount')
      invariant(paysOwed === undefined || paysOwed, 'the mark of a credit that pays what is owed is true')
      return { ...recorded, kind: 'CREDIT', movement, ...(paysOwed && { paysOwed }) }
    }
    case 'ADMIN': {
      const { action, status, subject, limits } = fields
      invariant(action !== undefined && status !== undefined, 'a change has an action and a status')
      invariant(subject !== undefined, 'a change has a subject')
      invariant((action === 'LIMITS') === (limits !== undefined), 'a change of limits has the new limits')
      return {
        ...recorded,
        kind: 'ADMIN',
        action,
        status,
        subject,
        ...(limits && { limits: limitsIn(limits) }),
      }
    }
    case 'INCREMENT':
      return { ...recorded, ...incrementIn(fields), ...moved }
    case 'CAPTURE':
      return { ...recorded, ...captureIn(fields), ...moved }
    case 'ADVICE':
      return { ...recorded, ...adviceIn(fields), ...moved }
    case 'REFUND':
      return { ...recorded, ...refundIn(fields), ...moved }
    case 'EXPIRY': {
      const { reason, original: originalId } = fields
      invariant(reason === 'EXPIRED' && originalId !== undefined, 'an expiry names its original')
      invariant(movement !== undefined, 'an expiry gives back what was held')
      return { ...recorded, kind: 'EXPIRY', reason, originalId, movement, ...daysIn(fields) }
    }
    default:
      throw new InvariantError(`unknown kind of entry: ${JSON.stringify(fields.kind satisfies never)}`)
  }
}

type Recorded = 'accountId' | 'transactionId' | 'seq' | 'at'

function purchaseFields(fields: EntryFields): Omit<AuthorizationEntry, Recorded | 'movement'> {
  const { reason, amount, mcc, effective_mcc: effectiveMcc, merchant, merchant_rule: merchantRule } = fields
  const { fallback, network, day, catalog_version: catalogVersion, approval_code: approvalCode } = fields
  const { verification, verified_wallet: verifiedWallet, hold, held_until: heldUntil } = fields
  invariant(reason !== undefined && amount !== undefined, 'an authorization has a reason and an amount')
  invariant(mcc !== undefined && effectiveMcc !== undefined, 'an authorization has its two MCCs')
  invariant(merchant !== undefined, 'an authorization has a merchant, which may be empty')
  invariant(verification === undefined || verification, 'the mark of a verification is true')
  invariant(heldUntil === undefined || heldUntil instanceof Date, 'a hold has its time')
  return {
    kind: 'AUTHORIZATION',
    reason: reasonOf(reason),
    amount: money(amount),
    mcc,
    merchant,
    effectiveMcc,
    ...(verification && { verification }),
    ...(verifiedWallet !== undefined && { verifiedWallet }),
    ...(merchantRule !== undefined && { merchantRule }),
    ...(fallback !== undefined && { fallback: fallbackOf(fallback) }),
    ...(network !== undefined && { network: networkDataIn(network) }),
    ...(catalogVersion !== undefined && { catalogVersion }),
    ...(approvalCode !== undefined && { approvalCode }),
    ...(day !== undefined && { day }),
    ...(hold !== undefined && { hold: holdRequestIn(hold) }),
    ...(heldUntil !== undefined && { heldUntil }),
  }
}

function reversalFields(fields: EntryFields): Omit<ReversalEntry, Recorded | 'movement'> {
  const { reason, amount, original, described, advice } = fields
  invariant(reason !== undefined, 'a reversal has a reason')
  invariant(original !== undefined, 'a reversal names its original')
  invariant(advice === undefined || advice, 'the mark of a reversal that is reported is true')
  return {
    kind: 'REVERSAL',
    reason: reasonOf(reason),
    originalId: original,
    ...(amount !== undefined && { amount: money(amount) }),
    described: descriptionIn(described ?? {}),
    ...(advice && { advice }),
    ...daysIn(fields),
  }
}

function holdRequestIn({ expires_in: expiresIn }: NonNullable<EntryFields['hold']>): HoldRequest {
  if (expiresIn === undefined) return {}
  invariant(typeof expiresIn === 'bigint', 'the time of a hold is an int64')
  return { expiresInSeconds: Number(expiresIn) }
}

function descriptionIn({ amount, ...described }: DescriptionFields): PurchaseDescription {
  return { ...described, ...(amount !== undefined && { amount: money(amount) }) }
}
