import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { WAIT_MS_MAX } from '../eventually.js'
import { methodNamed } from './contract.js'
import { rpcErrorOf } from './rpc-error.js'
import { signToken } from './token.js'

/** Calls methods of one service over the wire, with a codec of its own. */
export class ServiceCalls {
  readonly #service: string
  readonly #client: Client

  /** @param service Full name, such as `benefits.v1.CategoryService`. */
  constructor(address: string, service: string) {
    this.#service = service
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
  }

  /** Calls a method that must succeed. Rejects with an error that shows the status and the reason. */
  call<Response>(method: string, request: object): Promise<Response> {
    const { path, requestSerialize, responseDeserialize } = methodNamed<object, Response>(
      this.#service,
      method,
    )
    const metadata = new Metadata()
    metadata.set('authorization', `Bearer ${signToken()}`)
    const deadline = Date.now() + WAIT_MS_MAX
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        { deadline },
        (error, response) => {
          if (response) resolve(response)
          else reject(new Error(`${method}: ${JSON.stringify(error && rpcErrorOf(error))}`))
        },
      )
    })
  }

  close(): void {
    this.#client.close()
  }
}
