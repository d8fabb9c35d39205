import type { AccountStatus } from '../../domain/account-status.js'
import type { Day } from '../../domain/calendar.js'
import type { AdminAction, Entry, Fallback } from '../../domain/entry.js'
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
  readonly original?: string
  readonly described?: DescriptionFields
  readonly action?: AdminAction
  readonly status?: AccountStatus
  readonly subject?: string
  readonly day?: Day
  readonly limits?: LimitsFields
}

export type DescriptionFields = {
  readonly amount?: bigint
  readonly mcc?: string
  readonly merchant?: string
}
