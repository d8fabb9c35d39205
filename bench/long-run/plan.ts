import { type Plan, quickPlan } from '../plan/scenarios.js'

/** How large a long run is. */
export type LongRunPlan = {
  readonly seed: number
  /** Length of the load that is watched, a fraction. */
  readonly minutes: number
  /** Part of the capacity that requests arrive at, 0 to 1. */
  readonly share: number
  readonly accounts: number
  /** From one look at the service to the next, and length of the parts that latencies are told of, in milliseconds. */
  readonly everyMs: number
  /**
   * How the capacity is found. Callers who wait for one another show what can be had at best: the best of so many, each by the middle of its
   * rounds. Of that it is the largest share that requests can have which arrive by chance; the smallest one, when they can have none.
   */
  readonly capacity: {
    readonly callers: readonly number[]
    readonly rounds: number
    readonly window: Plan['window']
    readonly warmup: Plan['warmup']
    /** The largest first, 0 to 1. Each try halves them. */
    readonly shares: readonly number[]
    readonly openWindow: Plan['openWindow']
  }
}

/**
 * `make long-run`: the capacity is found in about seven minutes. There are more accounts than the service remembers anything of (100,000): what it
 * remembers is full before it is judged, and what it forgets is part of what is watched.
 */
export const longRunPlan: Omit<LongRunPlan, 'seed'> = {
  minutes: 30,
  share: 0.7,
  accounts: 150_000,
  everyMs: 5_000,
  capacity: {
    callers: [64, 128, 256],
    rounds: 3,
    window: { warmupMs: 1_000, durationMs: 4_000 },
    warmup: [{ callers: 64, durationMs: 8_000 }],
    shares: [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3],
    // Longer than a minute: so often MongoDB writes a checkpoint, and what can be had between two of them does not last.
    openWindow: { warmupMs: 5_000, durationMs: 70_000 },
  },
}

/** Longest wait for the machine to be calm, and for what was left to do, in milliseconds. */
const CALM_MS_MAX = 1_500
/** Part of the load before it is watched, in milliseconds: connections are made, and the first requests arrive together. */
const WARMUP_MS = 1_000
/** Most calls under way at once: far more than the service lets wait. */
const IN_FLIGHT_MAX = 4_000

/** The same as a plan of the benchmark, of which one session of ours is run. */
export function sessionPlan({ seed, minutes, accounts, everyMs, capacity }: LongRunPlan): Plan {
  return {
    ...quickPlan,
    seed,
    accounts,
    sides: ['ours'],
    callers: capacity.callers,
    hotCallers: [],
    warmup: capacity.warmup,
    window: capacity.window,
    openWindow: { warmupMs: WARMUP_MS, durationMs: Math.round(minutes * 60_000) },
    windowMs: everyMs,
    inFlightMax: IN_FLIGHT_MAX,
    calmMsMax: CALM_MS_MAX,
  }
}
