import type { AccountChange, AccountStore, CommitResult } from '../../src/application/account-store.js'
import type { UndecidedError } from '../../src/application/errors.js'
import type { DueAccount, DueAccounts, DueAccountsQuery } from '../../src/application/expire-holds.js'
import type { EntryKey, Ledger } from '../../src/application/ledger.js'
import type { Account } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import type { Entry, FollowUpEntry } from '../../src/domain/entry.js'
import type { Random } from '../../tools/random.js'
import type { Coverage } from './coverage.js'
import type { Mistakes } from './mistake.js'
import type { ReplicaSet, View } from './replica-set.js'
import type { Settings } from './settings.js'
import type { Mortal, VirtualTime } from './virtual-time.js'

/** A process, as seen by its connections. */
export type Client = Mortal & {
  readonly name: string
  /** The member that it uses as the primary. It never returns to an earlier one. */
  view: View
}

/** The network between the processes and the replica set. */
export type Network = {
  readonly time: VirtualTime
  readonly random: Random
  readonly replicas: ReplicaSet
  readonly coverage: Coverage
  readonly mistakes: Mistakes
  /** May change while messages are in flight. */
  settings: Settings
  /** The ledger accepts nothing. */
  isLedgerAway: boolean
  /** Answers UNAVAILABLE. */
  readonly unavailable: (why: string) => UndecidedError
  readonly tell: (line: () => string) => void
  /** Called with every commit when it is sent. */
  readonly onCommit: (client: Client, changes: readonly AccountChange[]) => void
}

/** The outcome of one call. */
type Fate = 'OK' | 'UNREACHED' | 'LOST' | 'LATE' | 'CUT' | 'UNSURE'

/** A writing call: its writes, and the answer once they are applied. */
type WriteCall<Result, Answer> = {
  readonly what: 'commit' | 'append'
  /** A description for people. */
  readonly about: () => string
  readonly writes: readonly (() => Result)[]
  /** The result of a failed write is absent. `isSure` is false while the writes may still be lost. */
  readonly conclude: (results: readonly (Result | undefined)[], isSure: boolean) => Answer
  readonly answersEarly: boolean
}

/** A call in flight. */
type Writing<Result, Answer> = {
  readonly call: WriteCall<Result, Answer>
  readonly fate: Fate
  readonly results: (Result | undefined)[]
  /** The term at its arrival. */
  term: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

const fates = {
  UNREACHED: 'writes that do not arrive',
  LOST: 'writes whose reply is lost',
  LATE: 'writes that arrive after they have failed',
  CUT: 'writes that are cut off',
  UNSURE: 'writes that may be rolled back',
} as const satisfies Record<Exclude<Fate, 'OK'>, string>

/** Longest time that a client waits for a primary or for a reply, in microseconds. */
const PATIENCE_US = 4_000_000

/**
 * The ports of the engine and the sweeper of one process, on a replica set behind a network. They translate
 * answers as our MongoDB adapter does:
 *
 * - reads come from a member that believes it is the primary, at one majority-committed place;
 * - a commit of several accounts is several writes in order, each atomic, with a result for each;
 * - writes are acknowledged when a majority has them, and everything that preceded them;
 * - every failed call is UNAVAILABLE: its writes may have happened, or may still happen.
 */
export class RemoteStore implements AccountStore, Ledger, DueAccounts {
  readonly #net: Network
  readonly #client: Client

  constructor(net: Network, client: Client) {
    this.#net = net
    this.#client = client
  }

  async load(ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Account>> {
    return (await this.loadWithEntries(ids, [])).accounts
  }

  loadWithEntries(
    ids: readonly AccountId[],
    keys: readonly EntryKey[],
  ): Promise<{ readonly accounts: ReadonlyMap<AccountId, Account>; readonly entries: readonly Entry[] }> {
    const { documents } = this.#net.replicas
    return this.#read(
      () => `load ${ids}`,
      (place) => {
        const accounts = new Map<AccountId, Account>()
        for (const id of ids) {
          const account = documents.account(id, place)
          if (account) accounts.set(id, account)
        }
        return { accounts, entries: keys.flatMap((key) => documents.entry(key, place) ?? []) }
      },
    )
  }

  commit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]> {
    const { replicas, mistakes, coverage, onCommit } = this.#net
    onCommit(this.#client, changes)
    if (changes.length > 1) coverage.count('commits of several accounts')
    const isAlone = changes.length === 1
    return this.#write<'COMMITTED' | 'CONFLICT', readonly CommitResult[]>({
      what: 'commit',
      about: () =>
        `commit ${changes.map(({ before, after }) => `${before.id} ${before.version}>${after.version}`).join(', ')}`,
      writes: changes.map((change) => () => replicas.write(change)),
      answersEarly: mistakes.commitsEarly ?? false,
      conclude: (results, isSure) =>
        results.map((type): CommitResult => {
          if (type === 'CONFLICT' && (isSure || !isAlone)) coverage.count('lost races')
          const isAnswer = type !== undefined && (isSure || (type === 'CONFLICT' && !isAlone))
          return isAnswer ? { type } : { type: 'FAILED', error: this.#net.unavailable('not for good') }
        }),
    })
  }

  async find(keys: readonly EntryKey[]): Promise<readonly Entry[]> {
    const { documents } = this.#net.replicas
    return await this.#read(
      () => `find ${keys.map(({ transactionId }) => transactionId)}`,
      (place) => keys.flatMap((key) => documents.entry(key, place) ?? []),
    )
  }

  async findFollowUps(originals: readonly EntryKey[]): Promise<readonly FollowUpEntry[]> {
    const { documents } = this.#net.replicas
    return await this.#read(
      () => `find follow-ups of ${originals.map(({ transactionId }) => transactionId)}`,
      (place) => originals.flatMap((key) => documents.followUps(key, place)),
    )
  }

  async append(entries: readonly Entry[]): Promise<readonly Entry[]> {
    if (entries.length === 0) return []
    const { replicas, mistakes, coverage } = this.#net
    const duplicates = await this.#write<boolean, readonly Entry[]>({
      what: 'append',
      about: () => `append ${placesText(entries)}`,
      writes: entries.map((entry) => () => replicas.insert(entry)),
      answersEarly: mistakes.postsEarly ?? false,
      conclude: (inserted, isSure) => {
        if (!isSure || inserted.includes(undefined)) throw this.#net.unavailable('not for good')
        return entries.filter((_, index) => !inserted[index])
      },
    })
    if (duplicates.length === 0) return []
    coverage.count('entries posted by two', duplicates.length)
    return await this.missing(duplicates)
  }

  async missing(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const { documents } = this.#net.replicas
    return await this.#read(
      () => `look for ${placesText(entries)}`,
      (place) => entries.filter((entry) => documents.entry(entry, place)?.seq !== entry.seq),
    )
  }

  page({ dueAt, after, limit }: DueAccountsQuery): Promise<readonly DueAccount[]> {
    const { documents } = this.#net.replicas
    return this.#read(
      () => `look for holds due at ${dueAt.toISOString()}`,
      (place) =>
        Array.from(documents.accountIds, (id) => documents.account(id, place))
          .flatMap((account) => (account ? dueAccount(account) : []))
          .filter((due) => due.dueSince <= dueAt && (!after || isDueBefore(after, due)))
          .sort((one, other) => (isDueBefore(one, other) ? -1 : 1))
          .slice(0, limit),
    )
  }

  #read<T>(about: () => string, look: (place: number) => T): Promise<T> {
    const { time, replicas, tell } = this.#net
    const client = this.#client
    return new Promise<T>((resolve, reject) => {
      const fate = this.#fate({ isWrite: false })
      if (fate === 'UNREACHED') {
        this.#fail(about, 'does not arrive', reject)
        return
      }
      time.quietlyAfter(
        this.#way(),
        () => {
          if (!replicas.isUp && client.view === 'PRIMARY')
            return this.#fail(about, 'finds no primary', reject)
          const answer = look(replicas.readPlace(client.view))
          if (client.view === 'FORMER') this.#net.coverage.count('reads from a former primary')
          if (fate === 'LOST') {
            this.#fail(about, 'has no reply', reject)
            return
          }
          tell(() => `${client.name}: ${about()}, as of ${replicas.readPlace(client.view)}`)
          time.after(this.#way(), () => resolve(answer), client)
        },
        client,
      )
    })
  }

  #write<Result, Answer>(call: WriteCall<Result, Answer>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const { time, coverage, isLedgerAway } = this.#net
      const fate = call.what === 'append' && isLedgerAway ? 'UNREACHED' : this.#fate({ isWrite: true })
      if (fate !== 'OK') coverage.count(fates[fate])
      if (fate === 'UNREACHED' || fate === 'LATE') this.#fail(call.about, 'does not arrive in time', reject)
      if (fate === 'UNREACHED') return
      // Delivers a message, even when its sender no longer waits or lives.
      const lateUs = fate === 'LATE' ? this.#net.random.below(PATIENCE_US / 10) : 0
      const writing: Writing<Result, Answer> = { call, fate, results: [], term: 0, resolve, reject }
      time.quietlyAfter(this.#way() + lateUs, () => this.#arrive(writing))
    })
  }

  #arrive<Result, Answer>(writing: Writing<Result, Answer>): void {
    const { replicas } = this.#net
    writing.term = replicas.term
    if (this.#client.view === 'FORMER') this.#fail(writing.call.about, 'finds no primary', writing.reject)
    else this.#carryOut(writing)
  }

  /** Applies the writes in order, until another event intervenes or the primary is lost. */
  #carryOut<Result, Answer>(writing: Writing<Result, Answer>): void {
    const { replicas, time, random, settings, coverage, tell } = this.#net
    const { call, fate, results, term, reject } = writing
    if (replicas.term !== term || !replicas.isUp) {
      this.#fail(call.about, 'finds no primary', reject)
      return
    }
    // Cut off before the last write at the latest.
    const end = fate === 'CUT' ? random.below(call.writes.length) : call.writes.length
    while (results.length < end) {
      const isRejected = random.chance(settings.rejected)
      results.push(isRejected ? undefined : call.writes[results.length]?.())
      const isTorn = results.length < end && random.chance(settings.torn)
      if (!isTorn) continue
      coverage.count('writes that others came between')
      time.quietlyAfter(this.#way(), () => this.#carryOut(writing))
      return
    }
    tell(() => `${this.#client.name}: ${call.about()} is carried out: ${resultsText(results)}`)
    if (fate === 'OK' || fate === 'UNSURE') {
      this.#conclude(writing)
      return
    }
    coverage.count('writes that were made and not answered')
    this.#fail(call.about, 'has no reply', reject)
  }

  #conclude<Result, Answer>(writing: Writing<Result, Answer>): void {
    const { call, fate, reject } = writing
    if (call.answersEarly || fate === 'UNSURE') {
      this.#reply(writing, { isDurable: fate !== 'UNSURE' })
      return
    }
    this.#net.replicas.whenDurable((outcome) => {
      if (outcome === 'LOST') this.#fail(call.about, 'loses its primary', reject)
      else this.#reply(writing, { isDurable: outcome === 'DURABLE' })
    })
  }

  #reply<Result, Answer>(
    { call, results, resolve, reject }: Writing<Result, Answer>,
    { isDurable }: { readonly isDurable: boolean },
  ): void {
    const { time, tell } = this.#net
    time.after(
      this.#way(),
      () => {
        tell(() => `${this.#client.name}: ${call.about()} is answered${isDurable ? '' : ', not for good'}`)
        try {
          resolve(call.conclude(results, isDurable))
        } catch (error) {
          reject(error)
        }
      },
      this.#client,
    )
  }

  /** Fails after a while, which may be long. */
  #fail(about: () => string, how: string, reject: (error: unknown) => void): void {
    const { time, random, coverage, unavailable, tell } = this.#net
    coverage.count('calls that failed')
    const delayUs = random.chance(0.1) ? random.below(PATIENCE_US) : this.#way()
    time.after(
      delayUs,
      () => {
        tell(() => `${this.#client.name}: ${about()} fails: it ${how}`)
        reject(unavailable(how))
      },
      this.#client,
    )
  }

  #fate({ isWrite }: { readonly isWrite: boolean }): Fate {
    const { random, settings } = this.#net
    if (random.chance(settings.unreached)) return 'UNREACHED'
    if (random.chance(settings.lost)) return 'LOST'
    if (!isWrite) return 'OK'
    if (random.chance(settings.late)) return 'LATE'
    if (random.chance(settings.cut)) return 'CUT'
    return random.chance(settings.unsure) ? 'UNSURE' : 'OK'
  }

  /** Travel time of a message, in microseconds. */
  #way(): number {
    const { random, settings } = this.#net
    const us = 1 + random.below(settings.latencyUs)
    return random.chance(settings.slow) ? us * 100 : us
  }
}

/** The account with the time of its first expiry; empty without an open hold. */
function dueAccount({ id, holds }: Account): readonly DueAccount[] {
  const times = holds.map(({ expiresAt }) => expiresAt.getTime())
  return times.length > 0 ? [{ id, dueSince: new Date(Math.min(...times)) }] : []
}

function isDueBefore(one: DueAccount, other: DueAccount): boolean {
  const apartMs = one.dueSince.getTime() - other.dueSince.getTime()
  return apartMs < 0 || (apartMs === 0 && one.id < other.id)
}

function placesText(entries: readonly Entry[]): string {
  return entries.map(({ accountId, seq, transactionId }) => `${accountId} ${seq}:${transactionId}`).join(', ')
}

function resultsText(results: readonly unknown[]): string {
  return results.map((result) => String(result ?? 'failed')).join(', ')
}
