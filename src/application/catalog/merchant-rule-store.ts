import type { MerchantRule, MerchantRuleId, MerchantRuleMatch } from '../../domain/merchant-rule.js'

/** A merchant rule, and what became of it. */
export type StoredMerchantRule = {
  readonly rule: MerchantRule
  /** The version of the catalog that it came with: another one after each change. */
  readonly version: bigint
  readonly changedAt: Date
  /** Subject of the token of who made it or changed it last. */
  readonly changedBy: string
}

/** Why a change of a rule was not made; the rules are as they were. FULL: there are as many rules as there may be. */
export type MerchantRuleRefusal =
  | { readonly reason: 'EXISTS' | 'NOT_FOUND' | 'CHANGED_MEANWHILE' | 'FULL' }
  /** Another rule has the same match, name, city and country. */
  | { readonly reason: 'TIE'; readonly with: MerchantRuleId }

/** The outcome of a change. */
export type MerchantRuleOutcome =
  | { readonly refusal?: never; readonly stored: StoredMerchantRule }
  | { readonly refusal: MerchantRuleRefusal; readonly stored?: never }

/**
 * Where merchant rules are kept. Each change is made whole or not at all, and after all changes before it: of two that would tie
 * exactly one is made, whichever processes make them.
 *
 * All of them throw IndecisionError UNAVAILABLE when the store does not answer; a change may then have been made.
 */
export interface MerchantRuleStore {
  find(id: MerchantRuleId): Promise<StoredMerchantRule | undefined>

  /** Rules in the order of their ids. */
  page(query: MerchantRuleQuery): Promise<readonly StoredMerchantRule[]>

  /** Every rule as of one moment, in the order of their ids, in pieces. */
  all(): AsyncIterable<readonly StoredMerchantRule[]>

  /** Refused: EXISTS, TIE, FULL. */
  create(rule: MerchantRule, by: string): Promise<MerchantRuleOutcome>

  /**
   * Changes a rule to what `change` makes of it, which may be asked several times. Refused: NOT_FOUND, TIE, and
   * CHANGED_MEANWHILE when a version is expected and it has another.
   */
  update(
    id: MerchantRuleId,
    change: (rule: MerchantRule) => MerchantRule,
    by: MerchantRuleChangeBy,
  ): Promise<MerchantRuleOutcome>

  /** Deletes a rule and returns what it was. Refused: NOT_FOUND, CHANGED_MEANWHILE as in {@link update}. */
  delete(id: MerchantRuleId, expectedVersion: bigint | undefined): Promise<MerchantRuleOutcome>

  /**
   * Creates the rules whose ids are new and replaces those whose ids are not, all in one change. When one of them would tie
   * with a rule that is not among them, nothing is done, and every such one is named; nor is anything done when there would be
   * too many rules. They must not tie with each other.
   */
  replace(rules: readonly MerchantRule[], options: ReplaceOptions): Promise<MerchantRulesReplaced>
}

export type MerchantRuleChangeBy = {
  readonly by: string
  /** Change only this version; absent: whichever there is. */
  readonly expectedVersion?: bigint
}

export type MerchantRuleQuery = {
  /** Only rules whose id comes after this one. */
  readonly afterId: MerchantRuleId
  readonly limit: number
  readonly filter: MerchantRuleFilter
}

/** Texts are normalised. */
export type MerchantRuleFilter = {
  readonly match?: MerchantRuleMatch
  /** What the name begins with. */
  readonly namePrefix?: string
  readonly city?: string
  readonly country?: string
  readonly mcc?: string
}

export type ReplaceOptions = {
  readonly by: string
  /** Only look for ties. */
  readonly dryRun: boolean
  /** Asked before the change is made for good: throws to undo it. */
  readonly proceed: () => void
}

export type MerchantRulesReplaced = {
  readonly created: number
  readonly changed: number
  /** Rules that were there already, word for word. */
  readonly unchanged: number
  /** Rules that tie with one that is there: by id, with the other's. When there are any, nothing was done. */
  readonly ties: ReadonlyMap<MerchantRuleId, MerchantRuleId>
  /** Whether there would be too many rules. When there would be, nothing was done. */
  readonly full: boolean
}
