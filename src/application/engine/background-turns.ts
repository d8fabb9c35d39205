import type { Executor } from './engine.js'
import { type Pauses, systemPauses } from './pauses.js'

/** Time between two looks at the purchases that wait, in milliseconds. */
const LOOK_MS = 1
/** Looks before each turn: in as many turns of the event loop purchases have the process to themselves. */
const LOOKS_MIN = 3
/** Most looks before a turn comes however many purchases wait: background work never starves. */
const LOOKS_MAX = 15

/**
 * Turns of background work, such as a page or an import. A piece of work of a few milliseconds asks for a turn before the
 * next piece.
 */
export interface BackgroundTurns {
  /**
   * Ends when it is this piece's turn: no two pieces have the same turn of the event loop, and purchases that wait for
   * their group go first, for some 15 ms at most. Never fails.
   */
  turn(): Promise<void>
}

/** Background turns that come after the purchases of an engine, one at a time and in the order in which they were asked for. */
export class PurchasesFirst implements BackgroundTurns {
  readonly #engine: Pick<Executor, 'waitingIn'>
  readonly #pauses: Pauses
  #last = Promise.resolve()

  constructor(engine: Pick<Executor, 'waitingIn'>, pauses: Pauses = systemPauses) {
    this.#engine = engine
    this.#pauses = pauses
  }

  turn(): Promise<void> {
    this.#last = this.#last.then(() => this.#next())
    return this.#last
  }

  async #next(): Promise<void> {
    for (let looks = 1; looks <= LOOKS_MAX; looks++) {
      await new Promise<void>((resolve) => this.#pauses.after(LOOK_MS, resolve))
      if (looks >= LOOKS_MIN && this.#engine.waitingIn('PURCHASE') === 0) return
    }
  }
}

/** Turns of a process that decides no purchases. */
export const freeTurns: BackgroundTurns = { turn: () => Promise.resolve() }
