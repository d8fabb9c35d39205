import { UndecidedError } from './errors.js'

/**
 * Places for work that shares the database connections with purchases. Purchases must not wait for a
 * connection because many others read at once.
 */
export class Places {
  #free: number
  readonly #waitingMax: number
  readonly #waiting: (() => void)[] = []

  /**
   * @param count most callers at work.
   * @param waitingMax most callers that wait for a place, in order of arrival.
   */
  constructor(count: number, waitingMax: number) {
    this.#free = count
    this.#waitingMax = waitingMax
  }

  /**
   * Does the work once there is a place.
   *
   * @throws UndecidedError OVERLOADED when too many callers are waiting.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await this.#untilFree()
    try {
      return await work()
    } finally {
      this.#giveBack()
    }
  }

  async #untilFree(): Promise<void> {
    if (this.#waiting.length >= this.#waitingMax) {
      throw new UndecidedError('OVERLOADED', `${this.#waitingMax} callers wait for a place`)
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Hands the place on, or frees it. */
  #giveBack(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}

/** Most documents of one kind that are being read one by one. */
const READS_MAX = 8
/** Most callers that wait for the end of one of these. */
const WAITING_MAX = 1_000

/** Creates the places for reads of single documents: accounts, entries, or merchant rules. */
export function readPlaces(): Places {
  return new Places(READS_MAX, WAITING_MAX)
}
