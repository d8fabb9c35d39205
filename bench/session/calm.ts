import { cpus, loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'

/** Time over which it is measured how busy the processors are, in milliseconds. */
const LOOK_MS = 100
/** Part of all processors that a calm machine may use, besides us. */
const CALM_SHARE = 0.1

/** How the machine was before a run. */
export type Calm = {
  /** Mean number of running processes in the last minute. */
  readonly loadAverage: number
  /** Part of all processors that was busy when the wait ended, 0 to 1. */
  readonly busyShare: number
}

/** Waits until the processors have next to nothing to do, or the time is over: others may use this machine, too. */
export async function untilCalm(waitMsMax: number, signal: AbortSignal): Promise<Calm> {
  const endsAtMs = performance.now() + waitMsMax
  for (;;) {
    const busyShare = await busyNow(signal)
    if (busyShare <= CALM_SHARE || performance.now() >= endsAtMs)
      return { loadAverage: loadavg()[0] ?? 0, busyShare }
  }
}

async function busyNow(signal: AbortSignal): Promise<number> {
  const before = times()
  await delay(LOOK_MS, undefined, { signal })
  const after = times()
  const total = after.total - before.total
  return total > 0 ? 1 - (after.idle - before.idle) / total : 0
}

function times(): { readonly idle: number; readonly total: number } {
  const all = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    total: user + nice + sys + idle + irq,
  }))
  return {
    idle: all.reduce((sum, { idle }) => sum + idle, 0),
    total: all.reduce((sum, { total }) => sum + total, 0),
  }
}
