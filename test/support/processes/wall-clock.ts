import { randomUUID } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from './service-process.js'

const PRELOAD = new URL('./wall-clock-preload.mjs', import.meta.url)

/** The wall clock of a service: ours, until it is moved. What is set holds from its very next look at the clock. */
export class WallClock {
  readonly #set: (setting: bigint) => void
  #aheadMs = 0
  /** Where it stands; undefined while it runs. */
  #standsAtMs: number | undefined

  constructor(set: (setting: bigint) => void) {
    this.#set = set
  }

  /** So far it is ahead of ours, in milliseconds, while it runs. */
  get aheadMs(): number {
    return this.#aheadMs
  }

  /** What it shows: milliseconds since 1970. */
  nowMs(): number {
    return this.#standsAtMs ?? Date.now() + this.#aheadMs
  }

  /** Steps it to so many milliseconds ahead of ours. Runs on from there. */
  runAheadBy(ms: number): void {
    this.#aheadMs = ms
    this.#standsAtMs = undefined
    this.#set(BigInt(ms) * 2n)
  }

  /** Steps it by so many milliseconds, back if they are below zero. */
  jump(ms: number): void {
    this.runAheadBy(this.#aheadMs + ms)
  }

  /** Steps it to a moment, in milliseconds since 1970. Runs on from there. */
  set(atMs: number): void {
    this.runAheadBy(atMs - Date.now())
  }

  /** Has it show nothing but this moment, until it is told otherwise. Timers and durations go on. */
  standAt(moment: string): void {
    this.#standsAtMs = Date.parse(moment)
    this.#set(BigInt(this.#standsAtMs) * 2n + 1n)
  }
}

/** The wall clocks of some services, which are started with the environment from here. */
export class WallClocks {
  readonly #path = join(tmpdir(), `benefits-clocks-${randomUUID()}`)
  #file = -1

  /** Comes before the services, and before any clock is moved. */
  open(): void {
    this.#file = openSync(this.#path, 'wx')
  }

  /** The clock of the service in this place: 0, 1, 2, ... */
  of(place: number): WallClock {
    return new WallClock((setting) => {
      // Eight bytes in their place: nobody sees half of them.
      writeSync(this.#file, new BigInt64Array([setting]), 0, 8, place * 8)
    })
  }

  /** What the service in this place is started with, so that its clock is the one from here. */
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
