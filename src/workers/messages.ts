import type { Config } from '../config.js'
import type { Keys } from '../keys/key-files.js'
import type { MetricsSnapshot } from '../observability/metric-registry.js'

/** Time that a worker has after SHUTDOWN_TIMEOUT_MS, to settle and to close its connections, in milliseconds. Then it is ended. */
export const CLOSE_MS_MAX = 5_000

/** Everything that a worker must know; it reads nothing from the environment, so that all of them do the same. */
export type WorkerStart = {
  /** From 1 to WORKERS; a worker that takes the place of another has its number. */
  readonly worker: number
  readonly config: Config
  readonly mongodbUri: string
  /** As they were when it was told to start. */
  readonly keys: Keys
}

/** What the primary tells a worker. */
export type ToWorker =
  | ({ readonly type: 'START' } & WorkerStart)
  /** Use these from now on. */
  | { readonly type: 'KEYS'; readonly keys: Keys }
  /** Take the connection that comes with this. Wants TAKEN. */
  | { readonly type: 'CONNECTION' }
  /** Wants METRICS. */
  | { readonly type: 'MEASURE' }
  /** Finish what was begun, and end. */
  | { readonly type: 'DRAIN' }

/** What a worker tells the primary. */
export type FromWorker =
  /** It hears what it is told from now on: Node drops what is sent to a worker before its modules are loaded. Wants START. */
  | { readonly type: 'STARTED' }
  /** Every second: its event loop turns. */
  | { readonly type: 'ALIVE' }
  /** It takes connections, and does what it is told. */
  | { readonly type: 'OPEN' }
  /** It cannot be built, and ends. */
  | { readonly type: 'REFUSED'; readonly message: string }
  | { readonly type: 'SERVING'; readonly serving: boolean }
  /** It has the connection that it was given last. */
  | { readonly type: 'TAKEN' }
  | { readonly type: 'METRICS'; readonly snapshot: MetricsSnapshot }
