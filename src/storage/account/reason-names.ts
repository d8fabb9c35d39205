import type { Reason } from '../../domain/reason.js'

/**
 * Reasons whose stored names are older than those of the domain. The books keep them, so that earlier builds
 * and restored backups stay readable.
 */
const storedNames: Partial<Readonly<Record<Reason, StoredName>>> = {
  REVERSED_BEFORE_PURCHASE: 'REVERSED_AHEAD',
  AMOUNT_OVER_REMAINDER: 'AMOUNT_OVER_REST',
}
const reasonsByStoredName = {
  REVERSED_AHEAD: 'REVERSED_BEFORE_PURCHASE',
  AMOUNT_OVER_REST: 'AMOUNT_OVER_REMAINDER',
} as const satisfies Record<string, Reason>

type StoredName = keyof typeof reasonsByStoredName
/** A reason as stored. */
export type StoredReason = Reason | StoredName

/** Returns the stored name of a reason. */
export function storedReason(reason: Reason): StoredReason {
  return storedNames[reason] ?? reason
}

/** Returns the reason with this stored name. */
export function reasonOf(stored: StoredReason): Reason {
  return isStoredName(stored) ? reasonsByStoredName[stored] : stored
}

function isStoredName(stored: StoredReason): stored is StoredName {
  return Object.hasOwn(reasonsByStoredName, stored)
}
