import type { UpdateFilter } from 'mongodb'
import type { MccPolicy } from '../../domain/mcc-policy.js'
import { mccItems, mccSet } from '../../domain/mcc-set.js'
import type { CatalogDocument } from './catalog-change.js'

/**
 * Reads the MCC policy.
 *
 * @throws RangeError when a stored list is invalid.
 */
export function mccPolicyOf({
  never_permitted,
  never_permitted_as_received = [],
}: Pick<CatalogDocument, 'never_permitted' | 'never_permitted_as_received'>): MccPolicy {
  return {
    neverPermitted: mccSet(never_permitted),
    neverPermittedAsReceived: mccSet(never_permitted_as_received),
  }
}

/** The update that writes the policy. An empty list of MCCs as received is not stored. */
export function mccPolicyUpdate({
  neverPermitted,
  neverPermittedAsReceived,
}: MccPolicy): UpdateFilter<CatalogDocument> {
  const never_permitted = mccItems(neverPermitted)
  const never_permitted_as_received = mccItems(neverPermittedAsReceived)
  if (never_permitted_as_received.length > 0)
    return { $set: { never_permitted, never_permitted_as_received } }
  return { $set: { never_permitted }, $unset: { never_permitted_as_received: true } }
}
