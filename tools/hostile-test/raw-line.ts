import type { Header } from '../../bench/h2/hpack.js'
import type { AttackContext } from './attack.js'
import { AUTHORIZE, bearer, callHeaders, framed, purchase } from './calls.js'
import { RawConnection } from './raw-connection.js'

export type RawLineOptions = {
  readonly context: Pick<AttackContext, 'job'>
  /** Calls of one connection, if it lasts. */
  readonly callsMax: number
}

/** Calls over connections on which a valid token was presented. A connection that has ended, or had its calls, is made again. */
export class RawLine {
  readonly #options: RawLineOptions
  #connection: RawConnection | undefined
  #calls = 0

  constructor(options: RawLineOptions) {
    this.#options = options
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
    const { context, callsMax } = this.#options
    const { job } = context
    if (this.#connection?.isOpen && this.#calls < callsMax) return this.#connection
    this.#connection?.close()
    this.#calls = 0
    this.#connection = await RawConnection.open(job.target)
    await this.#connection?.call(callHeaders(AUTHORIZE, [bearer(job)]), framed(purchase('known')))
    return this.#connection
  }
}
