import { invariant } from '../../domain/invariant.js'
import { type Reason, reasons } from '../../domain/reason.js'

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

/**
 * Returns the reason with this stored name.
 *
 * @throws InvariantError when it is unknown: a later release has written it.
 */
export function reasonOf(stored: StoredReason): Reason {
  const reason = isStoredName(stored) ? reasonsByStoredName[stored] : stored
  invariant(known.has(reason), 'the reason of an entry is known')
  return reason
}

const known: ReadonlySet<Reason> = new Set(reasons)

function isStoredName(stored: StoredReason): stored is StoredName {
  return Object.hasOwn(reasonsByStoredName, stored)
}
