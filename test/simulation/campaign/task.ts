import type { Figures } from '../histories.js'

/** A unit of work for a thread. */
export type Task =
  /** Simulate the histories of these seeds, up to the first violation. */
  | { readonly kind: 'HISTORIES'; readonly first: number; readonly end: number }
  /**
   * Simulate one history after another, from seed 0, with the planted mistake at this place of the list,
   * until this many detections.
   */
  | {
      readonly kind: 'MISTAKE'
      readonly place: number
      readonly timesMax: number
      readonly seedsMax: number
    }

export type Answers = {
  readonly HISTORIES: {
    readonly figures: Figures
    /** The outcome of some seeds, for a repeat. */
    readonly hashes: ReadonlyMap<number, number>
    /** The seed with the violation. */
    readonly bad: number | undefined
  }
  readonly MISTAKE: {
    readonly place: number
    /** The first detection. */
    readonly first: { readonly seed: number; readonly violation: string } | undefined
    /** Detections, histories and their total steps. */
    readonly times: number
    readonly histories: number
    readonly steps: number
  }
}

/** The result of a task. */
export type AnswerOf<T extends Task> = Answers[T['kind']]
