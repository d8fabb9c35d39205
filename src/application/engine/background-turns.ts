import type { Executor } from './engine.js'
import { type Pauses, systemPauses } from './pauses.js'

/** Time between two looks at the purchases that wait, in milliseconds. */
const LOOK_MS = 1
/** Most looks before a turn comes however many purchases wait: background work never starves. */
const LOOKS_MAX = 20

/** Turns of background work, such as an import: a piece of work of a few milliseconds asks for a turn before the next piece. */
export interface BackgroundTurns {
  /** Ends in a later turn of the event loop: as soon as no purchase waits for its group, or after some 20 ms. Never fails. */
  turn(): Promise<void>
}

/** Background turns that come after the purchases of an engine. */
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
