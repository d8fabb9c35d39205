import { isDeepStrictEqual } from 'node:util'
import type { Random } from '../../../tools/random.js'
import type { CardPurchase, CardWallet } from '../../support/clients/card-rail-client.js'
import { eventually } from '../../support/eventually.js'
import type { Book, Line, Page } from './book.js'
import { comparePage, type Shown } from './compare-page.js'
import type { Timestamp, Transaction } from './operation.js'
import type { Problems } from './problems.js'
import { answeredSums, purchasesOn, shownSums, stateOf } from './purchase-sums.js'
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
    readonly wallets: readonly CardWallet[]
    readonly holds: readonly { readonly expire_time: Timestamp }[]
  }
}

export type InspectionOptions = {
  readonly services: Services
  readonly client: RetryingClient
  readonly book: Book
  readonly problems: Problems
  readonly random: Random
  /** The latest time by a clock of a service, in milliseconds. */
  readonly nowMs: () => number
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

  /**
   * Compares the sums that the service shows of every purchase that was held, or that another operation names,
   * with those of its answers. Leaves out purchases that lack an answer. Returns the number of purchases.
   */
  async comparePurchases(): Promise<number> {
    const purchases = this.#options.book.pages.flatMap((page) =>
      Array.from(purchasesOn(page), ([id, lines]) => ({ accountId: page.accountId, id, lines })).filter(
        ({ lines }) => (lines.length > 1 || isHold(lines[0])) && lines.every(({ answer }) => answer),
      ),
    )
    await inParallel(purchases, (purchase) => this.#comparePurchase(purchase))
    return purchases.length
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

  async #comparePurchase({ accountId, id, lines }: AskedPurchase): Promise<void> {
    const request = { account_id: accountId, transaction_id: id }
    const found = await this.#call<{ purchase: CardPurchase }>(methods.getPurchase, request)
    const shown = found && { ...shownSums(found.purchase), state: found.purchase.state }
    const sums = answeredSums(lines, { isExpired: (shown?.expired ?? 0) > 0 })
    const answered = { ...sums, state: stateOf(sums) }
    if (isDeepStrictEqual(shown, answered)) return
    const detail = `${id} shows ${JSON.stringify(shown)}, answered were ${JSON.stringify(answered)}`
    this.#options.problems.found({ kind: 'SUMS', accountId, detail })
  }

  async #read({ accountId: account_id }: Page): Promise<Shown> {
    const found = await this.#readAccount(account_id)
    if (!found) return { statement: [], version: '0', wallets: new Map() }
    const { version, wallets } = found.account
    return {
      statement: await this.#readStatement(account_id),
      version,
      wallets: new Map(
        wallets.map(({ category, balance, held, owed }) => [
          category,
          { available: Number(balance), held: Number(held), owed: Number(owed) },
        ]),
      ),
    }
  }

  /** Reads an account when its due holds have expired. The service must not need a decision for that. */
  async #readAccount(account_id: string): Promise<Account | undefined> {
    let found: Account | undefined
    await eventually(`${account_id} has no due hold`, async () => {
      found = await this.#call<Account>(methods.getAccount, { account_id })
      const isDue = ({ expire_time }: { expire_time: Timestamp }) =>
        Number(expire_time.seconds) * 1_000 + expire_time.nanos / 1e6 <= this.#options.nowMs()
      return !found?.account.holds.some(isDue)
    })
    return found
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

type AskedPurchase = { readonly accountId: string; readonly id: string; readonly lines: readonly Line[] }

function isHold(line: Line | undefined): boolean {
  return line?.operation.kind === 'authorize' && line.operation.hold !== undefined
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}
