import { hasMcc, type MccSet, mccItems, mccSet } from './mcc-set.js'

/** How long holds last, and by how much a capture may exceed its hold. */
export type HoldPolicy = {
  /** Duration of a hold for which neither the request nor a rule names another, in days. */
  readonly days: number
  /** The first rule with the MCC as received applies. */
  readonly rules: readonly HoldRule[]
}

/** The card network's rule for the holds of some MCCs. */
export type HoldRule = {
  readonly mccs: MccSet
  /** Duration of a hold, in days; absent for the policy's. */
  readonly days?: number
  /** By how much captures may exceed the hold, in percent of it; absent for 0. */
  readonly overPercent?: number
}

/** Longest duration of a hold, in days. */
export const HOLD_DAYS_MAX = 31

/** Holds last 7 days. Restaurants, bars, taxis, beauty and health spas may capture 20 % more (tips). */
export const defaultHoldPolicy: HoldPolicy = {
  days: 7,
  rules: [{ mccs: mccSet(['5812-5814', '4121', '7230', '7298']), overPercent: 20 }],
}

/** Most rules in a policy. */
export const HOLD_RULES_MAX = 100
/** Largest tolerance of a rule, in percent. */
export const OVER_PERCENT_MAX = 100

const DAY_MS = 86_400_000

/** Returns the time when a hold expires. A longer duration than {@link HOLD_DAYS_MAX} is cut. */
export function heldUntil(
  policy: HoldPolicy,
  {
    mcc,
    at,
    expiresInSeconds,
  }: { readonly mcc: string; readonly at: Date; readonly expiresInSeconds?: number },
): Date {
  const days = ruleOf(policy, mcc)?.days ?? policy.days
  const durationMs = expiresInSeconds === undefined ? days * DAY_MS : expiresInSeconds * 1_000
  return new Date(at.getTime() + Math.min(durationMs, HOLD_DAYS_MAX * DAY_MS))
}

/** Whether captures of `captured` in all are within the tolerance of `approved`, both in centavos. */
export function isWithinTolerance(
  policy: HoldPolicy,
  { mcc, approved, captured }: { readonly mcc: string; readonly approved: bigint; readonly captured: bigint },
): boolean {
  const percent = 100 + (ruleOf(policy, mcc)?.overPercent ?? 0)
  return captured * 100n <= approved * BigInt(percent)
}

/** Whether two policies have the same rules, in the same order. */
export function sameHoldPolicy(a: HoldPolicy, b: HoldPolicy): boolean {
  return a.days === b.days && a.rules.map(textOf).join() === b.rules.map(textOf).join()
}

function textOf({ mccs, days, overPercent = 0 }: HoldRule): string {
  return `${mccItems(mccs).join(' ')}/${days}/${overPercent}`
}

function ruleOf({ rules }: HoldPolicy, mcc: string): HoldRule | undefined {
  return rules.find(({ mccs }) => hasMcc(mccs, mcc))
}
