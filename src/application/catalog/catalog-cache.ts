import { type Catalog, catalogInSteps, isSmall } from '../../domain/catalog.js'
import type { CategoryId } from '../../domain/category.js'
import type { MissingRail } from '../../domain/category-rails.js'
import type { Clock } from '../clock.js'
import { isUnavailable, UndecidedError } from '../errors.js'
import type { CatalogReading, CatalogStore, CatalogWatch } from './catalog-store.js'

/**
 * Pause before an unusable version is read again, in milliseconds. An administrator may have repaired it by
 * then.
 */
const UNUSABLE_RETRY_MS = 30_000

/** Pause after a step of a large change, in milliseconds: purchases have half of the time meanwhile. */
const STEP_PAUSE_MS = 1

export type CatalogCacheOptions = {
  readonly store: CatalogStore
  readonly clock: Clock
  /** Pause between two checks of the version, in milliseconds. */
  readonly refreshMs: number
  /** What categories with rails do with a purchase without one. Absent: accept. */
  readonly missingRail?: MissingRail
  /**
   * Called when a check or a read failed, or the stored catalog contradicts itself. The last good catalog
   * stays in use.
   */
  readonly onFailure: (error: unknown) => void
  /** Called when the store stops announcing changes. Checks every `refreshMs` still find them. */
  readonly onUnwatched: (error: unknown) => void
}

/** How the catalog in use compares with the store's. */
export type CatalogHealth = {
  /** 0 before the first read. */
  readonly version: bigint
  /** Time since the catalog in use was last known to match the store's, in milliseconds. */
  readonly ageMs: number
  /** The error of the latest check; absent when it succeeded. */
  readonly failure?: unknown
}

/** A version that the process could not use. */
type Unusable = { readonly version: bigint; readonly sinceMs: number; readonly error: unknown }

/**
 * The catalog in memory: always one complete version, replaced atomically. It checks the version when the
 * store announces a change, and every `refreshMs`, and reads only the changes.
 */
export class CatalogCache {
  readonly #options: CatalogCacheOptions
  #catalog: Catalog | undefined
  #freshAtMs = 0
  #failure: { readonly error: unknown } | undefined
  /** Whether the store's history may differ from that of the catalog in use. */
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
   * Returns the catalog to decide by. Call it for every decision, and do not keep the result.
   *
   * @throws UndecidedError UNAVAILABLE before the first read.
   */
  current(): Catalog {
    if (!this.#catalog) throw new UndecidedError('UNAVAILABLE', 'the catalog has not been read yet')
    return this.#catalog
  }

  /** Reads the catalog, then follows its changes. Rejects when the first read fails. */
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

  /**
   * Updates the catalog. Resolves when the catalog in use is no older than the store's at the time of the
   * call. Rejects when a read fails or the stored catalog is unusable.
   */
  refresh(): Promise<void> {
    // Run one check after another, or an older read might finish last. Callers that arrive while a check
    // waits for its turn share it.
    this.#nextLook ??= this.#lastLook.then(() => {
      this.#nextLook = undefined
      return this.#lookOnce()
    })
    this.#lastLook = this.#nextLook.catch(() => {})
    return this.#nextLook
  }

  /**
   * Reads the whole catalog, whatever version is in use: the store may have returned to an earlier one. Until
   * then the last catalog decides.
   */
  reread(): Promise<void> {
    this.#isDoubtful = true
    return this.refresh()
  }

  /** Ids of the categories in use; empty before the first read. */
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

  /** Stops following changes. */
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
    // `#lookOnce` reports failures.
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
      // Shutdown may interrupt a read, which is not a failure. The caller of `start` learns of a failed first
      // read.
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
        `the catalog went back from version ${known} to ${version}: restart the service to use it`,
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
      this.#catalog = await this.#build(await store.read())
      return
    }
    try {
      await this.#take(await store.read(known))
    } catch (error) {
      if (isUnavailable(error)) throw error
      // The changes do not fit the catalog in use. The whole stored catalog may still be usable.
      this.#catalog = await this.#build(await store.read())
    }
  }

  #build(reading: CatalogReading): Promise<Catalog> {
    return runInSteps(catalogInSteps(reading, this.#options.missingRail))
  }

  async #take(reading: CatalogReading): Promise<void> {
    const catalog = this.current()
    if (reading.kind === 'WHOLE') this.#catalog = await this.#build(reading)
    else if (isSmall(reading)) this.#catalog = catalog.succeed(reading)
    else this.#catalog = await runInSteps(catalog.succeedInSteps(reading))
  }
}

/** Runs a generator step by step, and yields to other work in between. */
async function runInSteps<T>(steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await new Promise((resolve) => setTimeout(resolve, STEP_PAUSE_MS))
  }
}
