import { type Account, applyEntry, JOURNAL_MAX } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import type { AccountChange, AccountStore, CommitResult } from '../account-store.js'
import type { Clock } from '../clock.js'
import { isUnavailable, UndecidedError } from '../errors.js'
import type { Ledger } from '../ledger.js'
import { type AccountCodec, identityCodec } from './account-codec.js'
import { expireDue } from './expire-due.js'
import { historyOf, type Past, readHistories } from './history.js'
import type { LedgerPoster } from './ledger-poster.js'
import type { PendingRequest } from './pending-request.js'
import { RecentAccounts } from './recent-accounts.js'

export type GroupCommitOptions = {
  readonly accounts: AccountStore
  readonly ledger: Ledger
  readonly poster: LedgerPoster
  readonly clock: Clock
  /** How copies of accounts are stored. Default: as objects. */
  readonly codec?: AccountCodec
  /** Called for each failed request: without an error after a lost race, otherwise with the store's error. */
  readonly onFailure: (request: PendingRequest, error: unknown) => void
  /** Called for each request whose decision on a copy was lost because another process had committed. */
  readonly onStaleCopy: () => void
  /** Called after a commit that expired due holds, with their number. */
  readonly onExpired?: (holds: number) => void
}

/** One account of a group, with the requests on it. */
type AccountGroup = {
  readonly before: Account
  /** The same account after the expiry of its due holds. */
  readonly expired: Account
  /** Whether `before` is a copy, which may be stale. */
  readonly copied: boolean
  readonly members: readonly PendingRequest[]
}

/** The same account after its decisions. */
type DecidedAccountGroup = AccountGroup & {
  readonly after: Account
  /** Requests that found the journal of a copy full. Only the store can say whether it still is. */
  readonly doubtful: readonly PendingRequest[]
}

/**
 * Processes groups of requests: load, look up, decide, commit, answer, post.
 *
 * Invariants:
 * - The ledger is read no earlier than the account. An entry that has left the journal was in the ledger
 *   before, so the two together miss nothing. That holds for a copy, too: it was committed before.
 * - An account is committed only on top of the version it was decided on, and nothing is answered before it
 *   is durable.
 * - An answer without a commit is proven by an entry, or was decided on an account as read from the store.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #recent: RecentAccounts

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#recent = new RecentAccounts(options.codec ?? identityCodec)
  }

  /**
   * Processes a group: answers every request, rejects it, or passes it to `onFailure`. Its accounts must be
   * in no other group meanwhile.
   */
  async run(group: readonly PendingRequest[]): Promise<void> {
    const copies = new Map<AccountId, Account>()
    for (const { request } of group) {
      const copy = this.#recent.get(request.accountId)
      if (copy) copies.set(request.accountId, copy)
    }
    const unsure = await this.#runOn(copies, group)
    if (unsure.length > 0) await this.#runOn(new Map(), unsure)
  }

  /**
   * Decides on the given copies, and reads all other accounts. Returns the requests whose copies were or may
   * be stale.
   */
  async #runOn(
    copies: ReadonlyMap<AccountId, Account>,
    group: readonly PendingRequest[],
  ): Promise<readonly PendingRequest[]> {
    let accountGroups: readonly AccountGroup[]
    let past: Past
    // Before the read: a hold that the read took for open must not be due in the decisions.
    const dueAt = this.#options.clock.now()
    try {
      ;({ accountGroups, past } = await this.#open(copies, group, dueAt))
    } catch (error) {
      return await this.#unreadable(copies, group, error)
    }
    const at = this.#options.clock.now()
    return await this.#commit(accountGroups.map((accountGroup) => this.#decide(accountGroup, past, at)))
  }

  /**
   * Halves an unreadable group until the unreadable account stands alone, so that no other request fails with
   * it. While the store is unavailable, all requests of the group fail.
   */
  async #unreadable(
    copies: ReadonlyMap<AccountId, Account>,
    group: readonly PendingRequest[],
    error: unknown,
  ): Promise<readonly PendingRequest[]> {
    if (group.length === 1 || isUnavailable(error)) {
      for (const member of group) this.#options.onFailure(member, error)
      return []
    }
    const half = Math.ceil(group.length / 2)
    const first = await this.#runOn(copies, group.slice(0, half))
    return [...first, ...(await this.#runOn(copies, group.slice(half)))]
  }

  /**
   * Groups the requests by account, reads the accounts without a copy and the past entries needed, and ends
   * the due holds.
   */
  async #open(
    copies: ReadonlyMap<AccountId, Account>,
    group: readonly PendingRequest[],
    dueAt: Date,
  ): Promise<{ readonly accountGroups: readonly AccountGroup[]; readonly past: Past }> {
    const byAccount = membersByAccount(group)
    const questions = Array.from(byAccount, ([accountId, members]) => ({
      accountId,
      copy: copies.get(accountId),
      asks: members.map(({ request }) => request),
    }))
    const { accounts, past } = await readHistories(this.#options, questions, dueAt)
    const accountGroups = accounts.map((before) => {
      const copied = copies.has(before.id)
      if (!copied) this.#recent.loaded(before)
      return {
        before,
        expired: this.#expired(before, dueAt),
        copied,
        members: byAccount.get(before.id) ?? [],
      }
    })
    return { accountGroups, past }
  }

  /** Ends the due holds of an account, as far as its journal has room. */
  #expired(account: Account, dueAt: Date): Account {
    // Every decision comes here.
    if (account.holds.length === 0) return account
    return expireDue(account, dueAt, roomIn(account, this.#postedThrough(account)))
  }

  /** Returns the `seq` of the last entry that may leave the journal. */
  #postedThrough({ id, version }: Account): bigint {
    // Another engine of this process may have posted entries newer than this account. The commit of this
    // decision then fails.
    return earlier(this.#options.poster.postedThrough(id), version)
  }

  /** Decides the requests on one account one after another, each on top of the one before. */
  #decide({ before, expired, copied, members }: AccountGroup, past: Past, at: Date): DecidedAccountGroup {
    const posted = this.#postedThrough(before)
    const decided: PendingRequest[] = []
    const doubtful: PendingRequest[] = []
    let after = expired
    let room = roomIn(expired, posted)

    for (const member of members) {
      if (!member.hasTime()) {
        member.rejectForTime()
        continue
      }
      try {
        const verdict = member.decide(historyOf(after, past), at)
        if (verdict.type === 'RECORD' && room <= 0) {
          if (!copied) throw journalFull()
          doubtful.push(member)
          continue
        }
        if (verdict.type === 'RECORD') {
          room -= 1
          after = applyEntry(after, verdict.entry)
        }
        decided.push(member)
      } catch (error) {
        member.reject(error)
      }
    }
    // Entries in the ledger leave the journal, but only with a commit.
    if (after !== before) after = { ...after, journal: after.journal.filter(({ seq }) => seq > posted) }
    return { before, expired, after, copied, members: decided, doubtful }
  }

  /** Commits the changed accounts and answers. Returns the requests whose copies were or may be stale. */
  async #commit(accountGroups: readonly DecidedAccountGroup[]): Promise<readonly PendingRequest[]> {
    const unsure = accountGroups.flatMap(({ doubtful }) => doubtful)
    for (const accountGroup of accountGroups)
      if (!isChanged(accountGroup)) unsure.push(...this.#answerUnchanged(accountGroup))

    const changed = accountGroups.filter(isChanged)
    if (changed.length === 0) return unsure
    const results = await this.#tryCommit(changed)
    for (const [index, accountGroup] of changed.entries())
      unsure.push(...this.#finish(accountGroup, results[index]))
    return unsure
  }

  /**
   * Answers requests that changed nothing. Returns rejections decided on a copy, since no entry proves them.
   */
  #answerUnchanged({ before, copied, members }: DecidedAccountGroup): readonly PendingRequest[] {
    // Another process, or a commit with a lost reply, may have left entries in the journal. Post them now.
    if (before.version > 0n) this.#options.poster.add(before, { foundThrough: before.version })
    const unsure: PendingRequest[] = []
    for (const member of members) {
      if (copied && member.rejected) unsure.push(member)
      else member.answer()
    }
    return unsure
  }

  async #tryCommit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]> {
    try {
      return await this.#options.accounts.commit(changes)
    } catch (error) {
      return changes.map(() => ({ type: 'FAILED', error }))
    }
  }

  /** Answers the requests if their commit succeeded. Returns them if their copy was stale. */
  #finish(
    { before, expired, after, copied, members }: DecidedAccountGroup,
    result: CommitResult | undefined,
  ): readonly PendingRequest[] {
    if (result?.type === 'COMMITTED') {
      this.#recent.committed(after, { copied })
      this.#options.poster.add(after, { foundThrough: before.version })
      for (const member of members) member.answer()
      if (expired !== before) this.#options.onExpired?.(Number(expired.version - before.version))
      return []
    }
    if (result?.type === 'CONFLICT' && copied) {
      this.#recent.stale(after.id)
      members.forEach(this.#options.onStaleCopy)
      return members
    }
    this.#recent.forget(after.id)
    const error = result?.type === 'FAILED' ? result.error : undefined
    for (const member of members) this.#options.onFailure(member, error)
    return []
  }
}

function membersByAccount(
  group: readonly PendingRequest[],
): ReadonlyMap<AccountId, readonly PendingRequest[]> {
  const byAccount = new Map<AccountId, PendingRequest[]>()
  for (const member of group) {
    const members = byAccount.get(member.request.accountId)
    if (members) members.push(member)
    else byAccount.set(member.request.accountId, [member])
  }
  return byAccount
}

/** Returns how many entries the journal may still take. Posted entries leave it with the next commit. */
function roomIn({ journal }: Account, posted: bigint): number {
  return JOURNAL_MAX - journal.filter(({ seq }) => seq > posted).length
}

function earlier(seq: bigint, other: bigint): bigint {
  return seq < other ? seq : other
}

function isChanged({ before, after }: DecidedAccountGroup): boolean {
  return before.version !== after.version
}

function journalFull(): UndecidedError {
  return new UndecidedError('UNAVAILABLE', 'the journal of the account is full: the ledger is behind')
}
