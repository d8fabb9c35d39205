import { randomUUID } from 'node:crypto'
import { type ChannelCredentials, Client, credentials, Metadata } from '@grpc/grpc-js'
import { WAIT_MS_MAX } from '../eventually.js'
import { methodNamed } from './contract.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'
import { signToken } from './token.js'

/** A purchase as it goes over the wire. */
export type AuthorizeRequest = {
  readonly transaction_id: string
  readonly account_id: string
  /** An int64, as a string when a number is too small. */
  readonly amount: number | string
  readonly mcc: string
  readonly merchant: string
  readonly network?: NetworkData
  readonly verification?: boolean
  readonly hold?: object
}

/** What the card network sent with a purchase, as it goes over the wire. */
export type NetworkData = {
  readonly rail?: string
  readonly product?: string
  readonly merchant_id?: string
  readonly merchant_tax_id?: string
  readonly acquirer_id?: string
  readonly terminal_id?: string
  readonly rrn?: string
  readonly network_reference?: string
  readonly currency?: string
  readonly entry_mode?: string
  readonly local_time?: string
}

/** A decision as it comes over the wire; int64 as a string. */
export type AuthorizeResponse = {
  readonly transaction_id: string
  readonly code: string
  readonly decision: string
  readonly reason: string
  readonly iso8583_code: string
  readonly category: string
  readonly effective_mcc: string
  readonly merchant_rule: string
  readonly balance?: string
  readonly replayed: boolean
  readonly decided_at: { readonly seconds: string; readonly nanos: number }
  readonly retry: string
  readonly approved_amount: string
  /** Six characters; empty unless approved. */
  readonly approval_code: string
}

export type Outcome<T> =
  | { readonly response: T; readonly headers: Metadata; readonly error?: never }
  | { readonly error: RpcError; readonly response?: never; readonly headers?: never }

export type CallOptions = {
  /** Sent unchanged as metadata `authorization`; null sends none. Default: "Bearer" and a valid token. */
  readonly authorization?: string | null
  readonly requestId?: string
  /** Further metadata. */
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds from now. Default: {@link WAIT_MS_MAX}. */
  readonly deadlineMs?: number
}

/** The method, for callers that use it in their own way. */
export const authorizeMethod = methodNamed<AuthorizeRequest, AuthorizeResponse>(
  'benefits.v1.AuthorizationService',
  'Authorize',
)

/** A purchase of 10.00 at a bakery that the free balance pays for, under a new id, with the given changes. */
export function purchase(request: Partial<AuthorizeRequest>): AuthorizeRequest {
  return {
    transaction_id: randomUUID(),
    account_id: 'nobody',
    amount: 1_000,
    mcc: '5999',
    merchant: 'PADARIA DO ZE               SAO PAULO BR',
    ...request,
  }
}

/** Calls the service like a payment switch: over the wire, with a codec and a connection of its own. */
export class TestClient {
  readonly #client: Client

  constructor(address: string, security?: ChannelCredentials) {
    this.#client = new Client(address, security ?? credentials.createInsecure(), {
      // TLS requests a server by name, not by address (RFC 6066).
      ...(security && { 'grpc.ssl_target_name_override': 'localhost' }),
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
    })
  }

  /** Sends a purchase, and returns any outcome. */
  authorize(request: AuthorizeRequest, options?: CallOptions): Promise<Outcome<AuthorizeResponse>> {
    return this.authorizeBytes(authorizeMethod.requestSerialize(request), options)
  }

  /** Sends bytes in place of a purchase. */
  authorizeBytes(bytes: Buffer, options: CallOptions = {}): Promise<Outcome<AuthorizeResponse>> {
    return new Promise((resolve, reject) => {
      let headers = new Metadata()
      const { deadlineMs = WAIT_MS_MAX } = options
      const call = this.#client.makeUnaryRequest<Buffer, AuthorizeResponse>(
        authorizeMethod.path,
        (body) => body,
        authorizeMethod.responseDeserialize,
        bytes,
        metadataOf(options),
        { deadline: Date.now() + deadlineMs },
        (error, response) => {
          if (error) resolve({ error: rpcErrorOf(error) })
          else if (response) resolve({ response, headers })
          else reject(new Error('the call ended with neither an answer nor an error'))
        },
      )
      call.on('metadata', (received) => {
        headers = received
      })
    })
  }

  /** Sends a purchase that must be decided, and returns the decision. */
  async decide(request: AuthorizeRequest, options?: CallOptions): Promise<AuthorizeResponse> {
    const { response, error } = await this.authorize(request, options)
    if (!response) throw new Error(`not decided, but ${error.code}: ${error.message}`)
    return response
  }

  /** Sends a purchase that must fail, and returns the error. */
  async fail(request: AuthorizeRequest, options?: CallOptions): Promise<RpcError> {
    const { response, error } = await this.authorize(request, options)
    if (!error) throw new Error(`no error, but the answer ${JSON.stringify(response)}`)
    return error
  }

  close(): void {
    this.#client.close()
  }
}

/** Metadata and deadline of a call. */
export function metadataOf({
  authorization = `Bearer ${signToken()}`,
  requestId,
  headers = {},
}: CallOptions): Metadata {
  const metadata = new Metadata()
  if (authorization !== null) metadata.set('authorization', authorization)
  if (requestId !== undefined) metadata.set('x-request-id', requestId)
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  return metadata
}
