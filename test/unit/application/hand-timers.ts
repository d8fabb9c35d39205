import type { Timers } from '../../../src/application/engine/timers.js'

type Pause = {
  readonly durationMs: number
  state: 'WAITS' | 'OVER' | 'CALLED_OFF'
  readonly callBack: () => void
}

/** Pauses that are over when they are told to be, or with `goesOn` in the next turn, whatever their length. Chance is what it is told to be. */
export class HandTimers implements Timers {
  readonly asked: Pause[] = []
  readonly #goesOn: boolean
  readonly #chance: number

  constructor({ goesOn, chance = 1 }: { readonly goesOn: boolean; readonly chance?: number }) {
    this.#goesOn = goesOn
    this.#chance = chance
  }

  after(durationMs: number, callBack: () => void): () => void {
    const pause: Pause = { durationMs, state: 'WAITS', callBack }
    this.asked.push(pause)
    if (this.#goesOn) setImmediate(() => this.end(pause))
    return () => {
      if (pause.state === 'WAITS') pause.state = 'CALLED_OFF'
    }
  }

  random(): number {
    return this.#chance
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
