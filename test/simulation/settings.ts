import type { Random } from '../../tools/random.js'

/** The conditions of one history. Probabilities are per call. */
export type Settings = {
  readonly processes: number
  readonly queueMax: number
  readonly waitMsMax: number
  readonly gatherMsMax: number
  /** Longest travel time of a message, in microseconds. */
  readonly latencyUs: number
  readonly replicationUs: number
  /** A message takes a hundred times as long. */
  readonly slow: number
  /** A call never arrives. */
  readonly unreached: number
  /** A call is carried out, and its reply is lost. */
  readonly lost: number
  /** The caller gets a failure, and the call is executed afterwards. */
  readonly late: number
  /** Only the first writes of a call are applied, and the reply is lost. */
  readonly cut: number
  /** One write of a call fails. */
  readonly rejected: number
  /** The reply says that the writes happened, but may not be durable. */
  readonly unsure: number
  /** Another event intervenes between two writes of a call. */
  readonly torn: number
}

/** Nothing fails, and travel times stay the same. */
export function calmed(settings: Settings): Settings {
  return { ...settings, slow: 0, unreached: 0, lost: 0, late: 0, cut: 0, rejected: 0, unsure: 0 }
}

/** Every history has its own probabilities: faults that are rare in all histories seldom coincide. */
export function settingsFrom(random: Random): Settings {
  const often = (most: number): number => (random.chance(0.5) ? 0 : (most * random.below(1_000)) / 1_000)
  return {
    processes: random.pick([1, 1, 2, 2, 3]),
    queueMax: random.pick([1_000, 1_000, 1_000, 6, 2]),
    waitMsMax: random.pick([1_000, 20]),
    gatherMsMax: random.pick([10, 2, 100]),
    latencyUs: random.pick([200, 1_000, 5_000]),
    replicationUs: random.pick([100, 1_000, 20_000]),
    slow: often(0.1),
    unreached: often(0.15),
    lost: often(0.25),
    late: often(0.1),
    cut: often(0.1),
    rejected: often(0.1),
    unsure: often(0.15),
    torn: often(0.6),
  }
}
