import { randomUUID } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from './service-process.js'

const PRELOAD = new URL('./wall-clock-preload.mjs', import.meta.url)

/**
 * The wall clock of a service: ours, until a test moves it. A change applies from the service's next reading
 * on.
 */
export class WallClock {
  readonly #set: (setting: bigint) => void
  #aheadMs = 0
  /** The time at which it stands; undefined while it runs. */
  #standsAtMs: number | undefined

  constructor(set: (setting: bigint) => void) {
    this.#set = set
  }

  /** Its lead over our clock while it runs, in milliseconds. */
  get aheadMs(): number {
    return this.#aheadMs
  }

  /** Its time, in milliseconds since 1970. */
  nowMs(): number {
    return this.#standsAtMs ?? Date.now() + this.#aheadMs
  }

  /** Steps it to so many milliseconds ahead of ours. It continues from there. */
  runAheadBy(ms: number): void {
    this.#aheadMs = ms
    this.#standsAtMs = undefined
    this.#set(BigInt(ms) * 2n)
  }

  /** Steps it by so many milliseconds; a negative number steps it back. */
  jump(ms: number): void {
    this.runAheadBy(this.#aheadMs + ms)
  }

  /** Steps it to a time, in milliseconds since 1970. It continues from there. */
  set(atMs: number): void {
    this.runAheadBy(atMs - Date.now())
  }

  /** Stops it at this time, until the next change. Timers and durations continue. */
  standAt(moment: string): void {
    this.#standsAtMs = Date.parse(moment)
    this.#set(BigInt(this.#standsAtMs) * 2n + 1n)
  }
}

/** The wall clocks of some services, which must be started with the environment from here. */
export class WallClocks {
  readonly #path = join(tmpdir(), `benefits-clocks-${randomUUID()}`)
  #file = -1

  /** Called before the services start, and before any clock is moved. */
  open(): void {
    this.#file = openSync(this.#path, 'wx')
  }

  /** The clock of the service at this place: 0, 1, 2, ... */
  of(place: number): WallClock {
    return new WallClock((setting) => {
      // Writes eight bytes at their place, so that no reader sees half of them.
      writeSync(this.#file, new BigInt64Array([setting]), 0, 8, place * 8)
    })
  }

  /** The environment that gives the service at this place its clock. */
  environment(place: number): Environment {
    return {
      NODE_OPTIONS: `--import=${PRELOAD}`,
      WALL_CLOCK_FILE: this.#path,
      WALL_CLOCK_PLACE: String(place),
    }
  }

  close(): void {
    closeSync(this.#file)
    rmSync(this.#path, { force: true })
  }
}

/** Wall clocks for the services of one suite. */
export function useWallClocks(): WallClocks {
  const clocks = new WallClocks()
  before(() => clocks.open())
  after(() => clocks.close())
  return clocks
}
