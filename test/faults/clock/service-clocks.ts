import type { Environment } from '../../support/service-process.js'
import { WallClocks } from '../../support/wall-clock.js'

/** The wall clocks of the two services. */
export class ServiceClocks {
  readonly #clocks = new WallClocks()
  readonly #all = [this.#clocks.of(0), this.#clocks.of(1)] as const

  open(): void {
    this.#clocks.open()
  }

  close(): void {
    this.#clocks.close()
  }

  /** What the service in this place is started with. */
  readonly environmentOf = (place: number): Environment => this.#clocks.environment(place)

  /** What both of them show, or the first if they are apart: milliseconds since 1970. */
  get nowMs(): number {
    return this.#all[0].nowMs()
  }

  /** Steps both of them by so many milliseconds. */
  jump(ms: number): void {
    for (const clock of this.#all) clock.jump(ms)
  }

  /** Steps the clock of one service: 0 or 1. */
  jumpOne(place: number, ms: number): void {
    this.#all[place]?.jump(ms)
  }

  /** Steps both of them to a moment, so that they agree again. */
  set(atMs: number): void {
    for (const clock of this.#all) clock.set(atMs)
  }

  /** How many services there are. */
  get count(): number {
    return this.#all.length
  }
}
