import type { AccountId } from '../../domain/account-status.js'
import {
  type AuthorizationEntry,
  decisionOf,
  type Entry,
  type Fallback,
  type PurchaseDescription,
} from '../../domain/entry.js'
import { InvariantError, invariant } from '../../domain/invariant.js'
import type { DescriptionFields, EntryFields } from './entry-document.js'
import { limitsIn } from './limits-document.js'
import { networkDataIn } from './network-document.js'
import { reasonOf } from './reason-names.js'
import { isDay } from './spending-document.js'
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
  const { reason, amount, action, status, subject, day, limits } = fields
  switch (fields.kind) {
    case 'AUTHORIZATION':
      return { ...recorded, ...purchaseFields(fields), ...(movement && { movement }) }
    case 'REVERSAL':
      invariant(reason !== undefined, 'a reversal has a reason')
      invariant(fields.original !== undefined, 'a reversal names its original')
      return {
        ...recorded,
        kind: 'REVERSAL',
        reason: reasonOf(reason),
        originalId: fields.original,
        ...(amount !== undefined && { amount: money(amount) }),
        described: descriptionIn(fields.described ?? {}),
        ...(movement && { movement }),
        ...(day !== undefined && { day }),
      }
    case 'CREDIT':
      invariant(movement !== undefined && movement.delta === amount, 'a credit moves its amount')
      return { ...recorded, kind: 'CREDIT', movement }
    case 'ADMIN':
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
    default:
      throw new InvariantError(`unknown kind of entry: ${JSON.stringify(fields.kind satisfies UnstoredKind)}`)
  }
}

/** Kinds of entries without a stored form. */
type UnstoredKind = 'INCREMENT' | 'CAPTURE' | 'ADVICE' | 'REFUND' | 'EXPIRY'

type Recorded = 'accountId' | 'transactionId' | 'seq' | 'at'

function purchaseFields(fields: EntryFields): Omit<AuthorizationEntry, Recorded | 'movement'> {
  const { reason, amount, mcc, effective_mcc: effectiveMcc, merchant, merchant_rule: merchantRule } = fields
  const { fallback, network, day, catalog_version: catalogVersion, approval_code: approvalCode } = fields
  const { verification, verified_wallet: verifiedWallet } = fields
  invariant(reason !== undefined && amount !== undefined, 'an authorization has a reason and an amount')
  invariant(mcc !== undefined && effectiveMcc !== undefined, 'an authorization has its two MCCs')
  invariant(merchant !== undefined, 'an authorization has a merchant, which may be empty')
  invariant(verification === undefined || verification, 'the mark of a verification is true')
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
  }
}

function descriptionIn({ amount, ...described }: DescriptionFields): PurchaseDescription {
  return { ...described, ...(amount !== undefined && { amount: money(amount) }) }
}

function fallbackOf(stored: Fallback): Fallback {
  invariant(stored === 'NEVER', 'the fallback of a purchase is known')
  return stored
}

function movementIn({ wallet, delta, balance_after: balanceAfter }: EntryFields) {
  if (wallet === undefined) return undefined
  invariant(
    typeof delta === 'bigint' && balanceAfter !== undefined,
    'an entry of a wallet has its delta, an int64, and its balance',
  )
  return { wallet, delta, balanceAfter: money(balanceAfter) }
}
