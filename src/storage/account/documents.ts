import type { ListedAccount } from '../../application/account-list.js'
import type { Account } from '../../domain/account.js'
import type { AccountId, AccountStatus } from '../../domain/account-status.js'
import type { Day } from '../../domain/calendar.js'
import {
  type AdminAction,
  type AuthorizationEntry,
  decisionOf,
  type Entry,
  type Fallback,
  movementOf,
  type PurchaseDescription,
} from '../../domain/entry.js'
import { InvariantError, invariant } from '../../domain/invariant.js'
import { isLimited, type Limits, unlimited, type WalletLimits } from '../../domain/limits.js'
import { type Centavos, centavos } from '../../domain/money.js'
import type { Reason } from '../../domain/reason.js'
import type { Spending } from '../../domain/spending.js'
import { type NetworkDocument, networkDataIn, networkDocument } from './network-document.js'

/** An account as stored in `accounts`. Money and sequence numbers are int64. */
export type AccountDocument = {
  readonly _id: AccountId
  readonly status: AccountStatus
  readonly wallets: Readonly<Record<string, bigint>>
  /** Absent without limits. */
  readonly limits?: LimitsFields
  /** Absent until a wallet has paid. */
  readonly spent?: Readonly<Record<string, SpendingFields>>
  readonly version: bigint
  readonly journal: readonly EntryDocument[]
  /** Absent until a reversal has arrived before its purchase. */
  readonly reversed_ahead?: true
  /** The time when the account was opened; absent until then. */
  readonly created_at?: Date
  readonly updated_at: Date
}

/** An entry as stored in an account's journal. */
export type EntryDocument = EntryFields & { readonly transaction: string }

/** An entry as stored in `ledger`. */
export type LedgerDocument = EntryFields & { readonly _id: LedgerKey }

/** The key of a ledger entry. MongoDB compares it with the order of its fields. */
export type LedgerKey = { readonly account: AccountId; readonly transaction: string }

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
type StoredReason = Reason | StoredName

type EntryFields = {
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

type LimitsFields = {
  readonly purchase?: bigint
  readonly wallets: Readonly<Record<string, { readonly day?: bigint; readonly month?: bigint }>>
}

type SpendingFields = { readonly day: Day; readonly day_amount: bigint; readonly month_amount: bigint }

type DescriptionFields = { readonly amount?: bigint; readonly mcc?: string; readonly merchant?: string }

const statuses: ReadonlySet<AccountStatus> = new Set(['UNOPENED', 'ACTIVE', 'BLOCKED', 'CLOSED'])

const DAY = /^\d{4}-\d{2}-\d{2}$/

/**
 * Reads an account.
 *
 * @throws InvariantError when the document is not a valid account.
 */
export function accountOf(document: AccountDocument): Account {
  const account = accountAsStored(document)
  const { version, journal } = account
  invariant(journal.at(-1)?.seq === version, 'the last entry of a journal has the version of the account')
  invariant(journal[0]?.seq === version - BigInt(journal.length) + 1n, 'a journal has no gaps')
  return account
}

/**
 * Reads an account without its journal, which is most of the document.
 *
 * @throws InvariantError when the document is not a valid account.
 */
export function listedAccountOf(document: Omit<AccountDocument, 'journal'>): ListedAccount {
  return accountAsStored({ ...document, journal: [] })
}

/**
 * Reads an account without checking its journal for gaps, so that the audit can report them.
 *
 * @throws InvariantError when anything else in the document is invalid.
 */
export function accountAsStored(document: AccountDocument): Account {
  const { _id: id, status, version } = document
  const journal = document.journal.map((entry) => entryOf(id, entry.transaction, entry))
  invariant(
    typeof version === 'bigint' && version > 0n,
    'the version of a stored account is an int64 above 0',
  )
  // An unknown status of a later release must not pass for ACTIVE.
  invariant(statuses.has(status), 'the status of an account is known')
  return {
    id,
    status,
    version,
    journal,
    hasEarlyReversal: document.reversed_ahead ?? false,
    hasEarlyCapture: false,
    held: new Map(),
    owed: new Map(),
    holds: [],
    updatedAt: document.updated_at,
    ...(document.created_at && { openedAt: document.created_at }),
    wallets: mapOf(document.wallets, money),
    limits: document.limits ? limitsIn(document.limits) : unlimited,
    spent: mapOf(document.spent ?? {}, spendingIn),
  }
}

/**
 * Writes an account.
 *
 * @throws InvariantError when its journal lacks the entry that made its version.
 */
export function accountDocument(account: Account): AccountDocument {
  const last = account.journal.at(-1)
  invariant(last?.seq === account.version, 'an account is written together with its last entry')
  return {
    _id: account.id,
    status: account.status,
    wallets: Object.fromEntries(account.wallets),
    ...(isLimited(account.limits) && { limits: limitsFields(account.limits) }),
    ...(account.spent.size > 0 && { spent: recordOf(account.spent, spendingFields) }),
    version: account.version,
    journal: account.journal.map(journalDocument),
    updated_at: last.at,
    ...(account.openedAt && { created_at: account.openedAt }),
    ...(account.hasEarlyReversal && { reversed_ahead: true }),
  }
}

/** Writes an entry for an account's journal. */
function journalDocument(entry: Entry): EntryDocument {
  return { transaction: entry.transactionId, ...fieldsOf(entry) }
}

/** Writes an entry for the ledger. */
export function ledgerDocument(entry: Entry): LedgerDocument {
  return { _id: ledgerKey(entry), ...fieldsOf(entry) }
}

/** Builds the key of a ledger entry, with its fields always in the same order. */
export function ledgerKey(key: { readonly accountId: AccountId; readonly transactionId: string }): LedgerKey {
  return { account: key.accountId, transaction: key.transactionId }
}

/**
 * Reads a ledger entry.
 *
 * @throws InvariantError when the document is not a valid entry.
 */
export function entryOfLedger(document: LedgerDocument): Entry {
  return entryOf(document._id.account, document._id.transaction, document)
}

function fieldsOf(entry: Entry): EntryFields {
  const movement = movementOf(entry)
  invariant(isStorable(entry), 'holds and what follows them are not stored yet')
  return {
    seq: entry.seq,
    kind: entry.kind,
    at: entry.at,
    decision: decisionOf(entry),
    ...kindFields(entry),
    ...(movement && { wallet: movement.wallet, delta: movement.delta, balance_after: movement.balanceAfter }),
  }
}

/** Whether every field of the entry has a stored form. */
function isStorable(entry: Entry): boolean {
  const movement = movementOf(entry)
  if (movement?.heldDelta !== undefined || movement?.owedDelta !== undefined) return false
  if (entry.kind === 'AUTHORIZATION') return entry.hold === undefined
  if (entry.kind === 'CREDIT') return !entry.paysOwed
  return entry.kind !== 'REVERSAL' || (!entry.advice && !entry.days)
}

function kindFields(entry: Entry): Partial<EntryFields> {
  switch (entry.kind) {
    case 'AUTHORIZATION':
      return {
        reason: storedReason(entry.reason),
        amount: entry.amount,
        mcc: entry.mcc,
        effective_mcc: entry.effectiveMcc,
        merchant: entry.merchant,
        ...(entry.verification && { verification: entry.verification }),
        ...(entry.verifiedWallet !== undefined && { verified_wallet: entry.verifiedWallet }),
        ...(entry.merchantRule !== undefined && { merchant_rule: entry.merchantRule }),
        ...(entry.fallback !== undefined && { fallback: entry.fallback }),
        ...(entry.network !== undefined && { network: networkDocument(entry.network) }),
        ...(entry.catalogVersion !== undefined && { catalog_version: entry.catalogVersion }),
        ...(entry.approvalCode !== undefined && { approval_code: entry.approvalCode }),
        ...(entry.day !== undefined && { day: entry.day }),
      }
    case 'REVERSAL':
      return {
        reason: storedReason(entry.reason),
        original: entry.originalId,
        ...(entry.amount !== undefined && { amount: entry.amount }),
        ...(Object.keys(entry.described).length > 0 && { described: entry.described }),
        ...(entry.day !== undefined && { day: entry.day }),
      }
    case 'CREDIT':
      return { amount: entry.movement.delta }
    case 'ADMIN':
      return {
        action: entry.action,
        status: entry.status,
        subject: entry.subject,
        ...(entry.limits && { limits: limitsFields(entry.limits) }),
      }
    case 'INCREMENT':
    case 'CAPTURE':
    case 'ADVICE':
    case 'REFUND':
    case 'EXPIRY':
      throw new InvariantError(`entries of the kind ${entry.kind} are not stored yet`)
  }
}

function entryOf(accountId: AccountId, transactionId: string, fields: EntryFields): Entry {
  invariant(typeof fields.seq === 'bigint' && fields.seq > 0n, 'the seq of an entry is an int64 above 0')
  invariant(fields.at instanceof Date, 'an entry has its time')
  invariant(fields.day === undefined || DAY.test(fields.day), 'an entry has the day that it counts for')
  const entry = entryOfKind(accountId, transactionId, fields)
  // Statements filter by the stored decision but show the derived one.
  invariant(fields.decision === decisionOf(entry), 'the stored decision matches the entry')
  return entry
}

function entryOfKind(accountId: AccountId, transactionId: string, fields: EntryFields): Entry {
  const recorded = { accountId, transactionId, seq: fields.seq, at: fields.at }
  const movement = movementIn(fields)
  const { reason, amount, action, status, subject, day, limits } = fields
  switch (fields.kind) {
    case 'AUTHORIZATION':
      return { ...recorded, ...purchaseFields(fields), ...(movement && { movement }) }
    case 'REVERSAL':
      invariant(reason !== undefined, 'a reversal has a reason')
      invariant(fields.original !== undefined, 'a reversal names its original')
      return {
        ...recorded,
        kind: 'REVERSAL',
        reason: reasonOf(reason),
        originalId: fields.original,
        ...(amount !== undefined && { amount: money(amount) }),
        described: descriptionIn(fields.described ?? {}),
        ...(movement && { movement }),
        ...(day !== undefined && { day }),
      }
    case 'CREDIT':
      invariant(movement !== undefined && movement.delta === amount, 'a credit moves its amount')
      return { ...recorded, kind: 'CREDIT', movement }
    case 'ADMIN':
      invariant(action !== undefined && status !== undefined, 'a change has an action and a status')
      invariant(subject !== undefined, 'a change has a subject')
      invariant((action === 'LIMITS') === (limits !== undefined), 'a change of limits has the new limits')
      return {
        ...recorded,
        kind: 'ADMIN',
        action,
        status,
        subject,
        ...(limits && { limits: limitsIn(limits) }),
      }
    default:
      throw new InvariantError(`unknown kind of entry: ${JSON.stringify(fields.kind satisfies UnstoredKind)}`)
  }
}

/** Kinds of entries without a stored form. */
type UnstoredKind = 'INCREMENT' | 'CAPTURE' | 'ADVICE' | 'REFUND' | 'EXPIRY'

type Recorded = 'accountId' | 'transactionId' | 'seq' | 'at'

function purchaseFields(fields: EntryFields): Omit<AuthorizationEntry, Recorded | 'movement'> {
  const { reason, amount, mcc, effective_mcc: effectiveMcc, merchant, merchant_rule: merchantRule } = fields
  const { fallback, network, day, catalog_version: catalogVersion, approval_code: approvalCode } = fields
  const { verification, verified_wallet: verifiedWallet } = fields
  invariant(reason !== undefined && amount !== undefined, 'an authorization has a reason and an amount')
  invariant(mcc !== undefined && effectiveMcc !== undefined, 'an authorization has its two MCCs')
  invariant(merchant !== undefined, 'an authorization has a merchant, which may be empty')
  invariant(verification === undefined || verification, 'the mark of a verification is true')
  return {
    kind: 'AUTHORIZATION',
    reason: reasonOf(reason),
    amount: money(amount),
    mcc,
    merchant,
    effectiveMcc,
    ...(verification && { verification }),
    ...(verifiedWallet !== undefined && { verifiedWallet }),
    ...(merchantRule !== undefined && { merchantRule }),
    ...(fallback !== undefined && { fallback: fallbackOf(fallback) }),
    ...(network !== undefined && { network: networkDataIn(network) }),
    ...(catalogVersion !== undefined && { catalogVersion }),
    ...(approvalCode !== undefined && { approvalCode }),
    ...(day !== undefined && { day }),
  }
}

function descriptionIn({ amount, ...described }: DescriptionFields): PurchaseDescription {
  return { ...described, ...(amount !== undefined && { amount: money(amount) }) }
}

function fallbackOf(stored: Fallback): Fallback {
  invariant(stored === 'NEVER', 'the fallback of a purchase is known')
  return stored
}

function storedReason(reason: Reason): StoredReason {
  return storedNames[reason] ?? reason
}

function reasonOf(stored: StoredReason): Reason {
  return isStoredName(stored) ? reasonsByStoredName[stored] : stored
}

function isStoredName(stored: StoredReason): stored is StoredName {
  return Object.hasOwn(reasonsByStoredName, stored)
}

function movementIn({ wallet, delta, balance_after: balanceAfter }: EntryFields) {
  if (wallet === undefined) return undefined
  invariant(
    typeof delta === 'bigint' && balanceAfter !== undefined,
    'an entry of a wallet has its delta, an int64, and its balance',
  )
  return { wallet, delta, balanceAfter: money(balanceAfter) }
}

function limitsFields({ purchase, wallets }: Limits): LimitsFields {
  return { ...(purchase !== undefined && { purchase }), wallets: Object.fromEntries(wallets) }
}

function limitsIn({ purchase, wallets }: LimitsFields): Limits {
  return {
    ...(purchase !== undefined && { purchase: money(purchase) }),
    wallets: mapOf(wallets, walletLimitsIn),
  }
}

function walletLimitsIn({ day, month }: { readonly day?: bigint; readonly month?: bigint }): WalletLimits {
  return {
    ...(day !== undefined && { day: money(day) }),
    ...(month !== undefined && { month: money(month) }),
  }
}

function spendingFields({ day, dayAmount, monthAmount }: Spending): SpendingFields {
  return { day, day_amount: dayAmount, month_amount: monthAmount }
}

function spendingIn({ day, day_amount: dayAmount, month_amount: monthAmount }: SpendingFields): Spending {
  invariant(typeof day === 'string' && DAY.test(day), 'spending has its day')
  return { day, dayAmount: money(dayAmount), monthAmount: money(monthAmount) }
}

/** Reads a record by wallet into a map by wallet. */
function mapOf<Stored, T>(
  record: Readonly<Record<string, Stored>>,
  read: (stored: Stored) => T,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(record).map(([wallet, stored]) => [wallet, read(stored)]))
}

function recordOf<T, Stored>(
  map: ReadonlyMap<string, T>,
  write: (value: T) => Stored,
): Readonly<Record<string, Stored>> {
  return Object.fromEntries(Array.from(map, ([wallet, value]) => [wallet, write(value)]))
}

function money(value: bigint): Centavos {
  invariant(typeof value === 'bigint' && value >= 0n, 'stored money is an int64 of 0 or more')
  return centavos(value)
}
