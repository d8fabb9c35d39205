// Loaded before the service (NODE_OPTIONS=--import): the file of `wall-clock.ts` moves its wall clock. Every
// reading of the clock reads the file, so a change applies from the next reading on, even in the middle of an
// operation. The monotonic clock, timers and performance.now() stay unchanged, as on a machine whose clock is
// stepped.

import { openSync, readSync } from 'node:fs'

const RealDate = globalThis.Date
const realNow = RealDate.now
const file = openSync(process.env.WALL_CLOCK_FILE, 'r')
const setting = new BigInt64Array(1)
const place = Number(process.env.WALL_CLOCK_PLACE)

/**
 * The file has one number for each service: twice the milliseconds, plus one if the clock stands still at
 * them.
 */
function now() {
  readSync(file, setting, 0, setting.byteLength, place * setting.byteLength)
  const ms = Number(setting[0] >> 1n)
  return (setting[0] & 1n) === 1n ? ms : realNow() + ms
}

// The same prototype, so that every Date, past or future, is an instance of both.
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
})
RealDate.now = now
RealDate.prototype.constructor = globalThis.Date
