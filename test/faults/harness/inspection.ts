import type { Random } from '../../../tools/random.js'
import { eventually } from '../../support/eventually.js'
import type { Book, Page } from './book.js'
import { comparePage, type Shown } from './compare-page.js'
import type { Transaction } from './operation.js'
import type { Problems } from './problems.js'
import type { RetryingClient } from './retrying-client.js'
import type { Services } from './services.js'
import { type Method, methods } from './wire-client.js'

/** Entries on a page of a statement: the maximum of the contract. */
const PAGE_SIZE = 1_000
/** Concurrent calls. */
const CONCURRENCY = 32
const CALL_MS_MAX = 10_000

type Statement = { readonly transactions: readonly Transaction[]; readonly next_page_token: string }
type Account = {
  readonly account: {
    readonly version: string
    readonly wallets: readonly { readonly category: string; readonly balance: string }[]
  }
}

export type InspectionOptions = {
  readonly services: Services
  readonly client: RetryingClient
  readonly book: Book
  readonly problems: Problems
  readonly random: Random
}

/** Compares everything that the services show over the wire with the book, after the load. */
export class Inspection {
  readonly #options: InspectionOptions

  constructor(options: InspectionOptions) {
    this.#options = options
  }

  /** Compares every account, its whole statement and its balances. */
  async compareAll(): Promise<void> {
    const { book, problems } = this.#options
    await inParallel(book.pages, async (page) => {
      for (const problem of comparePage(page, await this.#read(page))) problems.found(problem)
    })
  }

  /** Repeats acknowledged operations: each must get its earlier answer. */
  async repeat(count: number): Promise<void> {
    const { book, client, random } = this.#options
    const lines = Array.from({ length: count }, () => book.anyAnswered(random)).filter(
      (line) => line !== undefined,
    )
    await inParallel(lines, async ({ operation }) => {
      await client.ask(operation, random)
    })
  }

  async #read({ accountId: account_id }: Page): Promise<Shown> {
    const found = await this.#call<Account>(methods.getAccount, { account_id })
    if (!found) return { statement: [], version: '0', balances: new Map() }
    const { version, wallets } = found.account
    return {
      statement: await this.#readStatement(account_id),
      version,
      balances: new Map(wallets.map(({ category, balance }) => [category, BigInt(balance)])),
    }
  }

  async #readStatement(account_id: string): Promise<readonly Transaction[]> {
    const newestFirst: Transaction[] = []
    let page_token = ''
    do {
      const request = { account_id, page_size: PAGE_SIZE, page_token }
      const page = await this.#call<Statement>(methods.listTransactions, request)
      newestFirst.push(...(page?.transactions ?? []))
      page_token = page?.next_page_token ?? ''
    } while (page_token !== '')
    return newestFirst.reverse()
  }

  /** Undefined when the service rejects the request. A service that reconnects to its database is called again. */
  async #call<T>(method: Method, request: object): Promise<T | undefined> {
    const { services, random } = this.#options
    const reply = await eventually(`${method.path} has a reply`, async () => {
      const said = await services.anyClient(random).call<T>(method, request, CALL_MS_MAX)
      return said.type !== 'SILENCE' && said
    })
    return reply.type === 'ANSWER' ? reply.answer : undefined
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}
