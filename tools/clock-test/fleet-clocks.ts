import type { Environment } from '../../test/support/service-process.js'
import { WallClocks } from '../../test/support/wall-clock.js'

/** Workers of the second service; the first decides by itself. */
const WORKERS = 2

/** The wall clocks of everything that runs: one service that is a single process, and one that is a primary and two workers. */
export class FleetClocks {
  readonly #clocks = new WallClocks()
  readonly #deciders = [this.#clocks.of(0), this.#clocks.of(1, 1), this.#clocks.of(1, 2)] as const
  readonly #all = [...this.#deciders, this.#clocks.of(1)]

  open(): void {
    this.#clocks.open()
  }

  close(): void {
    this.#clocks.close()
  }

  /** What the service in this place is started with. */
  readonly environmentOf = (place: number): Environment => ({
    ...this.#clocks.environment(place),
    ...(place === 1 && { WORKERS: String(WORKERS) }),
  })

  /** What all of them show, or one of them if they are apart: milliseconds since 1970. */
  get nowMs(): number {
    return this.#deciders[0].nowMs()
  }

  /** Steps all of them by so many milliseconds. */
  jump(ms: number): void {
    for (const clock of this.#all) clock.jump(ms)
  }

  /** Steps the clock of one process that decides: 0, 1 or 2. */
  jumpOne(index: number, ms: number): void {
    this.#deciders[index]?.jump(ms)
  }

  /** Steps all of them to a moment, so that they agree again. */
  set(atMs: number): void {
    for (const clock of this.#all) clock.set(atMs)
  }

  /** How many processes decide. */
  get deciders(): number {
    return this.#deciders.length
  }
}
