import type { Socket } from 'node:net'

/**
 * Begins one connection in each turn of the event loop, in order of arrival. When hundreds connect at once,
 * calls on open connections get turns in between.
 */
export class TurnQueue {
  readonly #begin: (connection: Socket) => void
  readonly #waiting: Socket[] = []

  constructor(begin: (connection: Socket) => void) {
    this.#begin = begin
  }

  add(connection: Socket): void {
    if (this.#waiting.push(connection) === 1) setImmediate(() => this.#nextTurn())
  }

  #nextTurn(): void {
    let connection = this.#waiting.shift()
    while (connection?.destroyed) connection = this.#waiting.shift()
    if (connection) this.#begin(connection)
    if (this.#waiting.length > 0) setImmediate(() => this.#nextTurn())
  }
}
