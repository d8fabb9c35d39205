import type { ChangeStream, Db } from 'mongodb'
import type { CatalogListener, CatalogWatch } from '../../application/catalog/catalog-store.js'
import { collections } from '../collections.js'

/**
 * Longest time that the database holds a poll for changes open, in milliseconds. It is less than a socket may
 * be silent.
 */
const AWAIT_MS_MAX = 1_000
/** Pause before a broken stream is reopened, in milliseconds. It doubles up to {@link PAUSE_MS_MAX}. */
const PAUSE_MS = 500
const PAUSE_MS_MAX = 30_000

/** Follows the catalog's changes by a change stream, and reopens the stream when it breaks. */
export class MongoCatalogWatch implements CatalogWatch {
  readonly #db: Db
  readonly #listener: CatalogListener
  #stream: ChangeStream | undefined
  #wake: (() => void) | undefined
  #pauseMs = PAUSE_MS
  #closed = false

  constructor(db: Db, listener: CatalogListener) {
    this.#db = db
    this.#listener = listener
    void this.#run()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake?.()
    await this.#stream?.close()
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#follow()
      } catch (error) {
        if (this.#closed) return
        this.#listener.onLost(error)
        await this.#pause()
      }
    }
  }

  /** Follows one stream until it breaks. The driver itself resumes after the errors that allow it. */
  async #follow(): Promise<void> {
    const stream = this.#db
      .collection(collections.catalog)
      .watch([{ $project: { operationType: 1 } }], { maxAwaitTimeMS: AWAIT_MS_MAX })
    this.#stream = stream
    try {
      for (;;) {
        await stream.next()
        this.#pauseMs = PAUSE_MS
        this.#listener.onChange()
      }
    } finally {
      await stream.close()
    }
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#pauseMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MS_MAX)
  }
}
