import { once } from 'node:events'
import {
  Client,
  type ClientWritableStream,
  credentials,
  Metadata,
  type MethodDefinition,
} from '@grpc/grpc-js'
import { AccountServiceService, AccountStatus, TransactionKind } from '../../src/gen/benefits/v1/account.js'
import { Decision } from '../../src/gen/benefits/v1/authorization.js'
import {
  type ImportMerchantRulesRequest,
  MerchantRuleMatch,
  MerchantRuleServiceService,
} from '../../src/gen/benefits/v1/merchant_rule.js'

/** Longest time of a call, in milliseconds: an import of all rules is the longest. */
const CALL_MS_MAX = 60_000
/** Rules in one message of an import, as `./benefits rules import` sends them. */
const RULES_PER_MESSAGE = 80
const PAGE_SIZE = 1_000

const { batchCredit, listAccounts, listTransactions } = AccountServiceService
const { importMerchantRules, exportMerchantRules, listMerchantRules } = MerchantRuleServiceService

type Method<Request> = Pick<MethodDefinition<Request, unknown>, 'path' | 'requestSerialize'>

/** A client of the back office: it reads, loads and changes, and never buys. */
export class BackOffice {
  readonly #client: Client
  readonly #metadata = new Metadata()
  #imports = 0
  #credits = 0

  constructor(options: { readonly port: number; readonly token: string }) {
    this.#client = new Client(`127.0.0.1:${options.port}`, credentials.createInsecure())
    this.#metadata.set('authorization', `Bearer ${options.token}`)
  }

  /** Credits one centavo to account after account in one stream, as fast as the service takes them, and returns how many were made. */
  async credit(accounts: Iterable<string>): Promise<number> {
    const first = this.#credits
    const credits = function* (this: BackOffice) {
      for (const accountId of accounts) {
        this.#credits += 1
        const transactionId = `beside-${this.#credits}`
        yield { transactionId, accountId, category: 'CASH', amount: 1n, paysOwed: false }
      }
    }
    await this.#send(batchCredit, credits.call(this))
    return this.#credits - first
  }

  /** Imports so many rules, all of them changed since the import before, and returns their number. */
  async importRules(count: number): Promise<number> {
    this.#imports += 1
    await this.#send(importMerchantRules, rulesOf(count, this.#imports % 2 === 0 ? '5411' : '5812'))
    return count
  }

  /** Reads all rules. */
  async exportRules(): Promise<void> {
    const { path, requestSerialize } = exportMerchantRules
    const options = { deadline: Date.now() + CALL_MS_MAX }
    const stream = this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      unread,
      {},
      this.#metadata,
      options,
    )
    for await (const _ of stream);
  }

  /** Reads a page of the accounts, of the rules, or of the history of this account. */
  async readPage(which: number, accountId: string): Promise<void> {
    switch (which % 3) {
      case 0:
        return await this.#ask(listAccounts, { ...anyAccount, pageSize: PAGE_SIZE })
      case 1:
        return await this.#ask(listMerchantRules, { ...anyRule, pageSize: PAGE_SIZE })
      default:
        return await this.#ask(listTransactions, { ...anyEntry, accountId, pageSize: PAGE_SIZE })
    }
  }

  close(): void {
    this.#client.close()
  }

  async #ask<Request>({ path, requestSerialize }: Method<Request>, request: Request): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const options = { deadline: Date.now() + CALL_MS_MAX }
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        unread,
        request,
        this.#metadata,
        options,
        (error) => (error ? reject(error) : resolve()),
      )
    })
  }

  async #send<Request>(
    { path, requestSerialize }: Method<Request>,
    requests: Iterable<Request>,
  ): Promise<void> {
    const options = { deadline: Date.now() + CALL_MS_MAX }
    await new Promise<void>((resolve, reject) => {
      const stream = this.#client.makeClientStreamRequest(
        path,
        requestSerialize,
        unread,
        this.#metadata,
        options,
        (error) => (error ? reject(error) : resolve()),
      )
      writeAll(stream, requests).catch(reject)
    })
  }
}

async function writeAll<Request>(
  stream: ClientWritableStream<Request>,
  requests: Iterable<Request>,
): Promise<void> {
  for (const request of requests) if (!stream.write(request)) await once(stream, 'drain')
  stream.end()
}

/** An answer is taken, and not decoded: that is no work of the service. */
function unread(bytes: Buffer): Buffer {
  return bytes
}

function* rulesOf(count: number, mcc: string): Generator<ImportMerchantRulesRequest> {
  for (let start = 0; start < count; start += RULES_PER_MESSAGE) {
    const length = Math.min(RULES_PER_MESSAGE, count - start)
    yield { merchantRules: Array.from({ length }, (_, offset) => ruleAt(start + offset, mcc)) }
  }
}

const anyAccount = { pageToken: '', status: AccountStatus.UNSPECIFIED }
const anyRule = {
  pageToken: '',
  match: MerchantRuleMatch.UNSPECIFIED,
  namePrefix: '',
  city: '',
  country: '',
  mcc: '',
  merchantTaxId: '',
  acquirerId: '',
  merchantId: '',
}
const anyEntry = {
  pageToken: '',
  startTime: undefined,
  endTime: undefined,
  kind: TransactionKind.UNSPECIFIED,
  category: '',
  decision: Decision.UNSPECIFIED,
}

/** Rules that cover no merchant of the load. */
function ruleAt(number: number, mcc: string) {
  return {
    id: `beside-${number}`,
    match: MerchantRuleMatch.PREFIX,
    name: `BESIDE ${number.toString(36)}`,
    city: '',
    country: '',
    mcc,
    etag: '',
    updateTime: undefined,
    subject: '',
    merchantTaxId: '',
    acquirerId: '',
    merchantId: '',
  }
}
