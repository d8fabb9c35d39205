import type { AccountId } from '../../domain/account-status.js'
import type { Entry } from '../../domain/entry.js'
import type { Verdict } from '../../domain/verdict.js'
import type { Budget } from '../budget.js'
import { Engine, type EngineOptions, type Executor } from './engine.js'
import type { Lane } from './lane.js'
import type { LedgerPosters } from './ledger-posters.js'
import type { DecisionRequest } from './pending-request.js'

/**
 * Maps an account to the part of the store that holds it: a shard of a cluster, which can fail by itself.
 * Decisions stay correct even if the answer is wrong. It must return few distinct values.
 */
export type ShardOf = (accountId: AccountId) => string

export type EnginesOptions = Omit<EngineOptions, 'poster'> & {
  readonly shardOf: ShardOf
  readonly posters: LedgerPosters
}

/**
 * One engine for each part of the store, with its own groups, queue and `LedgerPoster`. A slow or unavailable
 * part delays only requests that need it. An unsharded store has one engine. The bounds on an engine's queue
 * and on its copies of accounts apply to each.
 *
 * An account that moves between parts may be in groups of two engines at once. That is as safe as two
 * processes.
 */
export class Engines implements Executor {
  readonly #options: EnginesOptions
  readonly #engines = new Map<string, Engine>()

  constructor(options: EnginesOptions) {
    this.#options = options
  }

  /** See {@link Engine.execute}. */
  execute<V extends Verdict<Entry, string>>(request: DecisionRequest<V>, budget: Budget): Promise<V> {
    return this.#engineOf(this.#options.shardOf(request.accountId)).execute(request, budget)
  }

  /** Number of requests waiting for their group or for a retry. */
  get waiting(): number {
    return [...this.#engines.values()].reduce((sum, { waiting }) => sum + waiting, 0)
  }

  /** Number of requests waiting in one lane. */
  waitingIn(lane: Lane): number {
    return [...this.#engines.values()].reduce((sum, engine) => sum + engine.waitingIn(lane), 0)
  }

  /** Most requests that may wait in one lane: each engine started so far has its own queue. */
  get waitingMax(): number {
    return this.#options.queueMax * Math.max(1, this.#engines.size)
  }

  /** Resolves when every request has been answered. */
  async drain(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.drain()))
  }

  /**
   * Forgets all copies of accounts, as a restart would. Call it only after `drain`, with no request waiting.
   */
  forget(): void {
    this.#engines.clear()
  }

  #engineOf(shard: string): Engine {
    const known = this.#engines.get(shard)
    if (known) return known
    const engine = new Engine({ ...this.#options, poster: this.#options.posters.of(shard) })
    this.#engines.set(shard, engine)
    return engine
  }
}
