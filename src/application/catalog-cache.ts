import { type Catalog, createCatalog } from '../domain/catalog.js'
import type { Category } from '../domain/category.js'
import type { MerchantRule } from '../domain/merchant-rule.js'
import { IndecisionError } from './errors.js'

/** Where categories and merchant rules are kept. */
export interface CatalogStore {
  /** Everything that makes up the catalog. */
  read(): Promise<{ readonly categories: readonly Category[]; readonly rules: readonly MerchantRule[] }>
}

export type CatalogCacheOptions = {
  readonly store: CatalogStore
  /** Pause between two reads, in milliseconds. */
  readonly refreshMs: number
  /** Told when a read failed, or what was read contradicts itself. The last good catalog stays in use. */
  readonly onFailure: (error: unknown) => void
}

/** The catalog in memory, read again from time to time and replaced as a whole. */
export class CatalogCache {
  readonly #options: CatalogCacheOptions
  #catalog: Catalog | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: CatalogCacheOptions) {
    this.#options = options
  }

  /**
   * The catalog to decide by.
   *
   * @throws IndecisionError UNAVAILABLE before the first one was read.
   */
  current(): Catalog {
    if (!this.#catalog) throw new IndecisionError('UNAVAILABLE', 'the catalog has not been read yet')
    return this.#catalog
  }

  /** Reads the catalog, and from then on again and again. Fails when the first read fails. */
  async start(): Promise<void> {
    await this.#read()
    this.#schedule()
  }

  /** Reads no more. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.#read()
        .catch((error: unknown) => {
          // A read that is cut off by the end of the process is no failure.
          if (!this.#closed) this.#options.onFailure(error)
        })
        .finally(() => this.#schedule())
    }, this.#options.refreshMs)
  }

  async #read(): Promise<void> {
    const { categories, rules } = await this.#options.store.read()
    this.#catalog = createCatalog(categories, rules)
  }
}
