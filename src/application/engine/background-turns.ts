import type { Executor } from './engine.js'
import { type Pauses, systemPauses } from './pauses.js'

/** Time between two checks for waiting purchases, in milliseconds. */
const LOOK_MS = 1
/** Most checks before a turn comes, however many purchases wait. Keeps background work from starving. */
const LOOKS_MAX = 20

/**
 * Turns for background work such as an import. The work takes a turn before each piece of a few milliseconds.
 */
export interface BackgroundTurns {
  /**
   * Resolves in a later turn of the event loop: once no purchase waits for its group, or after some 20 ms.
   * Never rejects.
   */
  turn(): Promise<void>
}

/** Background turns that let the purchases of an engine go first. */
export class PurchasesFirst implements BackgroundTurns {
  readonly #engine: Pick<Executor, 'waitingIn'>
  readonly #pauses: Pauses

  constructor(engine: Pick<Executor, 'waitingIn'>, pauses: Pauses = systemPauses) {
    this.#engine = engine
    this.#pauses = pauses
  }

  async turn(): Promise<void> {
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      await new Promise<void>((resolve) => this.#pauses.after(LOOK_MS, resolve))
      if (this.#engine.waitingIn('PURCHASE') === 0) return
    }
  }
}
