import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { WAIT_MS_MAX } from '../eventually.js'
import { methodNamed } from './contract.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'
import { signToken } from './token.js'

const SERVICE = 'benefits.v1.MerchantRuleService'

/** A merchant rule as it goes over the wire. */
export type WireRule = {
  readonly id?: string
  readonly match?: string
  readonly name?: string
  readonly city?: string
  readonly country?: string
  readonly mcc?: string
  readonly etag?: string
  readonly update_time?: object
  readonly subject?: string
  readonly merchant_tax_id?: string
  readonly acquirer_id?: string
  readonly merchant_id?: string
}

type RuleAnswer = { readonly merchant_rule: WireRule }

/** The rule that decides for a merchant, and why others do not. */
export type WireResolution = {
  readonly name: string
  readonly city: string
  readonly merchant_rule: WireRule | null
  readonly passed_over: readonly { readonly merchant_rule: WireRule; readonly reason: string }[]
}

/** A request to change a rule: all its fields, or those of the mask. */
export function ruleUpdate(merchant_rule: WireRule, ...paths: readonly string[]) {
  return { merchant_rule, ...(paths.length > 0 && { update_mask: { paths } }) }
}

/** The result of an import, as it comes over the wire; int64 as a string. */
export type WireImport = {
  readonly created_count: string
  readonly changed_count: string
  readonly unchanged_count: string
  readonly rejected_count: string
  readonly rejected_rules: readonly {
    readonly index: string
    readonly merchant_rule_id: string
    readonly reason: string
    readonly other_index?: string
    readonly other_merchant_rule_id: string
  }[]
}

export type ImportOutcome =
  | { readonly response: WireImport; readonly error?: never }
  | { readonly error: RpcError; readonly response?: never }

/** An import in progress. */
export type OpenImport = {
  readonly outcome: Promise<ImportOutcome>
  readonly end: () => void
  readonly cancel: () => void
}

/** Calls benefits.v1.MerchantRuleService over the wire, with a codec of its own. */
export class MerchantRuleCalls {
  readonly #client: Client

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
  }

  /** Calls a method that must succeed. */
  async call<Response>(method: string, request: object): Promise<Response> {
    const outcome = await this.#unary<Response>(method, request)
    if ('error' in outcome) throw new Error(`${method}: ${outcome.error.code}: ${outcome.error.message}`)
    return outcome.response
  }

  /** Calls a method that must fail. */
  async fail(method: string, request: object): Promise<RpcError> {
    const outcome = await this.#unary(method, request)
    if (!('error' in outcome)) throw new Error(`no error, but ${JSON.stringify(outcome.response)}`)
    return outcome.error
  }

  /** Creates a rule, and returns it as stored. */
  async create(merchant_rule: WireRule): Promise<WireRule> {
    return (await this.call<RuleAnswer>('CreateMerchantRule', { merchant_rule })).merchant_rule
  }

  /** Reads a stored rule. */
  async get(merchant_rule_id: string): Promise<WireRule> {
    return (await this.call<RuleAnswer>('GetMerchantRule', { merchant_rule_id })).merchant_rule
  }

  /** Sends the messages of an import, and waits for the answer. */
  import(messages: readonly (readonly WireRule[])[]): Promise<ImportOutcome> {
    const { end, outcome } = this.beginImport(messages)
    end()
    return outcome
  }

  /** Sends messages of an import that the caller later ends or cuts. */
  beginImport(messages: readonly (readonly WireRule[])[]): OpenImport {
    const method = methodNamed<object, WireImport>(SERVICE, 'ImportMerchantRules')
    let answer: (outcome: ImportOutcome) => void
    const outcome = new Promise<ImportOutcome>((resolve) => {
      answer = resolve
    })
    const stream = this.#client.makeClientStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      metadata(),
      { deadline: Date.now() + WAIT_MS_MAX },
      (error, response) => {
        if (response) answer({ response })
        else if (error) answer({ error: rpcErrorOf(error) })
      },
    )
    for (const merchant_rules of messages) stream.write({ merchant_rules })
    return { outcome, end: () => stream.end(), cancel: () => stream.cancel() }
  }

  /** All rules. */
  async export(): Promise<readonly WireRule[]> {
    const method = methodNamed<object, { merchant_rules: WireRule[] }>(SERVICE, 'ExportMerchantRules')
    const pieces: AsyncIterable<{ merchant_rules: WireRule[] }> = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      {},
      metadata(),
      { deadline: Date.now() + WAIT_MS_MAX },
    )
    const rules: WireRule[] = []
    for await (const { merchant_rules } of pieces) rules.push(...merchant_rules)
    return rules
  }

  close(): void {
    this.#client.close()
  }

  #unary<Response>(
    name: string,
    request: object,
  ): Promise<{ readonly response: Response } | { readonly error: RpcError }> {
    const method = methodNamed<object, Response>(SERVICE, name)
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadata(),
        { deadline: Date.now() + WAIT_MS_MAX },
        (error: ServiceError | null, response) => {
          if (response) resolve({ response })
          else if (error) resolve({ error: rpcErrorOf(error) })
        },
      )
    })
  }
}

function metadata(): Metadata {
  const sent = new Metadata()
  sent.set('authorization', `Bearer ${signToken()}`)
  return sent
}
