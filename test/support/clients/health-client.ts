import { Client, type ClientReadableStream, credentials } from '@grpc/grpc-js'
import { eventually, WAIT_MS_MAX } from '../eventually.js'
import { methodNamed } from './contract.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'

type HealthRequest = { readonly service: string }
type HealthResponse = { readonly status: string }

const SERVICE = 'grpc.health.v1.Health'
const check = methodNamed<HealthRequest, HealthResponse>(SERVICE, 'Check')
const watch = methodNamed<HealthRequest, HealthResponse>(SERVICE, 'Watch')

/** Asks for the health of a service without a token, as Kubernetes and other clients do. */
export class HealthClient {
  readonly #client: Client
  readonly #watches: HealthWatch[] = []

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure())
  }

  /** The status of a service (the empty name means all of them), or the failure of the call. */
  check(service: string): Promise<string | RpcError> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        check.path,
        check.requestSerialize,
        check.responseDeserialize,
        { service },
        { deadline: Date.now() + WAIT_MS_MAX },
        (error, response) => resolve(error ? rpcErrorOf(error) : (response?.status ?? 'no answer')),
      )
    })
  }

  /** Watches the status of a service. */
  watch(service: string): HealthWatch {
    const { path, requestSerialize, responseDeserialize } = watch
    const stream = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {
      service,
    })
    const started = new HealthWatch(stream)
    this.#watches.push(started)
    return started
  }

  /** Ends all watches. */
  close(): void {
    for (const started of this.#watches) started.end()
    this.#client.close()
  }
}

/** A watch and its statuses. */
export class HealthWatch {
  readonly #stream: ClientReadableStream<HealthResponse>
  readonly #statuses: string[] = []

  constructor(stream: ClientReadableStream<HealthResponse>) {
    this.#stream = stream
    stream.on('data', ({ status }) => this.#statuses.push(status))
    // The end of the watch is not a status.
    stream.on('error', () => {})
  }

  /** Every status so far, in order. */
  get statuses(): readonly string[] {
    return this.#statuses
  }

  /** Waits until the latest status is this one. */
  async until(status: string): Promise<void> {
    await eventually(`the watch is told ${status}`, () => this.#statuses.at(-1) === status)
  }

  end(): void {
    this.#stream.cancel()
  }
}
