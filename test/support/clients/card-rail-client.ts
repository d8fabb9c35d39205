import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { WAIT_MS_MAX } from '../eventually.js'
import { methodNamed } from './contract.js'
import { type RichStatus, type RpcError, rpcErrorOf } from './rpc-error.js'
import { signToken } from './token.js'

/** An answer as it comes over the wire; int64 as a string. Each method has some of the fields. */
export type CardAnswer = {
  readonly transaction_id: string
  readonly code: string
  readonly iso8583_code: string
  readonly decision: string
  readonly reason: string
  readonly retry: string
  readonly category: string
  readonly balance?: string
  readonly replayed: boolean
  readonly approval_code: string
  readonly held: boolean
  readonly held_until?: unknown
  readonly held_balance?: string
  readonly approved_amount: string
  readonly captured_amount: string
  readonly booked_amount: string
  readonly refunded_amount: string
  readonly released_amount: string
  readonly owed_amount: string
  readonly cancelled_owed_amount: string
  readonly amount: string
}

/** An entry as it comes over the wire; int64 as a string. */
export type CardTransaction = {
  readonly transaction_id: string
  readonly original_transaction_id: string
  readonly seq: string
  readonly kind: string
  readonly reason: string
  readonly category: string
  readonly delta: string
  readonly held_delta: string
  readonly owed_delta: string
  readonly amount: string
}

export type CardPurchase = {
  readonly state: string
  readonly category: string
  readonly transaction_count: string
  readonly transactions: readonly CardTransaction[]
  readonly authorized_amount: string
  readonly incremented_amount: string
  readonly captured_amount: string
  readonly excess_amount: string
  readonly released_amount: string
  readonly expired_amount: string
  readonly reversed_amount: string
  readonly refunded_amount: string
  readonly owed_amount: string
  readonly rest_amount: string
}

export type CardWallet = {
  readonly category: string
  readonly balance: string
  readonly held: string
  readonly owed: string
  readonly spending?: { readonly day_amount: string }
}

type Answers = {
  readonly Authorize: CardAnswer
  readonly Simulate: {
    readonly answer: CardAnswer
    readonly wallets: readonly { readonly category: string; readonly outcome: string }[]
  }
  readonly Reverse: CardAnswer
  readonly Increment: CardAnswer
  readonly Capture: CardAnswer
  readonly Advise: CardAnswer
  readonly Refund: CardAnswer
  readonly GetTransaction: { readonly transaction: CardTransaction }
  readonly GetPurchase: { readonly purchase: CardPurchase }
  readonly GetAccount: {
    readonly account: {
      readonly wallets: readonly CardWallet[]
      readonly holds: readonly { readonly transaction_id: string; readonly rest_amount: string }[]
    }
  }
  readonly ListTransactions: { readonly transactions: readonly CardTransaction[] }
  readonly UpdateAccount: { readonly account: object }
  readonly Credit: { readonly transaction: CardTransaction }
}
export type CardMethod = keyof Answers

const services: Readonly<Record<CardMethod, string>> = {
  Authorize: 'AuthorizationService',
  Simulate: 'AuthorizationService',
  Reverse: 'AuthorizationService',
  Increment: 'CardRailService',
  Capture: 'CardRailService',
  Advise: 'CardRailService',
  Refund: 'CardRailService',
  GetTransaction: 'AccountService',
  GetPurchase: 'AccountService',
  GetAccount: 'AccountService',
  ListTransactions: 'AccountService',
  UpdateAccount: 'AccountService',
  Credit: 'AccountService',
}

/** A line of BookStream, and its answer; one field of each besides the index and the id. */
export type BookLine = Readonly<Record<'capture' | 'advice' | 'refund' | 'reversal', object>>
export type BookAnswer = {
  readonly index: string
  readonly transaction_id: string
} & Partial<Readonly<Record<keyof BookLine, CardAnswer>>> & { readonly error?: RichStatus }

/** Calls the service like a card network and its clearing: over the wire, with a codec of its own. */
export class CardRailClient {
  readonly #client: Client

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.enable_retries': 0,
      // A connection of its own.
      'grpc.use_local_subchannel_pool': 1,
    })
  }

  /** Sends a request that must be answered. */
  async ask<Name extends CardMethod>(name: Name, request: object, scope?: string): Promise<Answers[Name]> {
    const { answer, error } = await this.send(name, request, scope)
    if (!answer) throw new Error(`${name} was not answered, but ${error?.code}: ${error?.message}`)
    return answer
  }

  /** Sends a request that must fail, and returns the error. */
  async fail(name: CardMethod, request: object, scope?: string): Promise<RpcError> {
    const { answer, error } = await this.send(name, request, scope)
    if (!error) throw new Error(`no error of ${name}, but the answer ${JSON.stringify(answer)}`)
    return error
  }

  /** Sends all lines on one stream, and returns the answers in the order of the lines. */
  async book(lines: readonly Partial<BookLine>[], scope?: string): Promise<readonly BookAnswer[]> {
    const method = methodNamed<object, BookAnswer>('benefits.v1.CardRailService', 'BookStream')
    const call: ClientDuplexStream<object, BookAnswer> = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      metadataOf(scope),
      { deadline: Date.now() + WAIT_MS_MAX },
    )
    const answers: BookAnswer[] = []
    call.on('data', (answer: BookAnswer) => answers.push(answer))
    const ended = new Promise<void>((resolve, reject) => {
      call.on('error', (error: ServiceError) => reject(new Error(rpcErrorOf(error).code)))
      call.on('end', resolve)
    })
    for (const line of lines) call.write(line)
    call.end()
    await ended
    return answers.sort((a, b) => Number(a.index) - Number(b.index))
  }

  close(): void {
    this.#client.close()
  }

  /** Sends a request, and returns the answer or the error. */
  send<Name extends CardMethod>(
    name: Name,
    request: object,
    scope?: string,
  ): Promise<{ readonly answer?: Answers[Name]; readonly error?: RpcError }> {
    const method = methodNamed<object, Answers[Name]>(`benefits.v1.${services[name]}`, name)
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadataOf(scope),
        { deadline: Date.now() + WAIT_MS_MAX },
        (error, answer) => resolve({ ...(error && { error: rpcErrorOf(error) }), ...(answer && { answer }) }),
      )
    })
  }
}

/** Metadata with a token. @param scope its scopes; undefined: it names none. */
function metadataOf(scope: string | undefined): Metadata {
  const metadata = new Metadata()
  const token = signToken(scope === undefined ? {} : { claims: { scope } })
  metadata.set('authorization', `Bearer ${token}`)
  return metadata
}
