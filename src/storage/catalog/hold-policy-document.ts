import { defaultHoldPolicy, type HoldPolicy, type HoldRule } from '../../domain/hold-policy.js'
import { mccItems, mccSet } from '../../domain/mcc-set.js'

/** The hold policy as stored in the document of the catalog. */
export type HoldPolicyDocument = {
  /** Duration of a hold, in days. */
  readonly days: number
  readonly rules: readonly {
    readonly mccs: readonly string[]
    /** Absent: the policy's. */
    readonly days?: number
    /** Absent: 0. */
    readonly over_percent?: number
  }[]
}

/**
 * Reads the hold policy. Without a stored one, the default applies.
 *
 * @throws RangeError when the MCCs of a stored rule are invalid.
 */
export function holdPolicyOf(document: HoldPolicyDocument | undefined): HoldPolicy {
  if (!document) return defaultHoldPolicy
  const { days, rules } = document
  return { days, rules: rules.map(ruleOf) }
}

/** Writes the hold policy. */
export function holdPolicyDocument({ days, rules }: HoldPolicy): HoldPolicyDocument {
  return {
    days,
    rules: rules.map(({ mccs, days: ofRule, overPercent = 0 }) => ({
      mccs: mccItems(mccs),
      ...(ofRule !== undefined && { days: ofRule }),
      ...(overPercent > 0 && { over_percent: overPercent }),
    })),
  }
}

function ruleOf({ mccs, days, over_percent }: HoldPolicyDocument['rules'][number]): HoldRule {
  return {
    mccs: mccSet(mccs),
    ...(days !== undefined && { days }),
    ...(over_percent !== undefined && { overPercent: over_percent }),
  }
}
