import { randomUUID } from 'node:crypto'
import type { WallClock } from '../processes/wall-clock.js'
import { AccountClient, type WireSpending, type WireTransaction } from './account-client.js'
import { type AuthorizeResponse, purchase, TestClient } from './client.js'
import { signToken } from './token.js'

/**
 * Validity of the tokens, in milliseconds: the service accepts no token that expires more than ten years
 * ahead.
 */
const LIFETIME_MS = 5 * 366 * 24 * 3_600_000

/** A token that is valid for years before and after the given time, on the clock of the service. */
export function tokenOfYears(nowMs: number): string {
  return signToken({ claims: { exp: Math.floor((nowMs + LIFETIME_MS) / 1_000) } })
}

/** The address of one service, and its clock. */
export class Counter {
  readonly purchases: TestClient
  readonly accounts: AccountClient
  readonly #clock: WallClock

  constructor(address: string, clock: WallClock) {
    this.purchases = new TestClient(address)
    this.#clock = clock
    this.accounts = new AccountClient(address, () => this.token)
  }

  /** A token that the service accepts at the time of its clock. */
  get token(): string {
    return tokenOfYears(this.#clock.nowMs())
  }

  close(): void {
    this.purchases.close()
    this.accounts.close()
  }
}

/**
 * An account with 1,000.00 in FOOD and nothing else, with the limits of its first opening. Used over the
 * wire.
 */
export class CardHolder {
  readonly id: string = randomUUID()

  /** Amounts in centavos. */
  static async open(
    { accounts }: Counter,
    limits: { readonly day_max?: number; readonly month_max?: number } = {},
  ): Promise<CardHolder> {
    const holder = new CardHolder()
    const { id } = holder
    await accounts.ask('CreateAccount', { account_id: id, request_id: 'open' })
    await accounts.ask('Credit', {
      account_id: id,
      transaction_id: 'load',
      category: 'FOOD',
      amount: 100_000,
    })
    const account = { id, limits: { wallets: [{ category: 'FOOD', ...limits }] } }
    await accounts.ask('UpdateAccount', { account, request_id: 'limits' })
    return holder
  }

  /** Buys food for so many centavos. */
  async buy(
    { purchases, token }: Counter,
    amount: number,
    id: string = randomUUID(),
  ): Promise<AuthorizeResponse> {
    const request = purchase({ account_id: this.id, transaction_id: id, amount, mcc: '5411' })
    return await purchases.decide(request, { authorization: `Bearer ${token}` })
  }

  /** Reverses so many centavos of a purchase. */
  async takeBack({ accounts }: Counter, original: string, amount: number): Promise<void> {
    const request = { account_id: this.id, original_transaction_id: original, amount }
    await accounts.ask('Reverse', { ...request, transaction_id: randomUUID() })
  }

  async spending({ accounts }: Counter): Promise<WireSpending | undefined> {
    const { account } = await accounts.ask('GetAccount', { account_id: this.id })
    return account.wallets.find(({ category }) => category === 'FOOD')?.spending
  }

  /** The whole statement, newest first, read page by page. */
  async statement({ accounts }: Counter, page_size: number): Promise<readonly WireTransaction[]> {
    const found: WireTransaction[] = []
    let page_token = ''
    do {
      const page = await accounts.ask('ListTransactions', { account_id: this.id, page_size, page_token })
      found.push(...page.transactions)
      page_token = page.next_page_token
    } while (page_token !== '')
    return found
  }
}

/** A time as it comes over the wire, in ISO 8601. */
export function isoOf({ seconds, nanos }: { readonly seconds: string; readonly nanos: number }): string {
  return new Date(Number(seconds) * 1_000 + nanos / 1_000_000).toISOString()
}
