import type { Figures } from '../histories.js'

/** What a thread is given to do at a time. */
export type Task =
  /** Simulate the histories of these seeds, up to the first in which something is wrong. */
  | { readonly kind: 'HISTORIES'; readonly first: number; readonly end: number }
  /** Simulate one after another, from seed 0, with a mistake planted, the one in this place of the list, until it was noticed so often. */
  | {
      readonly kind: 'MISTAKE'
      readonly place: number
      readonly timesMax: number
      readonly seedsMax: number
    }

export type Answers = {
  readonly HISTORIES: {
    readonly figures: Figures
    /** What became of some of the seeds, to be seen again. */
    readonly hashes: ReadonlyMap<number, number>
    /** The seed with which something is wrong. */
    readonly bad: number | undefined
  }
  readonly MISTAKE: {
    readonly place: number
    /** Where it was noticed first. */
    readonly first: { readonly seed: number; readonly violation: string } | undefined
    /** How often it was noticed, in how many histories, of how many steps together. */
    readonly times: number
    readonly histories: number
    readonly steps: number
  }
}

/** What comes of a task. */
export type AnswerOf<T extends Task> = Answers[T['kind']]
