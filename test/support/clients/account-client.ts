import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { WAIT_MS_MAX } from '../eventually.js'
import type { NetworkData } from './client.js'
import { methodNamed } from './contract.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'
import { signToken } from './token.js'

/** An account as it comes over the wire; int64 as a string. */
export type WireAccount = {
  readonly id: string
  readonly status: string
  readonly version: string
  readonly wallets: readonly {
    readonly category: string
    readonly balance: string
    readonly spending?: WireSpending
  }[]
}

/** Spending of a wallet, on a day and in its month. */
export type WireSpending = {
  readonly day: string
  readonly day_amount: string
  readonly month_amount: string
}

/** An entry as it comes over the wire; int64 as a string. */
export type WireTransaction = {
  readonly transaction_id: string
  readonly seq: string
  readonly kind: string
  readonly decision: string
  readonly reason: string
  readonly category: string
  readonly delta: string
  readonly account_status: string
  readonly approval_code: string
  /** Absent or null when the network sent nothing. */
  readonly network?: NetworkData | null
  readonly create_time: { readonly seconds: string; readonly nanos: number }
}

export type WireReversal = {
  readonly code: string
  readonly reason: string
  readonly amount: string
  readonly replayed: boolean
}

/** The answers of the methods. */
type Answers = {
  readonly CreateAccount: { readonly account: WireAccount }
  readonly GetAccount: { readonly account: WireAccount }
  readonly UpdateAccount: { readonly account: WireAccount }
  readonly ListAccounts: { readonly accounts: readonly WireAccount[]; readonly next_page_token: string }
  readonly Credit: { readonly transaction: WireTransaction; readonly replayed: boolean }
  readonly GetTransaction: { readonly transaction: WireTransaction }
  readonly ListTransactions: {
    readonly transactions: readonly WireTransaction[]
    readonly next_page_token: string
  }
  readonly Reverse: WireReversal
}
type MethodName = keyof Answers

/** Calls the service like an issuer's back office: over the wire, with a codec of its own. */
export class AccountClient {
  readonly #client: Client
  readonly #token: () => string

  /** @param token Token of each call. Default: a valid one. */
  constructor(address: string, token = () => signToken()) {
    this.#token = token
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
  }

  /** Sends a request that must succeed, and returns the answer. */
  async ask<Name extends MethodName>(name: Name, request: object): Promise<Answers[Name]> {
    const { answer, error } = await this.#send(name, request)
    if (!answer) throw new Error(`not answered, but ${error?.code}: ${error?.message}`)
    return answer
  }

  /** Sends a request that must fail, and returns the status code and reason. */
  async rejection(name: MethodName, request: object): Promise<readonly [string, string | undefined]> {
    const { answer, error } = await this.#send(name, request)
    if (!error) throw new Error(`no error, but the answer ${JSON.stringify(answer)}`)
    return [error.code, error.info?.reason]
  }

  close(): void {
    this.#client.close()
  }

  #send<Name extends MethodName>(
    name: Name,
    request: object,
  ): Promise<{ readonly answer?: Answers[Name]; readonly error?: RpcError }> {
    const service = name === 'Reverse' ? 'AuthorizationService' : 'AccountService'
    const method = methodNamed<object, Answers[Name]>(`benefits.v1.${service}`, name)
    const metadata = new Metadata()
    metadata.set('authorization', `Bearer ${this.#token()}`)
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadata,
        { deadline: Date.now() + WAIT_MS_MAX },
        (error, answer) => resolve({ ...(error && { error: rpcErrorOf(error) }), ...(answer && { answer }) }),
      )
    })
  }
}
