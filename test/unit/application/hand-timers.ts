import type { Timers } from '../../../src/application/engine/timers.js'

type Pause = {
  readonly durationMs: number
  state: 'WAITS' | 'OVER' | 'CALLED_OFF'
  readonly callBack: () => void
}

/** Timers that a test fires; with `goesOn` they fire in the next turn, whatever their length. */
export class HandTimers implements Timers {
  readonly asked: Pause[] = []
  readonly #goesOn: boolean

  constructor({ goesOn }: { readonly goesOn: boolean }) {
    this.#goesOn = goesOn
  }

  after(durationMs: number, callBack: () => void): () => void {
    const pause: Pause = { durationMs, state: 'WAITS', callBack }
    this.asked.push(pause)
    if (this.#goesOn) setImmediate(() => this.end(pause))
    return () => {
      if (pause.state === 'WAITS') pause.state = 'CALLED_OFF'
    }
  }

  end(pause: Pause | undefined): void {
    if (pause?.state !== 'WAITS') return
    pause.state = 'OVER'
    pause.callBack()
  }

  get lengthsMs(): readonly number[] {
    return this.asked.map(({ durationMs }) => durationMs)
  }
}
