import { type MccSet, mccItems, mccSet } from './mcc-set.js'

/** The MCCs that no wallet pays for, not even the free balance. */
export type MccPolicy = {
  /** Compared with the effective MCC: a merchant rule can take a purchase off this list, or put it on. */
  readonly neverPermitted: MccSet
  /** Compared with the MCC as received: no merchant rule takes a purchase off this list. */
  readonly neverPermittedAsReceived: MccSet
}

/** A list of the policy. */
export type MccList = 'NEVER_PERMITTED' | 'NEVER_PERMITTED_AS_RECEIVED'

/** The policy that permits every MCC. */
export const permissivePolicy: MccPolicy = { neverPermitted: [], neverPermittedAsReceived: [] }

/** Whether two policies forbid the same MCCs, in the same ranges. */
export function samePolicy(a: MccPolicy, b: MccPolicy): boolean {
  return (
    isSame(a.neverPermitted, b.neverPermitted) &&
    isSame(a.neverPermittedAsReceived, b.neverPermittedAsReceived)
  )
}

/** Joins two policies: the result forbids what either forbids. */
export function joinPolicies(a: MccPolicy, b: MccPolicy): MccPolicy {
  return {
    neverPermitted: joined(a.neverPermitted, b.neverPermitted),
    neverPermittedAsReceived: joined(a.neverPermittedAsReceived, b.neverPermittedAsReceived),
  }
}

function isSame(a: MccSet, b: MccSet): boolean {
  return mccItems(a).join() === mccItems(b).join()
}

function joined(a: MccSet, b: MccSet): MccSet {
  return mccSet([...mccItems(a), ...mccItems(b)])
}
