const BAR_WIDTH = 30
/** Where no terminal redraws a line, progress has a line of its own this often. */
const LINES_PER_RUN = 10

/** Shows progress on standard error: one redrawn line at a terminal, or a line for each tenth. */
export class Progress {
  readonly #total: number
  readonly #what: string
  #drawn = -1

  constructor(total: number, what: string) {
    this.#total = Math.max(1, total)
    this.#what = what
  }

  show(done: number): void {
    const steps = process.stderr.isTTY ? BAR_WIDTH : LINES_PER_RUN
    const step = Math.min(steps, Math.floor((done / this.#total) * steps))
    if (step === this.#drawn || (step === 0 && !process.stderr.isTTY)) return
    this.#drawn = step
    const text = `${done} of ${this.#total} ${this.#what}`
    if (!process.stderr.isTTY) process.stderr.write(`${text}\n`)
    else process.stderr.write(`\r[${'#'.repeat(step)}${' '.repeat(BAR_WIDTH - step)}] ${text}`)
  }

  /** Clears the line for other output. */
  clear(): void {
    if (process.stderr.isTTY && this.#drawn >= 0) process.stderr.write('\r\x1b[K')
    this.#drawn = -1
  }
}
