import {
  type Account,
  type AccountHistory,
  type AccountId,
  applyEntry,
  JOURNAL_MAX,
  unopenedAccount,
} from '../domain/account.js'
import type { Entry, TransactionId } from '../domain/entry.js'
import type { Verdict } from '../domain/verdict.js'
import type { AccountChange, AccountStore, CommitResult } from './account-store.js'
import type { Budget } from './budget.js'
import type { Clock } from './clock.js'
import { IndecisionError, isUnavailable } from './errors.js'
import type { Ledger } from './ledger.js'
import { historyOf, type Past, readPast } from './past.js'
import type { Settler } from './settler.js'

/** Most requests decided together. */
const GROUP_MAX = 128
/** Groups on their way at once: one is decided while the other waits for the store. */
const GROUPS_IN_FLIGHT_MAX = 2
/** Time that must be left for a commit, in milliseconds: a late approval is worse than none. */
const COMMIT_RESERVE_MS = 5
/** Longest pause before another attempt, in milliseconds. */
const BACKOFF_MS_MAX = 64

/** Something to be decided on one account. */
export type DecisionRequest<V> = {
  readonly accountId: AccountId
  /** The ids whose entries the decision looks at: its own first. */
  readonly transactionIds: readonly TransactionId[]
  /** The ids of purchases whose reversals the decision looks at. */
  readonly originalIds?: (account: Account) => readonly TransactionId[]
  /** Pure and synchronous. May be called again when somebody else commits first. */
  readonly decide: (history: AccountHistory, at: Date) => V
}

export type EngineOptions = {
  readonly accounts: AccountStore
  readonly ledger: Ledger
  readonly settler: Settler
  readonly clock: Clock
  /** Most requests that may wait; one more is refused as OVERLOADED. */
  readonly queueMax: number
}

/** One request on its way through the engine. */
type Member = {
  readonly accountId: AccountId
  readonly transactionIds: readonly TransactionId[]
  readonly originalIds?: (account: Account) => readonly TransactionId[]
  /** Decides, and keeps the verdict to itself until `answer`. */
  readonly decide: (history: AccountHistory, at: Date) => Verdict<Entry, string>
  readonly answer: () => void
  readonly reject: (error: unknown) => void
  readonly budget: Budget
  attempts: number
  /** What the last attempt failed with; undefined after a lost race. */
  lastError: unknown
}

/** One account's part of a group: what it was, what it becomes, and who is to hear of it. */
type Chapter = {
  readonly before: Account
  after: Account
  readonly members: Member[]
}

/**
 * Decides requests on accounts, each exactly once: load, decide, commit, answer, settle.
 *
 * Requests that arrive while others are on their way to the store form the next group: one read of its accounts, one
 * look-up of its transaction ids, one write. Requests on the same account are decided one after another in memory and
 * committed by one update. Nobody waits for a timer: a lone request is a group of one.
 *
 * Invariants:
 * - An account is in at most one group at a time, so this process never races itself.
 * - The account is read first, the ledger second. An entry that has left the journal was in the ledger before, so the
 *   two reads together miss nothing.
 * - An account is committed only on top of the version it was decided on.
 * - Nothing is answered before it is durable. When it is unknown whether a commit happened, the account is loaded and
 *   decided again: the journal says, and the version lets only one of two attempts through.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #busy = new Set<AccountId>()
  #waiting: Member[] = []
  #groups = 0
  #pausing = 0
  readonly #draining: (() => void)[] = []

  constructor(options: EngineOptions) {
    this.#options = options
  }

  /**
   * Decides one request and makes the decision durable.
   *
   * @throws IndecisionError when nothing could be decided within the budget: repeating the request is safe.
   */
  execute<V extends Verdict<Entry, string>>(request: DecisionRequest<V>, budget: Budget): Promise<V> {
    if (this.waiting >= this.#options.queueMax) {
      return Promise.reject(new IndecisionError('OVERLOADED', `${this.waiting} requests are waiting`))
    }
    return new Promise<V>((resolve, reject) => {
      let verdict: V
      this.#waiting.push({
        ...request,
        decide: (history, at) => {
          verdict = request.decide(history, at)
          return verdict
        },
        answer: () => resolve(verdict),
        reject,
        budget,
        attempts: 0,
        lastError: undefined,
      })
      this.#next()
    })
  }

  /** Number of requests waiting for their group, or for another attempt. */
  get waiting(): number {
    return this.#waiting.length + this.#pausing
  }

  /** Ends when every request has been answered. */
  async drain(): Promise<void> {
    while (this.waiting + this.#groups > 0) {
      await new Promise<void>((resolve) => this.#draining.push(resolve))
    }
  }

  #next(): void {
    while (this.#groups < GROUPS_IN_FLIGHT_MAX) {
      const group = this.#takeGroup()
      if (group.length === 0) break
      this.#groups += 1
      void this.#run(group)
    }
    for (const look of this.#draining.splice(0)) look()
  }

  /** The next group, in the order of arrival; requests on an account that is in another group stay behind. */
  #takeGroup(): readonly Member[] {
    const group: Member[] = []
    const rest: Member[] = []
    for (const member of this.#waiting) {
      const joins = group.length < GROUP_MAX && !this.#busy.has(member.accountId)
      if (joins) group.push(member)
      else rest.push(member)
    }
    this.#waiting = rest
    for (const { accountId } of group) this.#busy.add(accountId)
    return group
  }

  async #run(group: readonly Member[]): Promise<void> {
    try {
      const inTime = group.filter((member) => this.#hasTime(member))
      if (inTime.length > 0) await this.#decideTogether(inTime)
    } finally {
      for (const { accountId } of group) this.#busy.delete(accountId)
      this.#groups -= 1
      this.#next()
    }
  }

  /** Answers, rejects or puts back every member. */
  async #decideTogether(group: readonly Member[]): Promise<void> {
    let chapters: readonly Chapter[]
    let past: Past
    try {
      chapters = await this.#load(group)
      past = await readPast(this.#options.ledger, chapters)
    } catch (error) {
      if (group.length === 1 || isUnavailable(error)) {
        for (const member of group) this.#failed(member, error)
        return
      }
      // One account that cannot be read must not fail its neighbours: the group is halved until it stands alone.
      const half = Math.ceil(group.length / 2)
      await this.#decideTogether(group.slice(0, half))
      await this.#decideTogether(group.slice(half))
      return
    }
    const at = this.#options.clock.now()
    const decided = chapters.map((chapter) => this.#decide(chapter, past, at))
    await this.#commit(decided)
  }

  async #load(group: readonly Member[]): Promise<readonly Chapter[]> {
    const byAccount = new Map<AccountId, Member[]>()
    for (const member of group) {
      const members = byAccount.get(member.accountId)
      if (members) members.push(member)
      else byAccount.set(member.accountId, [member])
    }
    const loaded = await this.#options.accounts.load([...byAccount.keys()])
    return Array.from(byAccount, ([id, members]) => {
      const before = loaded.get(id) ?? unopenedAccount(id)
      return { before, after: before, members }
    })
  }

  /** Decides the members of one account one after another, each on top of the one before. */
  #decide({ before, members }: Chapter, past: Past, at: Date): Chapter {
    const settled = this.#options.settler.settledThrough(before.id)
    const chapter: Chapter = { before, after: before, members: [] }
    let room = JOURNAL_MAX - before.journal.filter(({ seq }) => seq > settled).length

    for (const member of members) {
      if (!this.#hasTime(member)) continue
      try {
        const verdict = member.decide(historyOf(chapter.after, past), at)
        if (verdict.type === 'RECORD') {
          if (room <= 0) throw journalFull()
          room -= 1
          chapter.after = applyEntry(chapter.after, verdict.entry)
        }
        chapter.members.push(member)
      } catch (error) {
        member.reject(error)
      }
    }
    const journal = chapter.after.journal.filter(({ seq }) => seq > settled)
    return { ...chapter, after: { ...chapter.after, journal } }
  }

  async #commit(chapters: readonly Chapter[]): Promise<void> {
    const unchanged = chapters.filter(({ before, after }) => before.version === after.version)
    for (const { before, members } of unchanged) {
      // Whoever touches an account settles what is left in its journal: by another process, or by a lost reply.
      if (before.version > 0n) this.#options.settler.add(before)
      for (const member of members) member.answer()
    }

    const changed = chapters.filter(({ before, after }) => before.version !== after.version)
    if (changed.length === 0) return
    const results = await this.#tryCommit(changed)
    for (const [index, chapter] of changed.entries()) this.#finish(chapter, results[index])
  }

  async #tryCommit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]> {
    try {
      return await this.#options.accounts.commit(changes)
    } catch (error) {
      return changes.map(() => ({ type: 'FAILED', error }))
    }
  }

  #finish({ after, members }: Chapter, result: CommitResult | undefined): void {
    if (result?.type === 'COMMITTED') {
      this.#options.settler.add(after)
      for (const member of members) member.answer()
      return
    }
    const error = result?.type === 'FAILED' ? result.error : undefined
    for (const member of members) this.#failed(member, error)
  }

  /** Puts the member back after a lost race (no error) or while the store is away; rejects it after any other error. */
  #failed(member: Member, error: unknown): void {
    if (error !== undefined && !isUnavailable(error)) {
      member.reject(error)
      return
    }
    member.attempts += 1
    member.lastError = error
    const pauseMs = Math.random() * Math.min(2 ** member.attempts, BACKOFF_MS_MAX)
    if (member.budget.remainingMs() < pauseMs + COMMIT_RESERVE_MS) {
      member.reject(error ?? noTimeLeft(member))
      return
    }
    this.#pausing += 1
    setTimeout(() => {
      this.#pausing -= 1
      this.#waiting.push(member)
      this.#next()
    }, pauseMs)
  }

  #hasTime(member: Member): boolean {
    if (member.budget.remainingMs() >= COMMIT_RESERVE_MS) return true
    // Out of time because the store was away is no fault of the deadline, and what the store did is not known.
    member.reject(member.lastError ?? noTimeLeft(member))
    return false
  }
}

function journalFull(): IndecisionError {
  return new IndecisionError('UNAVAILABLE', 'the journal of the account is full: the ledger is behind')
}

function noTimeLeft(member: Member): IndecisionError {
  return new IndecisionError(
    'NO_TIME_LEFT',
    `no time left for a commit after ${member.attempts} lost attempts`,
  )
}
