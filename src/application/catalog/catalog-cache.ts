import { type Catalog, catalogInSteps, isSmall } from '../../domain/catalog.js'
import type { CategoryId } from '../../domain/category.js'
import type { Clock } from '../clock.js'
import { IndecisionError, isUnavailable } from '../errors.js'
import type { CatalogReading, CatalogStore, CatalogWatch } from './catalog-store.js'

/** Pause before a version that cannot be used is tried again, in milliseconds: somebody may have mended it. */
const UNUSABLE_RETRY_MS = 30_000

/** Pause after a step of a large change, in milliseconds: purchases have half of the time meanwhile. */
const STEP_PAUSE_MS = 1

export type CatalogCacheOptions = {
  readonly store: CatalogStore
  readonly clock: Clock
  /** Pause between two looks at the version, in milliseconds. */
  readonly refreshMs: number
  /** Told when a look or a read failed, or what was read contradicts itself. The last good catalog stays in use. */
  readonly onFailure: (error: unknown) => void
  /** Told when changes are no longer announced: they are still seen within `refreshMs`. */
  readonly onUnwatched: (error: unknown) => void
}

/** How the catalog in use compares with the store's. */
export type CatalogHealth = {
  /** 0 before the first one was read. */
  readonly version: bigint
  /** Time since the catalog in use was last known to be the store's, in milliseconds. */
  readonly ageMs: number
  /** What the last look failed with; absent when it did not. */
  readonly failure?: unknown
}

/** A version that was read and could not be used. */
type Unusable = { readonly version: bigint; readonly sinceMs: number; readonly error: unknown }

/**
 * The catalog in memory: always one whole version, replaced in one step. It looks at the version when the store says that there
 * may be a new one, and every `refreshMs` besides, and reads only what has changed.
 */
export class CatalogCache {
  readonly #options: CatalogCacheOptions
  #catalog: Catalog | undefined
  #freshAtMs = 0
  #failure: { readonly error: unknown } | undefined
  /** Whether the store may have another history than that of the catalog in use. */
  #isDoubtful = false
  #unusable: Unusable | undefined
  #lastLook: Promise<void> = Promise.resolve()
  #nextLook: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #watch: CatalogWatch | undefined
  #closed = false

  constructor(options: CatalogCacheOptions) {
    this.#options = options
  }

  /**
   * The catalog to decide by. To be asked for at every decision, and not kept.
   *
   * @throws IndecisionError UNAVAILABLE before the first one was read.
   */
  current(): Catalog {
    if (!this.#catalog) throw new IndecisionError('UNAVAILABLE', 'the catalog has not been read yet')
    return this.#catalog
  }

  /** Reads the catalog, and from then on follows its changes. Fails when the first read fails. */
  async start(): Promise<void> {
    await this.refresh()
    if (this.#closed || this.#watch) return
    this.#watch = this.#options.store.watch({
      onChange: () => this.#look(),
      onLost: (error) => {
        if (!this.#closed) this.#options.onUnwatched(error)
      },
    })
    this.#schedule()
  }

  /** Ends when the catalog in use is one that the store had after this was called; fails when that cannot be. */
  refresh(): Promise<void> {
    // One look after another, or an earlier reading might come last. Whoever asks while one waits for its turn shares it.
    this.#nextLook ??= this.#lastLook.then(() => {
      this.#nextLook = undefined
      return this.#lookOnce()
    })
    this.#lastLook = this.#nextLook.catch(() => {})
    return this.#nextLook
  }

  /** The same, whatever version is known: the store may have gone back to an earlier one. The last catalog decides until then. */
  reread(): Promise<void> {
    this.#isDoubtful = true
    return this.refresh()
  }

  /** Ids of the categories in use; none before the first catalog was read. */
  get categories(): readonly CategoryId[] {
    return this.#catalog?.categories.map(({ id }) => id) ?? []
  }

  get health(): CatalogHealth {
    return {
      version: this.#catalog?.version ?? 0n,
      ageMs: this.#catalog ? this.#options.clock.monotonicMs() - this.#freshAtMs : 0,
      ...(this.#failure && { failure: this.#failure.error }),
    }
  }

  /** Follows no more. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#watch?.close()
  }

  #schedule(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.#look()
      this.#schedule()
    }, this.#options.refreshMs)
  }

  #look(): void {
    // What it fails with is told where it fails.
    if (!this.#closed) this.refresh().catch(() => {})
  }

  async #lookOnce(): Promise<void> {
    const { clock, onFailure } = this.#options
    const startedMs = clock.monotonicMs()
    try {
      await this.#update()
      this.#freshAtMs = startedMs
      this.#failure = undefined
    } catch (error) {
      this.#failure = { error }
      // A read that is cut off by the end of the process is no failure; of the first one, who started it is told.
      if (!this.#closed && this.#catalog) onFailure(error)
      throw error
    }
  }

  async #update(): Promise<void> {
    const { store, clock } = this.#options
    if (this.#isDoubtful) {
      await this.#read(undefined)
      this.#isDoubtful = false
      return
    }
    const known = this.#catalog?.version
    const version = known === undefined ? undefined : await store.version()
    if (known !== undefined && version === known) return
    if (known !== undefined && version !== undefined && version < known) {
      throw new RangeError(
        `the catalog has gone back from version ${known} to ${version}: restart to work with it`,
      )
    }
    const unusable = this.#unusable
    const isDue = !unusable || clock.monotonicMs() - unusable.sinceMs >= UNUSABLE_RETRY_MS
    if (unusable && unusable.version === version && !isDue) throw unusable.error
    try {
      await this.#read(known)
      this.#unusable = undefined
    } catch (error) {
      if (!isUnavailable(error) && version !== undefined) {
        this.#unusable = { version, sinceMs: clock.monotonicMs(), error }
      }
      throw error
    }
  }

  async #read(known: bigint | undefined): Promise<void> {
    const { store } = this.#options
    if (known === undefined) {
      this.#catalog = await gently(catalogInSteps(await store.read()))
      return
    }
    try {
      await this.#take(await store.read(known))
    } catch (error) {
      if (isUnavailable(error)) throw error
      // What is here and what has changed do not go together: perhaps what is there does.
      this.#catalog = await gently(catalogInSteps(await store.read()))
    }
  }

  async #take(reading: CatalogReading): Promise<void> {
    const catalog = this.current()
    if (reading.kind === 'WHOLE') this.#catalog = await gently(catalogInSteps(reading))
    else if (isSmall(reading)) this.#catalog = catalog.succeed(reading)
    else this.#catalog = await gently(catalog.succeedInSteps(reading))
  }
}

/** Does work step by step, and lets others have their turn in between. */
async function gently<T>(steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await new Promise((resolve) => setTimeout(resolve, STEP_PAUSE_MS))
  }
}
