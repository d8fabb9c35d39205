import { type Look, lookAt, type Watched } from './look.js'

/** Looks at a service and its database again and again. */
export class Watcher {
  readonly #watched: Watched
  readonly #looks: Look[] = []
  #timer: NodeJS.Timeout | undefined
  #missed = 0
  #looking: Promise<void> | undefined

  private constructor(watched: Watched) {
    this.#watched = watched
  }

  /** Looks once, and then again every so many milliseconds. */
  static async begin(watched: Watched, everyMs: number): Promise<Watcher> {
    const watcher = new Watcher(watched)
    await watcher.#look()
    watcher.#timer = setInterval(() => watcher.#tick(), everyMs)
    return watcher
  }

  /** What was seen so far, in order. */
  get looks(): readonly Look[] {
    return this.#looks
  }

  /** Times that the service did not say how it is, or had not said so yet when it was asked again. */
  get missed(): number {
    return this.#missed
  }

  /** Looks a last time. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
    await this.#look()
  }

  #tick(): void {
    if (this.#looking) this.#missed += 1
    else this.#looking = this.#look()
  }

  async #look(): Promise<void> {
    try {
      this.#looks.push(await lookAt(this.#watched))
    } catch {
      // Whether it still works, the callers see: they end the run if not.
      this.#missed += 1
    } finally {
      this.#looking = undefined
    }
  }
}
