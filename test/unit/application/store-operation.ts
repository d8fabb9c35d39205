import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * What a call meets. OUTAGE: it does nothing and fails UNAVAILABLE. LOST_REPLY: it does its work, and then fails the same
 * way. An error: it does nothing and fails with that.
 */
export type Fault = 'OUTAGE' | 'LOST_REPLY' | Error

/** One operation of a store: what it was asked, what its next calls meet, and a gate that holds them open. */
export class StoreOperation<Asked, Meets = Fault> {
  /** What it was asked, call by call. */
  readonly asked: Asked[] = []
  /** Called with each call when it comes. */
  onCall: () => void = () => {}
  /** How many turns of the event loop a call takes: one or more. */
  turns: () => number = () => 1
  readonly #script: (Meets | undefined)[] = []
  #always: Meets | undefined
  #gateClosed = false
  #atGate: (() => void)[] = []
  #inProgress = 0

  /** Number of calls that have come and not gone. */
  get inProgress(): number {
    return this.#inProgress
  }

  /** What the next calls meet, one after another; those after them meet nothing. */
  meets(...faults: readonly (Meets | undefined)[]): void {
    this.#script.push(...faults)
  }

  /** What every call meets from now on, after those in the script; undefined ends it. */
  alwaysMeets(fault: Meets | undefined): void {
    this.#always = fault
  }

  /** Holds each call that comes from now on, before it does anything. */
  hold(): void {
    this.#gateClosed = true
  }

  /** Lets go the call that is held longest. */
  releaseOne(): void {
    this.#atGate.shift()?.()
  }

  /** Lets go all that are held, and holds no more. */
  release(): void {
    this.#gateClosed = false
    for (const go of this.#atGate.splice(0)) go()
  }

  /** One call: waits at the gate, then does its work with what it meets. */
  async run(asked: Asked, work: (fault: Meets | undefined) => void): Promise<void> {
    this.asked.push(asked)
    const fault = this.#script.length > 0 ? this.#script.shift() : this.#always
    this.onCall()
    this.#inProgress += 1
    try {
      if (this.#gateClosed) await new Promise<void>((resolve) => this.#atGate.push(resolve))
      for (let turns = this.turns(); turns > 0; turns--) await nextTurn()
      work(fault)
    } finally {
      this.#inProgress -= 1
    }
  }
}
