import { randomUUID } from 'node:crypto'
import { Client, credentials, status } from '@grpc/grpc-js'
import { eventually } from '../eventually.js'
import { type AuthorizeResponse, authorizeMethod, metadataOf, purchase } from './client.js'

/** Concurrent callers. Each sends its next purchase when the last one is answered. */
const CALLERS = 8
/** Longest time for one call and its retries, in milliseconds. */
const CALL_MS_MAX = 60_000

/**
 * The service config of `.docs/guide/scaling.md`: calls use all addresses in turn, and gRPC retries
 * UNAVAILABLE.
 */
const serviceConfig = JSON.stringify({
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{ service: 'benefits.v1.AuthorizationService' }],
      retryPolicy: {
        maxAttempts: 5,
        initialBackoff: '0.1s',
        maxBackoff: '1s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
})

export type LoadOptions = {
  /** The addresses of the processes. */
  readonly addresses: readonly string[]
  /** The accounts that pay. */
  readonly accounts: readonly string[]
  /** The amount of each purchase, in centavos. */
  readonly amount: bigint
}

/** An answered purchase. */
export type Answer = { readonly id: string; readonly accountId: string; readonly response: AuthorizeResponse }

/**
 * Callers behind one client that balances by round robin. They send purchases until they are stopped.
 *
 * gRPC retries no call whose answer has begun to arrive when its process is killed. The caller sees
 * UNAVAILABLE, and sends the purchase again with the same id.
 */
export class RoundRobinLoad {
  readonly answers: Answer[] = []
  /** The outcomes of calls other than answers and UNAVAILABLE. */
  readonly failures: string[] = []
  /** Purchases that the caller, not gRPC, sent again. */
  readonly resent: string[] = []
  readonly #options: LoadOptions
  readonly #client: Client
  readonly #callers: Promise<unknown>
  #stopped = false

  constructor(options: LoadOptions) {
    this.#options = options
    this.#client = new Client(`ipv4:${options.addresses.join(',')}`, credentials.createInsecure(), {
      'grpc.service_config': serviceConfig,
      // The client soon uses a process again after it comes back.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
    })
    this.#callers = Promise.all(Array.from({ length: CALLERS }, (_, caller) => this.#run(caller)))
  }

  /** Waits for so many more answers. */
  async more(count: number): Promise<void> {
    const wanted = this.answers.length + count
    await eventually(`${count} more answers`, () => this.answers.length + this.failures.length >= wanted)
  }

  /** Waits for the calls in flight, and closes the client. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#callers
    this.#client.close()
  }

  async #run(caller: number): Promise<void> {
    const { accounts } = this.#options
    const accountId = accounts[caller % accounts.length] ?? ''
    while (!this.#stopped) await this.#buy(accountId, randomUUID())
  }

  #buy(accountId: string, id: string): Promise<void> {
    const amount = Number(this.#options.amount)
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        authorizeMethod.path,
        authorizeMethod.requestSerialize,
        authorizeMethod.responseDeserialize,
        purchase({ transaction_id: id, account_id: accountId, amount }),
        metadataOf({}),
        { deadline: Date.now() + CALL_MS_MAX },
        (error, response) => {
          if (error?.code === status.UNAVAILABLE) {
            this.resent.push(id)
            resolve(this.#buy(accountId, id))
            return
          }
          if (response) this.answers.push({ id, accountId, response })
          else this.failures.push(`${status[error?.code ?? status.UNKNOWN]}: ${error?.details}`)
          resolve()
        },
      )
    })
  }
}
