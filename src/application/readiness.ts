export type ReadinessOptions = {
  /** A preparation that the service needs once before it can decide. Repeated until it succeeds. */
  readonly prepare: () => Promise<void>
  /** Rejects while the service could not decide. Must end in bounded time. */
  readonly check: () => Promise<void>
  /** Pause between two checks, in milliseconds. */
  readonly intervalMs: number
  readonly onChange: (ready: boolean) => void
  /** Called after every failed check; after `onChange` if the state changed. */
  readonly onFailure: (error: unknown) => void
}

/** Whether the service can decide. It checks repeatedly from start to stop. */
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

  /** The result of the latest check; false before the first one and after the stop. */
  get ready(): boolean {
    return this.#ready ?? false
  }

  /** Starts the checks. Resolves after the first one, whatever its result. */
  async start(): Promise<void> {
    this.#timer = undefined
    this.#isHurried = false
    await this.#look()
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.start(), this.#isHurried ? 0 : this.#options.intervalMs)
  }

  /**
   * Checks now instead of after the pause, because something has changed. During a check, the next one
   * follows at once.
   */
  checkSoon(): void {
    this.#isHurried = true
    // Before the first check and after the stop there is no pause to cut short.
    if (!this.#timer) return
    clearTimeout(this.#timer)
    void this.start()
  }

  /** Stops the checks. The service stays not ready. */
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
