export type ReadinessOptions = {
  /** What must be done once before the service can decide; repeated until it succeeds. */
  readonly prepare: () => Promise<void>
  /** Fails while the service could not decide. Bounded in time. */
  readonly check: () => Promise<void>
  /** Pause between two checks, in milliseconds. */
  readonly intervalMs: number
  readonly onChange: (ready: boolean) => void
  /** Told of every check that failed, after the change if it is one. */
  readonly onFailure: (error: unknown) => void
}

/** Whether the service can decide: found out again and again, from its start to its end. */
export class Readiness {
  readonly #options: ReadinessOptions
  #ready: boolean | undefined
  #prepared = false
  #stopped = false
  /** Set during the pause between two checks. */
  #timer: NodeJS.Timeout | undefined
  #isHurried = false

  constructor(options: ReadinessOptions) {
    this.#options = options
  }

  /** As found at the last check; false before the first one and after the end. */
  get ready(): boolean {
    return this.#ready ?? false
  }

  /** Begins to check. Ends after the first check, whatever it found. */
  async start(): Promise<void> {
    this.#timer = undefined
    this.#isHurried = false
    await this.#look()
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.start(), this.#isHurried ? 0 : this.#options.intervalMs)
  }

  /** Checks now instead of at the end of the pause: something has changed. While a check is under way, right after it. */
  checkSoon(): void {
    this.#isHurried = true
    // Before the first check, and after the end, there is no pause to cut short.
    if (!this.#timer) return
    clearTimeout(this.#timer)
    void this.start()
  }

  /** Not ready from now on, for good. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#ready = false
  }

  async #look(): Promise<void> {
    try {
      if (!this.#prepared) await this.#options.prepare()
      this.#prepared = true
      await this.#options.check()
      this.#found(true)
    } catch (error) {
      this.#found(false)
      if (!this.#stopped) this.#options.onFailure(error)
    }
  }

  #found(ready: boolean): void {
    if (this.#stopped || ready === this.#ready) return
    this.#ready = ready
    this.#options.onChange(ready)
  }
}
