import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../../tools/random.js'
import type { Book } from './book.js'
import { CardRailLoad } from './card-rail-load.js'
import type { Answer, Of, Operation } from './operation.js'
import type { Problems } from './problems.js'
import type { RetryingClient } from './retrying-client.js'

const WORKERS = 24
const HOT_ACCOUNTS = 4
/** Accounts that are opened one after another during the campaign, and then used at random. */
const COLD_ACCOUNTS_MAX = 2_000

const categories = ['FOOD', 'MEAL', 'CASH'] as const
const mccs = ['5411', '5811', '5999'] as const
const merchants = [
  '',
  'PADARIA DO ZE               SAO PAULO BR',
  'UBER EATS                   SAO PAULO BR',
] as const

/** Possible outcomes of a purchase after an early partial reversal. */
const paidOrNot = ['REASON_APPROVED', 'REASON_INSUFFICIENT_BALANCE']

export type Between = { readonly min: number; readonly max: number }

export type LoadOptions = {
  readonly client: RetryingClient
  readonly book: Book
  readonly problems: Problems
  readonly random: Random
  /**
   * Pause of a worker between two scenarios, in milliseconds: the services share the processors with the load.
   */
  readonly pauseMs: Between
  readonly signal: AbortSignal
}

/**
 * The load of many concurrent callers: purchases on a few hot and many cold accounts, all that the card rail
 * sends besides, credits, early reversals, blocking and unblocking, repeats of any earlier operation, new
 * accounts. Some requests are sent twice at once.
 */
export class Load {
  readonly #options: LoadOptions
  readonly #accounts: string[] = []
  readonly #cardRail: CardRailLoad
  #ids = 0
  #ending = false
  #workers: Promise<unknown> = Promise.resolve()

  constructor(options: LoadOptions) {
    this.#options = options
    this.#cardRail = new CardRailLoad({
      ask: (operation, random) => this.#ask(operation, random),
      newId: () => this.#newId(),
      newPurchase: (random) => this.#newPurchase(this.#anyAccount(random), random),
    })
  }

  /** Opens the hot accounts, then starts all workers. */
  async start(): Promise<void> {
    const { random } = this.#options
    for (let hot = 0; hot < HOT_ACCOUNTS; hot++) await this.#open(random.fork())
    // Only one worker blocks accounts, so that each of its changes takes effect.
    const jobs = Array.from({ length: WORKERS }, (_, index) =>
      this.#work(random.fork(), index === 0 ? (own) => this.#block(own) : (own) => this.#anything(own)),
    )
    this.#workers = Promise.all(jobs)
  }

  /** Lets every worker finish its current scenario. */
  async stop(): Promise<void> {
    this.#ending = true
    await this.#workers
  }

  async #work(random: Random, scenario: (random: Random) => Promise<unknown>): Promise<void> {
    while (!this.#ending && !this.#options.signal.aborted) {
      await scenario(random)
      await delay(random.between(this.#options.pauseMs))
    }
  }

  async #anything(random: Random): Promise<unknown> {
    if (this.#options.book.isFull) return await this.#repeat(random)
    const dice = random.below(100)
    if (dice < 30) return await this.#purchase(random)
    if (dice < 68) return await this.#cardRail.play(random)
    if (dice < 79) return await this.#credit(this.#anyAccount(random), random)
    if (dice < 84) return await this.#reverseAhead(random)
    if (dice < 94) return await this.#repeat(random)
    if (this.#accounts.length < COLD_ACCOUNTS_MAX) return await this.#open(random)
    return await this.#purchase(random)
  }

  async #purchase(random: Random): Promise<void> {
    const operation = this.#newPurchase(this.#anyAccount(random), random)
    const answer = await this.#ask(operation, random)
    if (answer?.entry.reason === 'REASON_APPROVED') this.#cardRail.remember(operation, random)
  }

  /** Asks until there is an answer. */
  async #ask(operation: Operation, random: Random): Promise<Answer | undefined> {
    const { client } = this.#options
    // An impatient switch sends the same message again while the first one is in flight.
    const twice = random.chance(0.1)
    const [answer] = await Promise.all([
      client.ask(operation, random),
      ...(twice ? [client.ask(operation, random.fork())] : []),
    ])
    return answer
  }

  async #credit(accountId: string, random: Random): Promise<void> {
    const [category, amount] = [random.pick(categories), random.between({ min: 1_000, max: 50_000 })]
    const [id, paysOwed] = [this.#newId(), random.chance(0.5)]
    await this.#options.client.ask({ kind: 'credit', accountId, id, category, amount, paysOwed }, random)
  }

  /** Reverses a purchase before it is made, half of the time in part. That amount is not debited later. */
  async #reverseAhead(random: Random): Promise<void> {
    const purchase = this.#newPurchase(this.#anyAccount(random), random)
    const { accountId, id: originalId } = purchase
    const part = random.chance(0.5) ? { amount: random.between({ min: 1, max: purchase.amount }) } : {}
    const [id, isAdvice] = [this.#newId(), random.chance(0.3)]
    const reversal: Of<'reverse'> = { kind: 'reverse', accountId, id, originalId, isAdvice, ...part }
    const first = await this.#options.client.ask(reversal, random)
    this.#expect(reversal, first, ['REASON_REVERSED_BEFORE_PURCHASE'])
    // Without an answer, the service may have received either of the first two.
    if (first === undefined) return
    const late = await this.#options.client.ask(purchase, random)
    const due = purchase.amount - (reversal.amount ?? purchase.amount)
    this.#expect(purchase, late, [
      'REASON_ACCOUNT_BLOCKED',
      ...(due > 0 ? paidOrNot : ['REASON_ALREADY_REVERSED']),
    ])
    if (late?.entry.reason !== 'REASON_APPROVED' || late.amounts.authorized === due) return
    const detail = `${originalId}: ${late.entry.delta} where an early reversal left ${due}`
    this.#options.problems.found({ kind: 'RULE', accountId, detail })
  }

  async #repeat(random: Random): Promise<void> {
    const line = this.#options.book.anyAnswered(random)
    if (line) await this.#options.client.ask(line.operation, random)
  }

  /** Opens an account and loads it. Sometimes a purchase precedes it, and is declined. */
  async #open(random: Random): Promise<void> {
    const accountId = `account-${this.#newId()}`
    if (random.chance(0.3)) {
      const early = this.#newPurchase(accountId, random)
      this.#expect(early, await this.#options.client.ask(early, random), ['REASON_ACCOUNT_NOT_FOUND'])
    }
    const opened = await this.#options.client.ask({ kind: 'open', accountId, id: this.#newId() }, random)
    for (let credits = 0; credits < 2; credits++) await this.#credit(accountId, random)
    if (opened) this.#accounts.push(accountId)
  }

  /** Blocks a cold account, checks that it does not pay, and unblocks it. */
  async #block(random: Random): Promise<void> {
    const accountId = this.#accounts[random.below(this.#accounts.length - HOT_ACCOUNTS) + HOT_ACCOUNTS]
    if (accountId === undefined || this.#options.book.isFull) return
    const { client } = this.#options
    const change = { kind: 'status', accountId } as const
    await client.ask({ ...change, id: this.#newId(), status: 'ACCOUNT_STATUS_BLOCKED' }, random)
    const purchase = this.#newPurchase(accountId, random)
    this.#expect(purchase, await client.ask(purchase, random), ['REASON_ACCOUNT_BLOCKED'])
    await client.ask({ ...change, id: this.#newId(), status: 'ACCOUNT_STATUS_ACTIVE' }, random)
  }

  /** A hot account half of the time. */
  #anyAccount(random: Random): string {
    const among = random.chance(0.5) ? HOT_ACCOUNTS : this.#accounts.length
    return this.#accounts[random.below(among)] ?? ''
  }

  #newPurchase(accountId: string, random: Random): Of<'authorize'> {
    const amount = random.between({ min: 1, max: 3_000 })
    const [mcc, merchant] = [random.pick(mccs), random.pick(merchants)]
    return { kind: 'authorize', accountId, id: this.#newId(), amount, mcc, merchant }
  }

  #newId(): string {
    this.#ids += 1
    return String(this.#ids)
  }

  #expect({ accountId, id }: Operation, answer: Answer | undefined, reasons: readonly string[]): void {
    if (answer === undefined || reasons.includes(answer.entry.reason ?? '')) return
    const detail = `${id}: ${answer.entry.reason} instead of ${reasons.join(' or ')}`
    this.#options.problems.found({ kind: 'RULE', accountId, detail })
  }
}
