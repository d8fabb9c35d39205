import { NONE } from './job.js'

/** What the sources ask at every target. See `switchableSource`. */
type Questions = {
  $in: (first: number, count: number) => boolean
  $is: (mutant: number) => boolean
}

/** Says which mutant is in force, and takes note of who is come by. One for each process. */
export class Switchboard {
  #inForce = NONE
  #steps = 0
  #stepsMax = Number.POSITIVE_INFINITY
  #seen = new Set<number>()

  constructor() {
    const questions: Questions = {
      $in: (first, count) => this.#in(first, count),
      $is: (mutant) => mutant === this.#inForce,
    }
    Object.assign(globalThis, questions)
  }

  /** Puts a mutant in force, or none. */
  use(mutant: number): void {
    this.#inForce = mutant
    this.allow(Number.POSITIVE_INFINITY)
  }

  /** From now on, so many questions are answered, and no more. */
  allow(stepsMax: number): void {
    this.#steps = 0
    this.#stepsMax = stepsMax
  }

  get steps(): number {
    return this.#steps
  }

  /** The mutants that were come by since this was asked last. */
  takeSeen(): ReadonlySet<number> {
    const seen = this.#seen
    this.#seen = new Set()
    return seen
  }

  #in(first: number, count: number): boolean {
    this.#steps += 1
    if (this.#steps > this.#stepsMax) throw new Error('a loop comes to no end')
    if (this.#inForce !== NONE) return this.#inForce >= first && this.#inForce < first + count
    if (this.#seen.has(first)) return false
    for (let mutant = first; mutant < first + count; mutant++) this.#seen.add(mutant)
    return false
  }
}
