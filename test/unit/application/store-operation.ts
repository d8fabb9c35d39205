import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * The fault of a call. OUTAGE: it does nothing and fails with UNAVAILABLE. LOST_REPLY: it does its work, and
 * then fails the same way. An error: it does nothing and fails with that error.
 */
export type Fault = 'OUTAGE' | 'LOST_REPLY' | Error

/**
 * An operation of a store: its recorded calls, the faults of the next calls, and a gate that holds them open.
 */
export class StoreOperation<Asked, Meets = Fault> {
  /** The arguments of each call. */
  readonly asked: Asked[] = []
  /** Called at each call. */
  onCall: () => void = () => {}
  /** Number of turns of the event loop that a call takes, at least one. */
  turns: () => number = () => 1
  readonly #script: (Meets | undefined)[] = []
  #always: Meets | undefined
  #gateClosed = false
  #atGate: (() => void)[] = []
  #inProgress = 0

  /** Number of calls in progress. */
  get inProgress(): number {
    return this.#inProgress
  }

  /** The faults of the next calls, in order. Later calls have none. */
  meets(...faults: readonly (Meets | undefined)[]): void {
    this.#script.push(...faults)
  }

  /** The fault of every call after the script; undefined ends it. */
  alwaysMeets(fault: Meets | undefined): void {
    this.#always = fault
  }

  /** Holds each future call before it does anything. */
  hold(): void {
    this.#gateClosed = true
  }

  /** Releases the call that has been held longest. */
  releaseOne(): void {
    this.#atGate.shift()?.()
  }

  /** Releases all held calls, and holds no more. */
  release(): void {
    this.#gateClosed = false
    for (const go of this.#atGate.splice(0)) go()
  }

  /** A call: waits at the gate, then does its work with its fault. */
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
