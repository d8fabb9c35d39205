import { fileURLToPath } from 'node:url'
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader'

const folder = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
/** The contract as a stranger reads it: none of our generated code is involved. int64 are strings. */
const definitions = loadSync(['benefits/v1/authorization.proto', 'benefits/v1/account.proto'], {
  includeDirs: [folder('proto'), folder('third_party/proto')],
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
})
const AUTHORIZATION = 'benefits.v1.AuthorizationService'
const ACCOUNT = 'benefits.v1.AccountService'

/** The service sends it with every error of its own; an error without it comes from the connection. */
const DETAILS_TRAILER = 'grpc-status-details-bin'
/** Statuses of the service that say "nothing was decided, ask again". */
const askAgain: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
])
/** Statuses that grpc-js makes up when a connection breaks. */
const broken: ReadonlySet<status> = new Set([...askAgain, status.INTERNAL, status.UNKNOWN])

/** A method of the contract, by its service's full name and its own. */
export type Method = MethodDefinition<object, object>

/** The methods that the campaign calls. */
export const methods = {
  authorize: methodNamed(AUTHORIZATION, 'Authorize'),
  reverse: methodNamed(AUTHORIZATION, 'Reverse'),
  credit: methodNamed(ACCOUNT, 'Credit'),
  createAccount: methodNamed(ACCOUNT, 'CreateAccount'),
  updateAccount: methodNamed(ACCOUNT, 'UpdateAccount'),
  getAccount: methodNamed(ACCOUNT, 'GetAccount'),
  listTransactions: methodNamed(ACCOUNT, 'ListTransactions'),
} as const

/**
 * What came back of a call. SILENCE: no answer, or one that says to ask again: whether something was done is unknown.
 * REFUSAL: a status that repeating the call would not change.
 */
export type Reply<T> =
  | { readonly type: 'ANSWER'; readonly answer: T }
  | { readonly type: 'SILENCE'; readonly status: string; readonly reason: string }
  | { readonly type: 'REFUSAL'; readonly status: string; readonly reason: string }

/** Calls one service process over the wire. */
export class WireClient {
  readonly #client: Client
  readonly #metadata = new Metadata()

  constructor(address: string, token: string) {
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
    this.#metadata.set('authorization', `Bearer ${token}`)
  }

  /** Calls a method; `T` is what its answers look like once read. */
  call<T>(method: Method, request: object, deadlineMs: number): Promise<Reply<T>> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        // proto-loader does not know what the messages it has loaded look like: whoever calls knows.
        method.responseDeserialize as unknown as (bytes: Buffer) => T,
        request,
        this.#metadata,
        { deadline: Date.now() + deadlineMs },
        (error, answer) => {
          if (error) resolve(replyOf(error))
          else if (answer === undefined)
            resolve({ type: 'SILENCE', status: 'NONE', reason: 'neither an answer nor an error' })
          else resolve({ type: 'ANSWER', answer })
        },
      )
    })
  }

  close(): void {
    this.#client.close()
  }
}

function replyOf({ code, details, metadata }: ServiceError): Reply<never> {
  const fromService = metadata.get(DETAILS_TRAILER).length > 0
  const silence = fromService ? askAgain.has(code) : broken.has(code)
  const name = status[code] ?? 'UNKNOWN'
  return { type: silence ? 'SILENCE' : 'REFUSAL', status: name, reason: `${name}: ${details}` }
}

function methodNamed(service: string, name: string): Method {
  // proto-loader does not tell services from messages.
  const method = (definitions[service] as ServiceDefinition)[name]
  if (!method) throw new Error(`the contract has no method ${service}/${name}`)
  return method
}
