import type { ListedAccount } from '../../application/account-list.js'
import type { Account } from '../../domain/account.js'
import type { AccountId, AccountStatus } from '../../domain/account-status.js'
import type { Entry } from '../../domain/entry.js'
import { invariant } from '../../domain/invariant.js'
import { isLimited, unlimited } from '../../domain/limits.js'
import type { EntryDocument } from './entry-document.js'
import { entryOf } from './entry-reader.js'
import { fieldsOf } from './entry-writer.js'
import { type LimitsFields, limitsFields, limitsIn } from './limits-document.js'
import { nextExpiryOf, type OpenHoldFields, openHoldFields, openHoldIn } from './open-hold-document.js'
import { type SpendingFields, spendingFields, spendingIn } from './spending-document.js'
import { mapOf, money, recordOf } from './stored-money.js'

/** An account as stored in `accounts`. Money and sequence numbers are int64. */
export type AccountDocument = {
  readonly _id: AccountId
  readonly status: AccountStatus
  readonly wallets: Readonly<Record<string, bigint>>
  /** Absent until money was held. */
  readonly held?: Readonly<Record<string, bigint>>
  /** Absent until a wallet has owed. */
  readonly owed?: Readonly<Record<string, bigint>>
  /** The open holds; absent without one. */
  readonly holds?: readonly OpenHoldFields[]
  /** The time when the first open hold expires; absent without one. The sweeper looks for it. */
  readonly next_expiry?: Date
  /** Absent without limits. */
  readonly limits?: LimitsFields
  /** Absent until a wallet has paid. */
  readonly spent?: Readonly<Record<string, SpendingFields>>
  readonly version: bigint
  readonly journal: readonly EntryDocument[]
  /** Absent until a reversal has arrived before its purchase. */
  readonly reversed_ahead?: true
  /** Absent until a capture or an advice has arrived before its purchase. */
  readonly captured_ahead?: true
  /** The time when the account was opened; absent until then. */
  readonly created_at?: Date
  readonly updated_at: Date
}

type HoldFields = Pick<AccountDocument, 'holds' | 'next_expiry'>

const statuses: ReadonlySet<AccountStatus> = new Set(['UNOPENED', 'ACTIVE', 'BLOCKED', 'CLOSED'])

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
    hasEarlyCapture: document.captured_ahead ?? false,
    held: mapOf(document.held ?? {}, money),
    owed: mapOf(document.owed ?? {}, money),
    holds: document.holds?.map(openHoldIn) ?? [],
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
  return {
    ...accountFields(account),
    ...(account.held.size > 0 && { held: Object.fromEntries(account.held) }),
    ...(account.owed.size > 0 && { owed: Object.fromEntries(account.owed) }),
    ...holdFields(account),
  }
}

/**
 * Writes an account without its held and owed money and its holds, which a commit writes only when they
 * change.
 *
 * @throws InvariantError when its journal lacks the entry that made its version.
 */
export function accountFields(account: Account): Omit<AccountDocument, 'held' | 'owed' | keyof HoldFields> {
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
    ...(account.hasEarlyCapture && { captured_ahead: true }),
  }
}

/** Writes the open holds of an account, with the time when the first one expires. */
export function holdFields({ holds }: Account): HoldFields {
  const next = nextExpiryOf(holds)
  return next === undefined ? {} : { holds: holds.map(openHoldFields), next_expiry: next }
}

/** Writes an entry for an account's journal. */
function journalDocument(entry: Entry): EntryDocument {
  return { transaction: entry.transactionId, ...fieldsOf(entry) }
}
