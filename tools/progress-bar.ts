const WIDTH = 40

/** Progress on one line of a terminal; nothing when standard error is not a terminal. */
export class ProgressBar {
  readonly #total: number
  #drawn = -1

  constructor(total: number) {
    this.#total = Math.max(1, total)
  }

  show(done: number): void {
    const filled = Math.min(WIDTH, Math.floor((done / this.#total) * WIDTH))
    if (!process.stderr.isTTY || filled === this.#drawn) return
    this.#drawn = filled
    process.stderr.write(`\r[${'#'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${done}`)
  }

  /** Clears the line for other output. */
  clear(): void {
    if (process.stderr.isTTY && this.#drawn >= 0) process.stderr.write('\r\x1b[K')
    this.#drawn = -1
  }
}
