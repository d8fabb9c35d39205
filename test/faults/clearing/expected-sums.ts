import { type PurchaseSums, stateOf } from '../harness/purchase-sums.js'

/** The sums of a purchase as a person would add them up, in centavos. Knows no code of the service. */
export class ExpectedSums {
  authorized = 0
  captured = 0
  excess = 0
  released = 0
  reversed = 0
  refunded = 0
  owed = 0
  rest = 0
  /** Paid without a hold, and not yet confirmed by a capture. */
  #unconfirmed = 0
  readonly #isPoor: boolean

  /** A poor account never has money: it owes all that is booked. */
  constructor({ isPoor }: { readonly isPoor: boolean }) {
    this.#isPoor = isPoor
  }

  hold(amount: number): void {
    this.authorized = amount
    this.rest = amount
  }

  pay(amount: number): void {
    this.authorized = amount
    this.captured = amount
    this.#unconfirmed = amount
  }

  capture(amount: number, { isFinal }: { readonly isFinal: boolean }): void {
    const ofHold = Math.min(amount, this.rest)
    const confirmed = Math.min(amount, this.#unconfirmed)
    const excess = amount - ofHold - confirmed
    this.captured += ofHold + excess
    this.#exceed(excess)
    this.rest -= ofHold
    this.#unconfirmed -= confirmed
    if (!isFinal) return
    this.released += this.rest
    this.rest = 0
  }

  /** Others have approved a purchase that nothing was booked for. */
  advise(amount: number): void {
    this.captured += amount
    this.#exceed(amount)
    this.#unconfirmed = amount
  }

  /** Gives back what is left, or a part of it. */
  reverse(amount = this.rest + this.captured - this.reversed - this.refunded): void {
    const ofHold = Math.min(amount, this.rest)
    this.released += ofHold
    this.rest -= ofHold
    this.reversed += amount - ofHold
    this.#unconfirmed = Math.max(0, this.#unconfirmed - (amount - ofHold))
  }

  refund(amount: number): void {
    this.refunded += amount
  }

  /** The sums by their names in the contract. */
  get all(): PurchaseSums {
    const { authorized, captured, excess, released, reversed, refunded, owed, rest } = this
    const sums = { authorized, captured, excess, released, reversed, refunded, owed, rest }
    return { ...sums, incremented: 0, expired: 0 }
  }

  get state(): string {
    return stateOf(this.all)
  }

  #exceed(amount: number): void {
    this.excess += amount
    if (this.#isPoor) this.owed += amount
  }
}
