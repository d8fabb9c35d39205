import type { Random } from '../../tools/random.js'

/** What the world of one history is like. Probabilities are of one call each. */
export type Settings = {
  readonly processes: number
  readonly queueMax: number
  readonly waitMsMax: number
  readonly gatherMsMax: number
  /** Longest way of a message, in microseconds. */
  readonly latencyUs: number
  readonly replicationUs: number
  /** A message takes a hundred times as long. */
  readonly slow: number
  /** A call never arrives. */
  readonly unreached: number
  /** A call is carried out, and its reply is lost. */
  readonly lost: number
  /** The caller is told that a call has failed, and after that it is carried out. */
  readonly late: number
  /** Of the writes of one call only the first are carried out, and the reply is lost. */
  readonly cut: number
  /** One write of a call fails. */
  readonly rejected: number
  /** The reply says that the writes were made, but perhaps not for good. */
  readonly unsure: number
  /** Between two writes of one call something else comes. */
  readonly torn: number
}

/** Nothing fails, and everything is on its way for as long as before. */
export function calmed(settings: Settings): Settings {
  return { ...settings, slow: 0, unreached: 0, lost: 0, late: 0, cut: 0, rejected: 0, unsure: 0 }
}

/** Every history has a weather of its own: what is rare everywhere is seldom seen together. */
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
