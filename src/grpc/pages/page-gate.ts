import { type BackgroundTurns, freeTurns } from '../../application/engine/background-turns.js'
import { CallError } from '../call-error.js'

/** Most pages that are being read, or wait to be taken by their callers. */
export const PAGES_MAX = 4
/**
 * Most items that the calls waiting for one of these places ask for: 60 pages of a thousand, which take some
 * two seconds, or 1,200 pages of fifty.
 */
export const WAITING_ITEMS_MAX = 60_000
/** Longest wait for a place, in milliseconds, unless a decision may take longer than that. */
export const WAIT_MS_MAX = 8_000
/** Time after which a page that its caller does not take frees its place, in milliseconds. */
export const UNTAKEN_MS_MAX = 10_000

/** A call whose answer is a page. */
export type PageCall = {
  /** Whether the call has already ended. */
  readonly cancelled: boolean
  /** The event `cancelled` follows every end: the caller has taken the answer, or has left. */
  once(event: 'cancelled', listener: () => void): unknown
}

/** A call that waits for a place. */
type WaitingCall = { readonly items: number; readonly enter: () => void }

/**
 * Lets a few calls read long pages at a time, in order of arrival.
 *
 * A page of a thousand entries takes about as long as fifty purchases. Purchases must not wait for pages, and
 * pages that callers do not take must not fill the memory.
 */
export class PageGate {
  /** Turns for the pieces of a page. */
  readonly turns: BackgroundTurns
  readonly #waiting: WaitingCall[] = []
  #waitingItems = 0
  #places = PAGES_MAX
  readonly #waitMsMax: number

  /** @param decisionMsMax longest time of a decision, in milliseconds. A page may wait as long. */
  constructor(turns: BackgroundTurns = freeTurns, decisionMsMax = 0) {
    this.turns = turns
    this.#waitMsMax = Math.max(WAIT_MS_MAX, decisionMsMax)
  }

  /**
   * Waits for a place, which is freed when the call ends.
   *
   * @param items most items that the page may have.
   * @throws CallError OVERLOADED when the waiting calls ask for too many items, or the wait was too long.
   */
  async enter(call: PageCall, items: number): Promise<void> {
    if (this.#places > 0) this.#places -= 1
    else await this.#untilFree(items)
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

  async #untilFree(items: number): Promise<void> {
    if (this.#waitingItems + items > WAITING_ITEMS_MAX) throw new CallError('OVERLOADED')
    await new Promise<void>((resolve, reject) => {
      const waiting = {
        items,
        enter: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        this.#waitingItems -= items
        reject(new CallError('OVERLOADED'))
      }, this.#waitMsMax)
      this.#waiting.push(waiting)
      this.#waitingItems += items
    })
  }

  #giveBack(): void {
    const next = this.#waiting.shift()
    if (!next) {
      this.#places += 1
      return
    }
    this.#waitingItems -= next.items
    next.enter()
  }
}
