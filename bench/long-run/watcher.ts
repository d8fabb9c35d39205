import { type Look, lookAt, type Watched } from './look.js'

/** Looks at a service and its database again and again. */
export class Watcher {
  readonly #watched: Watched
  readonly #looks: Look[] = []
  readonly #timer: NodeJS.Timeout
  #missed = 0
  #looking: Promise<void> | undefined

  /** Begins at once. */
  constructor(watched: Watched, everyMs: number) {
    this.#watched = watched
    this.#timer = setInterval(() => this.#tick(), everyMs)
    this.#tick()
  }

  /** What was seen so far, in order. */
  get looks(): readonly Look[] {
    return this.#looks
  }

  /** Times that the service did not say how it is, or had not said so yet when it was asked again. */
  get missed(): number {
    return this.#missed
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
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
