import { Random } from '../../tools/random.js'
import type { OpenLoop } from './job.js'
import type { Pace, Sender } from './pace.js'

/** Requests that arrive as a Poisson process does: each after a pause that does not depend on anything else. */
export class OpenPace implements Pace {
  readonly #shape: OpenLoop
  readonly #sender: Sender
  readonly #random: Random
  /** When the requests that wait for their turn arrived, from `#firstLate` on. */
  #late: number[] = []
  #firstLate = 0
  #nextAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(shape: OpenLoop, { sender, seed }: { readonly sender: Sender; readonly seed: number }) {
    this.#shape = shape
    this.#sender = sender
    this.#random = new Random(seed)
  }

  start(): void {
    this.#nextAt = performance.now() + this.#pauseMs()
    this.#tick()
  }

  ended(): void {
    this.#sendLate()
    this.#takeArrivals()
  }

  stop(): readonly number[] {
    clearTimeout(this.#timer)
    this.#takeArrivals()
    return this.#late.slice(this.#firstLate)
  }

  #tick(): void {
    this.#takeArrivals()
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, this.#nextAt - performance.now()))
  }

  #takeArrivals(): void {
    const now = performance.now()
    while (this.#nextAt <= now) {
      this.#arrived(this.#nextAt)
      this.#nextAt += this.#pauseMs()
    }
  }

  #arrived(arrivedAt: number): void {
    const isLate = !this.#hasRoom() || this.#firstLate < this.#late.length
    this.#sender.measurement.arrived(arrivedAt, { isLate })
    if (isLate) this.#late.push(arrivedAt)
    else this.#sender.send({ arrivedAt, sentAt: performance.now(), isLate })
  }

  #sendLate(): void {
    while (this.#hasRoom() && this.#firstLate < this.#late.length) {
      const arrivedAt = this.#late[this.#firstLate++] ?? 0
      this.#sender.send({ arrivedAt, sentAt: performance.now(), isLate: true })
    }
    if (this.#firstLate < this.#late.length) return
    this.#late = []
    this.#firstLate = 0
  }

  #hasRoom(): boolean {
    return this.#sender.underWay < this.#shape.inFlightMax
  }

  #pauseMs(): number {
    return (-Math.log(1 - this.#random.next()) / this.#shape.ratePerSecond) * 1_000
  }
}
