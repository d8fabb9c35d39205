import type { AccountStatus } from '../../domain/account-status.js'
import type { Day } from '../../domain/calendar.js'
import type { AdminAction, Entry, Fallback } from '../../domain/entry.js'
import type { CountedDaysFields } from './counted-days-document.js'
import type { LimitsFields } from './limits-document.js'
import type { NetworkDocument } from './network-document.js'
import type { StoredReason } from './reason-names.js'

/** An entry as stored in an account's journal. */
export type EntryDocument = EntryFields & { readonly transaction: string }

/** The fields of an entry, in a journal and in the ledger alike. */
export type EntryFields = {
  readonly seq: bigint
  readonly kind: Entry['kind']
  readonly at: Date
  readonly decision: 'APPROVED' | 'DECLINED'
  readonly reason?: StoredReason
  readonly amount?: bigint
  /** Present only with true, for account verifications. */
  readonly verification?: true
  /** The wallet that would have paid an approved verification; absent in all other entries. */
  readonly verified_wallet?: string
  readonly wallet?: string
  readonly delta?: bigint
  readonly balance_after?: bigint
  /** Held money added or taken, with the held money after it; absent when it does not change. */
  readonly held_delta?: bigint
  readonly held_after?: bigint
  /** Owed money added or taken, with the owed money after it; absent when it does not change. */
  readonly owed_delta?: bigint
  readonly owed_after?: bigint
  readonly mcc?: string
  readonly effective_mcc?: string
  readonly merchant?: string
  readonly merchant_rule?: string
  /** Absent when the free balance may pay, and in entries older than this field. */
  readonly fallback?: Fallback
  /** Absent when the network sent nothing, and in entries older than this field. */
  readonly network?: NetworkDocument
  readonly catalog_version?: bigint
  /** Absent when declined, and in entries older than this field. */
  readonly approval_code?: string
  /** Present when the purchase asked for a hold. Its time is in seconds. */
  readonly hold?: { readonly expires_in?: bigint }
  /** Present when the purchase was held. */
  readonly held_until?: Date
  readonly original?: string
  readonly described?: DescriptionFields
  /** Present only with true, for captures that are not final. */
  readonly more_to_come?: true
  /** Present only with true, for reversals that the caller reports. */
  readonly advice?: true
  /** Present only with true, for refunds that may be declined. */
  readonly request?: true
  /** Present only with true, for credits that pay what the wallet owes first. */
  readonly pays_owed?: true
  readonly action?: AdminAction
  readonly status?: AccountStatus
  readonly subject?: string
  readonly day?: Day
  /** Present when the entry gives back to several days, or to a part of them. */
  readonly days?: CountedDaysFields
  readonly limits?: LimitsFields
}

export type DescriptionFields = {
  readonly amount?: bigint
  readonly mcc?: string
  readonly merchant?: string
}
