import type { Core } from '../../../src/service/core.js'
import type { CardMethod, CardRailClient, CardTransaction } from '../clients/card-rail-client.js'
import { testBudget } from '../database/accounts.js'
import { type Over, type RecordedStep, recorded, type Standing, type Step } from './card-steps.js'

/** Days after which a hold of the default policy is due. */
const HOLD_DAYS = 7
const DAY_MS = 86_400_000

export type WireCardOptions = {
  readonly client: CardRailClient
  readonly accountId: string
  /** An engine on the same database whose clock is more than a week ahead. */
  readonly ahead: Pick<Core, 'engine'>
}

/** An account that takes steps over the wire, one call each. */
export class WireCard {
  readonly #options: WireCardOptions
  #waitedMs = 0
  #ids = 0

  constructor(options: WireCardOptions) {
    this.#options = options
  }

  /** Takes steps, one after the other. */
  async take(step: Step): Promise<void> {
    for (const one of recorded(step)) await this.#takeOne(one)
  }

  /** Lists the entries, oldest first, without those of the account itself. */
  async entries(): Promise<readonly CardTransaction[]> {
    const account_id = this.#options.accountId
    const { transactions } = await this.#options.client.ask('ListTransactions', {
      account_id,
      page_size: 100,
    })
    return transactions.filter(({ kind }) => kind !== 'TRANSACTION_KIND_ADMIN').reverse()
  }

  /** The parts of FOOD, and what its latest day counts. */
  async standing(): Promise<Standing> {
    const { account } = await this.#options.client.ask('GetAccount', { account_id: this.#options.accountId })
    const food = account.wallets.find(({ category }) => category === 'FOOD')
    return {
      available: BigInt(food?.balance ?? 0),
      held: BigInt(food?.held ?? 0),
      owed: BigInt(food?.owed ?? 0),
      counted: BigInt(food?.spending?.day_amount ?? 0),
    }
  }

  async #takeOne(step: RecordedStep): Promise<void> {
    const { client, accountId: account_id } = this.#options
    switch (step.name) {
      case 'wait':
        this.#waitedMs += Math.round(step.days * DAY_MS)
        return
      case 'expire':
        await this.#expireDue()
        return
      case 'set':
        await client.ask('UpdateAccount', {
          account: { id: account_id, status: `ACCOUNT_STATUS_${step.status}` },
          update_mask: { paths: ['status'] },
        })
        return
      default:
        await this.#expireDue()
        await client.ask(methods[step.name], { ...this.#request(step.name, step.over), account_id })
    }
  }

  /** Once holds are due, lets the engine that is ahead expire them. It does nothing else. */
  async #expireDue(): Promise<void> {
    const { ahead, accountId } = this.#options
    if (this.#waitedMs < HOLD_DAYS * DAY_MS) return
    await ahead.engine.execute(
      {
        accountId,
        lane: 'BACK_OFFICE',
        transactionIds: [],
        decide: () => ({ type: 'REJECTED', rejection: 'NOTHING' }),
      },
      testBudget(),
    )
  }

  #request(name: Asking, { amount, originalId, mcc = '5411', request, advice, paysOwed }: Over): object {
    const original = { original_transaction_id: originalId ?? 'tx-1' }
    const message = { transaction_id: this.#id(), amount: String(amount ?? 100n), mcc, merchant: 'MERCADO' }
    const { transaction_id } = message
    switch (name) {
      case 'buy':
        return { ...message, transaction_id: 'tx-1' }
      case 'hold':
        return { ...message, transaction_id: 'tx-1', hold: {} }
      case 'increment':
        return { transaction_id, ...original, amount: message.amount }
      case 'capture':
        return { ...message, ...original }
      case 'captureSome':
        return { ...message, ...original, more_to_come: true }
      case 'advise':
        return { ...message, original_transaction_id: originalId ?? '' }
      case 'refund':
        return { ...message, ...original, request: request ?? false }
      case 'refundAny':
        return { ...message, request: request ?? false }
      case 'reverse':
        return {
          ...{ transaction_id, ...original, advice: advice ?? false },
          ...(amount !== undefined && { amount: String(amount) }),
        }
      case 'credit':
        return { transaction_id, category: 'FOOD', amount: message.amount, pays_owed: paysOwed ?? false }
    }
  }

  #id(): string {
    this.#ids += 1
    return `step-${this.#ids}`
  }
}

type Asking = Extract<RecordedStep, { readonly over: Over }>['name']

const methods: Readonly<Record<Asking, CardMethod>> = {
  buy: 'Authorize',
  hold: 'Authorize',
  increment: 'Increment',
  capture: 'Capture',
  captureSome: 'Capture',
  advise: 'Advise',
  refund: 'Refund',
  refundAny: 'Refund',
  reverse: 'Reverse',
  credit: 'Credit',
}

/** The reason of an entry, and how it changed its wallet, as the tests of the domain write it. */
export function effectOf({ kind, reason, category, ...deltas }: CardTransaction): string {
  const what = kind === 'TRANSACTION_KIND_CREDIT' ? 'CREDIT' : reason.replace('REASON_', '')
  if (category === '') return `${what}, nothing moved`
  return `${what} ${category} ${deltas.delta} held ${deltas.held_delta} owed ${deltas.owed_delta}`
}
