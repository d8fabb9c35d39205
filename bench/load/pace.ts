import type { CallTimes } from './call.js'
import type { Measurement } from './measurement.js'

/** Decides when the next request is sent. */
export type Pace = {
  start(): void
  /** A call has ended. */
  ended(): void
  /** Nothing more is sent. Returns when each of the requests that were still waiting to be sent had arrived. */
  stop(): readonly number[]
}

/** Sends requests, and knows how many are under way. */
export type Sender = {
  readonly underWay: number
  readonly measurement: Measurement
  /** Sends the next request of the workload. */
  send(times: CallTimes): void
}
