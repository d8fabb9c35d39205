import {
  Client,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { methodNamed } from '../../support/clients/contract.js'

const AUTHORIZATION = 'benefits.v1.AuthorizationService'
const ACCOUNT = 'benefits.v1.AccountService'
const CARD_RAIL = 'benefits.v1.CardRailService'

/** The service sends it with each of its own errors. An error without it comes from the connection. */
const DETAILS_TRAILER = 'grpc-status-details-bin'
/** Statuses of the service that mean: undecided, ask again. */
const askAgain: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
])
/** Statuses that grpc-js creates when a connection breaks. */
const broken: ReadonlySet<status> = new Set([...askAgain, status.INTERNAL, status.UNKNOWN])

export type Method = MethodDefinition<object, object>

/** The methods that campaigns call. */
export const methods = {
  authorize: methodNamed<object, object>(AUTHORIZATION, 'Authorize'),
  reverse: methodNamed<object, object>(AUTHORIZATION, 'Reverse'),
  increment: methodNamed<object, object>(CARD_RAIL, 'Increment'),
  capture: methodNamed<object, object>(CARD_RAIL, 'Capture'),
  advise: methodNamed<object, object>(CARD_RAIL, 'Advise'),
  refund: methodNamed<object, object>(CARD_RAIL, 'Refund'),
  credit: methodNamed<object, object>(ACCOUNT, 'Credit'),
  createAccount: methodNamed<object, object>(ACCOUNT, 'CreateAccount'),
  updateAccount: methodNamed<object, object>(ACCOUNT, 'UpdateAccount'),
  getAccount: methodNamed<object, object>(ACCOUNT, 'GetAccount'),
  getPurchase: methodNamed<object, object>(ACCOUNT, 'GetPurchase'),
  listTransactions: methodNamed<object, object>(ACCOUNT, 'ListTransactions'),
} as const

/**
 * The outcome of a call. SILENCE: no answer, or a status that asks for a retry; the call may have taken
 * effect or not. REJECTION: a status that a retry would not change.
 */
export type Reply<T> =
  | { readonly type: 'ANSWER'; readonly answer: T }
  | { readonly type: 'SILENCE'; readonly status: string; readonly reason: string }
  | { readonly type: 'REJECTION'; readonly status: string; readonly reason: string }

/** Calls one service process over the wire. */
export class WireClient {
  readonly #client: Client
  readonly #metadata = new Metadata()

  constructor(address: string, token: string) {
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
    this.#metadata.set('authorization', `Bearer ${token}`)
  }

  /** Calls a method; `T` is the type of its answers. */
  call<T>(method: Method, request: object, deadlineMs: number): Promise<Reply<T>> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        // The contract is loaded at run time: the caller knows the type of an answer.
        method.responseDeserialize as unknown as (bytes: Buffer) => T,
        request,
        this.#metadata,
        { deadline: Date.now() + deadlineMs },
        (error, answer) => {
          if (error) resolve(replyOf(error))
          else if (answer !== undefined) resolve({ type: 'ANSWER', answer })
          else resolve({ type: 'SILENCE', status: 'NONE', reason: 'neither an answer nor an error' })
        },
      )
    })
  }

  /** Calls a method that must answer. */
  async must(method: Method, request: object, deadlineMs: number): Promise<void> {
    const reply = await this.call<object>(method, request, deadlineMs)
    if (reply.type !== 'ANSWER') throw new Error(`${method.path}: ${reply.reason}`)
  }

  close(): void {
    this.#client.close()
  }
}

function replyOf({ code, details, metadata }: ServiceError): Reply<never> {
  const isOfService = metadata.get(DETAILS_TRAILER).length > 0
  const isSilence = isOfService ? askAgain.has(code) : broken.has(code)
  const name = status[code] ?? 'UNKNOWN'
  return { type: isSilence ? 'SILENCE' : 'REJECTION', status: name, reason: `${name}: ${details}` }
}
