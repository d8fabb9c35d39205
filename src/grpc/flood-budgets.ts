/** What an address may send at once that is no call, in bytes: as much as takes about a tenth of a second. */
export const BURST_BYTES = 256 * 1024
/** What it may send in each second, in bytes. */
export const BYTES_PER_SECOND = 16 * 1024

/** Most that an address may owe: what had arrived before its connections were closed. Paid back in half a minute. */
export const DEBT_BYTES_MAX = 512 * 1024

/** What was sent, as it stood at a moment of the monotonic clock: it wears off. */
type Spent = { readonly bytes: number; readonly atMs: number }

/** What each address may still send that is no call. None is in here that has not lately sent any. */
export class FloodBudgets {
  readonly #monotonicMs: () => number
  readonly #spent = new Map<string, Spent>()

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** Takes so much, if there is so much: whoever hammers at a closed door leaves what comes meanwhile to others. */
  spend(address: string, bytes: number): boolean {
    const spent = this.#spentBy(address) + bytes
    if (spent > BURST_BYTES) return false
    this.#set(address, spent)
    return true
  }

  /** Takes so much, because it was sent already; false when nothing is left. What was more than there was is owed. */
  charge(address: string, bytes: number): boolean {
    const spent = this.#spentBy(address) + bytes
    this.#set(address, Math.min(spent, BURST_BYTES + DEBT_BYTES_MAX))
    return spent < BURST_BYTES
  }

  /** Gives back what somebody took who turned out to be no stranger. */
  refund(address: string, bytes: number): void {
    this.#set(address, Math.max(0, this.#spentBy(address) - bytes))
  }

  /** Forgets those of whom there is nothing to remember. */
  forgetWhole(): void {
    for (const address of this.#spent.keys()) if (this.#spentBy(address) === 0) this.#spent.delete(address)
  }

  #spentBy(address: string): number {
    const spent = this.#spent.get(address)
    if (!spent) return 0
    const regained = ((this.#monotonicMs() - spent.atMs) / 1_000) * BYTES_PER_SECOND
    return Math.max(0, spent.bytes - regained)
  }

  #set(address: string, bytes: number): void {
    this.#spent.set(address, { bytes, atMs: this.#monotonicMs() })
  }
}
