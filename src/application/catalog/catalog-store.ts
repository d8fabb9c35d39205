import type { CatalogDelta } from '../../domain/catalog.js'

/** The store of the catalog. */
export interface CatalogStore {
  /**
   * Returns the current version.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  version(): Promise<bigint>

  /**
   * Reads the changes since a version, or the whole catalog without one: everything as of one version. Also
   * returns the whole catalog when the store no longer knows all deletions since that version.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  read(since?: bigint): Promise<CatalogReading>

  /** Announces possible changes of the version at once. It may miss any change, so callers must also poll. */
  watch(listener: CatalogListener): CatalogWatch
}

/** A read catalog. WHOLE replaces the catalog in use; CHANGES are applied to it. */
export type CatalogReading = CatalogDelta & { readonly kind: 'WHOLE' | 'CHANGES' }

export type CatalogListener = {
  readonly onChange: () => void
  /** Called when the store cannot announce changes at the moment. It will try again. */
  readonly onLost: (error: unknown) => void
}

export type CatalogWatch = {
  /** Ends the announcements. */
  close(): Promise<void>
}
