import type { Header } from '../../bench/load/hpack.js'
import { AUTHORIZE, bearer, callHeaders, framed, purchase } from './calls.js'
import type { AttackJob } from './job.js'
import { RawConnection } from './raw-connection.js'

/** Calls of one connection, if it lasts. */
const CALLS_MAX = 200

/**
 * Calls over a connection on which a valid token was shown: it is the calls that are to be tried, not the patience with strangers. One that
 * has ended is made again.
 */
export class RawLine {
  readonly #job: AttackJob
  #connection: RawConnection | undefined
  #calls = 0

  constructor(job: AttackJob) {
    this.#job = job
  }

  /** How the call ends; see {@link RawConnection.outcomeOf}. */
  async call(headers: readonly Header[], data: Buffer): Promise<string> {
    const connection = await this.#open()
    this.#calls += 1
    return connection ? await connection.call(headers, data) : 'NOT LET IN'
  }

  close(): void {
    this.#connection?.close()
  }

  async #open(): Promise<RawConnection | undefined> {
    if (this.#connection?.isOpen && this.#calls < CALLS_MAX) return this.#connection
    this.#connection?.close()
    this.#calls = 0
    this.#connection = await RawConnection.open(this.#job.target)
    await this.#connection?.call(callHeaders(AUTHORIZE, [bearer(this.#job)]), framed(purchase('known')))
    return this.#connection
  }
}
