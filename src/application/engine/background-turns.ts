import type { Executor } from './engine.js'
import { systemTimers, type Timers } from './timers.js'

/** Time between two checks for waiting purchases, in milliseconds. */
const LOOK_MS = 1
/** Checks before each turn: in as many turns of the event loop purchases have the process to themselves. */
const LOOKS_MIN = 3
/** Most checks before a turn comes, however many purchases wait. Keeps background work from starving. */
const LOOKS_MAX = 15

/**
 * Turns for background work such as a page or an import. The work takes a turn before each piece of a few
 * milliseconds.
 */
export interface BackgroundTurns {
  /**
   * Resolves in a later turn of the event loop that no other piece has: after the purchases that wait for
   * their group, or after some 15 ms. Never rejects.
   */
  turn(): Promise<void>
}

/**
 * Background turns that come after the purchases of an engine, one at a time, in the order of the requests.
 */
export class PurchasesFirst implements BackgroundTurns {
  readonly #engine: Pick<Executor, 'waitingIn'>
  readonly #timers: Timers
  #last = Promise.resolve()

  constructor(engine: Pick<Executor, 'waitingIn'>, timers: Timers = systemTimers) {
    this.#engine = engine
    this.#timers = timers
  }

  turn(): Promise<void> {
    this.#last = this.#last.then(() => this.#next())
    return this.#last
  }

  async #next(): Promise<void> {
    for (let looks = 1; looks <= LOOKS_MAX; looks++) {
      await new Promise<void>((resolve) => this.#timers.after(LOOK_MS, resolve))
      if (looks >= LOOKS_MIN && this.#engine.waitingIn('PURCHASE') === 0) return
    }
  }
}

/** Turns of a process that decides no purchases. */
export const freeTurns: BackgroundTurns = { turn: () => Promise.resolve() }
