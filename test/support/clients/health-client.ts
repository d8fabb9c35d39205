import { Client, type ClientReadableStream, credentials } from '@grpc/grpc-js'
import { eventually, WAIT_MS_MAX } from '../eventually.js'
import { methodNamed } from './contract.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'

type HealthRequest = { readonly service: string }
type HealthResponse = { readonly status: string }

const SERVICE = 'grpc.health.v1.Health'
const check = methodNamed<HealthRequest, HealthResponse>(SERVICE, 'Check')
const watch = methodNamed<HealthRequest, HealthResponse>(SERVICE, 'Watch')

/** Asks for the health of a service as Kubernetes and other clients do: without a token. */
export class HealthClient {
  readonly #client: Client
  readonly #watches: HealthWatch[] = []

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure())
  }

  /** The status of a service (the empty name stands for all of them), or how the call failed. */
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

  /** Has every change of a service's status told. */
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

/** What a watch has been told. */
export class HealthWatch {
  readonly #stream: ClientReadableStream<HealthResponse>
  readonly #statuses: string[] = []

  constructor(stream: ClientReadableStream<HealthResponse>) {
    this.#stream = stream
    stream.on('data', ({ status }) => this.#statuses.push(status))
    // That it ends, and how, is nothing to be told about a status.
    stream.on('error', () => {})
  }

  /** Every status so far, in order. */
  get statuses(): readonly string[] {
    return this.#statuses
  }

  /** Waits until the status told last is this one. */
  async until(status: string): Promise<void> {
    await eventually(`the watch is told ${status}`, () => this.#statuses.at(-1) === status)
  }

  end(): void {
    this.#stream.cancel()
  }
}
