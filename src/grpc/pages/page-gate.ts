import { type BackgroundTurns, freeTurns } from '../../application/engine/background-turns.js'
import { CallError } from '../call-error.js'

/** Most pages that are being read, or wait to be taken by their callers. */
export const PAGES_MAX = 4
/** Most calls that wait for one of these places. */
export const WAITING_MAX = 60
/** Longest wait for a place, in milliseconds. */
export const WAIT_MS_MAX = 2_000
/** Time after which a page that its caller does not take frees its place, in milliseconds. */
export const UNTAKEN_MS_MAX = 10_000

/** A call whose answer is a page. */
export type PageCall = {
  /** Whether the call has already ended. */
  readonly cancelled: boolean
  /** The event `cancelled` follows every end: the caller has taken the answer, or has left. */
  once(event: 'cancelled', listener: () => void): unknown
}

/**
 * Lets a few calls read long pages at a time, in order of arrival.
 *
 * A page of a thousand entries takes about as long as fifty purchases. Purchases must not wait for pages, and
 * pages that callers do not take must not fill the memory.
 */
export class PageGate {
  /** Turns for the pieces of a page. */
  readonly turns: BackgroundTurns
  readonly #waiting: (() => void)[] = []
  #places = PAGES_MAX

  constructor(turns: BackgroundTurns = freeTurns) {
    this.turns = turns
  }

  /**
   * Waits for a place, which is freed when the call ends.
   *
   * @throws CallError OVERLOADED when too many calls wait, or the wait was too long.
   */
  async enter(call: PageCall): Promise<void> {
    if (this.#places > 0) this.#places -= 1
    else await this.#untilFree()
    let isGivenBack = false
    const giveBack = () => {
      clearTimeout(timer)
      if (isGivenBack) return
      isGivenBack = true
      // Deferred, so that purchases get a turn first.
      setImmediate(() => this.#giveBack())
    }
    const timer = setTimeout(giveBack, UNTAKEN_MS_MAX).unref()
    if (call.cancelled) giveBack()
    else call.once('cancelled', giveBack)
  }

  async #untilFree(): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) throw new CallError('OVERLOADED')
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(new CallError('OVERLOADED'))
      }, WAIT_MS_MAX)
      this.#waiting.push(enter)
    })
  }

  #giveBack(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#places += 1
  }
}
