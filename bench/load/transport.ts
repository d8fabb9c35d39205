import type { Call } from './call.js'
import type { Renewals } from './result.js'

/** Carries calls to the server. Each ends exactly once. */
export type Transport = {
  send(call: Call): void
  /** Of a transport that renews its connections. */
  readonly renewals?: Renewals | undefined
  /** Cuts the connections. */
  close(): void
}
