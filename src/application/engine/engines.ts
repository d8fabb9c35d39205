import type { AccountId } from '../../domain/account.js'
import type { Entry } from '../../domain/entry.js'
import type { Verdict } from '../../domain/verdict.js'
import type { Budget } from '../budget.js'
import { Engine, type EngineOptions, type Executor } from './engine.js'
import type { Lane } from './lane.js'
import type { DecisionRequest } from './pending-request.js'
import type { Settlers } from './settlers.js'

/**
 * Says in which part of the store an account is, where the parts can be away each by itself: a shard of a cluster. It may be
 * mistaken: what is right does not depend on it. Few different answers.
 */
export type HomeOf = (accountId: AccountId) => string

export type EnginesOptions = Omit<EngineOptions, 'settler'> & {
  readonly homeOf: HomeOf
  readonly settlers: Settlers
}

/**
 * An engine for each part of the store, with groups, a queue and a settler of its own: a part that is away or slow keeps nobody waiting
 * who does not need it. Where the store is one, there is one engine. What bounds an engine, its queue and the copies of accounts that it
 * keeps, holds for each.
 *
 * An account that moves from one part to another may be in groups of two engines at once, which is as right as two processes are.
 */
export class Engines implements Executor {
  readonly #options: EnginesOptions
  readonly #engines = new Map<string, Engine>()

  constructor(options: EnginesOptions) {
    this.#options = options
  }

  /** See {@link Engine.execute}. */
  execute<V extends Verdict<Entry, string>>(request: DecisionRequest<V>, budget: Budget): Promise<V> {
    return this.#engineOf(this.#options.homeOf(request.accountId)).execute(request, budget)
  }

  /** Number of requests waiting for their group, or for another attempt. */
  get waiting(): number {
    return [...this.#engines.values()].reduce((sum, { waiting }) => sum + waiting, 0)
  }

  /** The same in one lane. */
  waitingIn(lane: Lane): number {
    return [...this.#engines.values()].reduce((sum, engine) => sum + engine.waitingIn(lane), 0)
  }

  /** Most that may be waiting in one lane: each engine that there is by now has a queue of its own. */
  get waitingMax(): number {
    return this.#options.queueMax * Math.max(1, this.#engines.size)
  }

  /** Ends when every request has been answered. */
  async drain(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.drain()))
  }

  /** Decides from now on as after a restart, on nothing that is remembered of accounts. Only after `drain`, with nothing waiting. */
  forget(): void {
    this.#engines.clear()
  }

  #engineOf(home: string): Engine {
    const known = this.#engines.get(home)
    if (known) return known
    const engine = new Engine({ ...this.#options, settler: this.#options.settlers.of(home) })
    this.#engines.set(home, engine)
    return engine
  }
}
