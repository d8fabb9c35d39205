import type {
  MerchantIds,
  MerchantRule,
  MerchantRuleId,
  MerchantRuleMatch,
} from '../../domain/merchant-rule.js'

/** A stored merchant rule, with its latest change. */
export type StoredMerchantRule = {
  readonly rule: MerchantRule
  /** Catalog version of its latest change. */
  readonly version: bigint
  readonly changedAt: Date
  /** Subject of the token that made its latest change. */
  readonly changedBy: string
}

/**
 * Why a change of a rule is rejected; nothing was changed. FULL: the limit of 500,000 merchant rules is
 * reached.
 */
export type MerchantRuleRejection =
  | { readonly reason: 'EXISTS' | 'NOT_FOUND' | 'CHANGED_MEANWHILE' | 'FULL' }
  /** Another rule covers the same merchants: by the same name and place, or by the same ids. */
  | { readonly reason: 'TIE'; readonly with: MerchantRuleId }

/** The outcome of a change. */
export type MerchantRuleOutcome =
  | { readonly rejection?: never; readonly stored: StoredMerchantRule }
  | { readonly rejection: MerchantRuleRejection; readonly stored?: never }

/**
 * The store of merchant rules. Each change is atomic, and follows all changes before it. Of two changes that
 * would tie, exactly one succeeds, even across processes.
 *
 * All methods throw UndecidedError UNAVAILABLE when the store does not answer. A change may have been made
 * nevertheless.
 */
export interface MerchantRuleStore {
  find(id: MerchantRuleId): Promise<StoredMerchantRule | undefined>

  /** Returns rules ordered by id. */
  page(query: MerchantRuleQuery): Promise<readonly StoredMerchantRule[]>

  /** Reads all rules as of one moment, ordered by id, in chunks. */
  all(): AsyncIterable<readonly StoredMerchantRule[]>

  /** Creates a rule. Possible rejections: EXISTS, TIE, FULL. */
  create(rule: MerchantRule, by: string): Promise<MerchantRuleOutcome>

  /**
   * Replaces a rule with the result of `change`, which may be called several times. Possible rejections:
   * NOT_FOUND, TIE, and CHANGED_MEANWHILE when the rule is not at the expected version.
   */
  update(
    id: MerchantRuleId,
    change: (rule: MerchantRule) => MerchantRule,
    by: MerchantRuleChangeBy,
  ): Promise<MerchantRuleOutcome>

  /** Deletes a rule and returns its last form. Possible rejections: NOT_FOUND, CHANGED_MEANWHILE. */
  delete(id: MerchantRuleId, expectedVersion: bigint | undefined): Promise<MerchantRuleOutcome>

  /**
   * Creates the rules with new ids and replaces the others, all in one change. Changes nothing when any of
   * them ties with a rule outside the list, and names all such rules. Changes nothing either when there would
   * be too many rules. The rules must not tie with each other.
   */
  replace(rules: readonly MerchantRule[], options: ReplaceOptions): Promise<MerchantRulesReplaced>
}

export type MerchantRuleChangeBy = {
  readonly by: string
  /** Change only this version; absent for any version. */
  readonly expectedVersion?: bigint
}

export type MerchantRuleQuery = {
  /** Only rules whose id comes after this one. */
  readonly afterId: MerchantRuleId
  readonly limit: number
  readonly filter: MerchantRuleFilter
}

/** A filter of rules. Texts are normalised. */
export type MerchantRuleFilter = {
  readonly match?: MerchantRuleMatch
  /** Beginning of the name. Only rules by name. */
  readonly namePrefix?: string
  readonly city?: string
  readonly country?: string
  readonly mcc?: string
} & MerchantIds

export type ReplaceOptions = {
  readonly by: string
  /** Whether to look only for ties. */
  readonly dryRun: boolean
  /** Called right before the commit. Throws to abort the change. */
  readonly proceed: () => void
}

export type MerchantRulesReplaced = {
  readonly created: number
  readonly changed: number
  /** Rules that were already stored, field by field. */
  readonly unchanged: number
  /** Ids of the rules that tie with a stored rule, each with the other's id. If any, nothing was changed. */
  readonly ties: ReadonlyMap<MerchantRuleId, MerchantRuleId>
  /** Whether there would be too many rules. If so, nothing was changed. */
  readonly full: boolean
}
