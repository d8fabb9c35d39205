import type { CatalogDelta } from '../../domain/catalog.js'

/** Where the catalog is kept. */
export interface CatalogStore {
  /**
   * The version that the store has now.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  version(): Promise<bigint>

  /**
   * What has changed since a version, or, without one, everything there is: all of it as of one version. Everything may come
   * also when a version was given, when the store no longer knows what was deleted since.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  read(since?: bigint): Promise<CatalogReading>

  /** Tells as soon as the version may have changed. What it misses (it may miss anything) has to be asked for. */
  watch(listener: CatalogListener): CatalogWatch
}

/** What was read: WHOLE stands in the place of whatever was known, CHANGES go on top of it. */
export type CatalogReading = CatalogDelta & { readonly kind: 'WHOLE' | 'CHANGES' }

export type CatalogListener = {
  readonly onChange: () => void
  /** The store cannot tell at the moment, and will try again. */
  readonly onLost: (error: unknown) => void
}

export type CatalogWatch = {
  /** Tells nothing more. */
  close(): Promise<void>
}
