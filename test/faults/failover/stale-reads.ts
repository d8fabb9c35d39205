import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../../tools/random.js'
import type { Trial } from '../harness/campaign.js'
import type { Problems } from '../harness/problems.js'
import { methods } from '../harness/wire-client.js'

const ACCOUNT = 'seen-by-all'
const WALLET = 'CASH'
const CALL_MS_MAX = 5_000
const PAUSE_MS = 20

type Wallet = { readonly category: string; readonly balance: string }
type Account = { readonly account: { readonly wallets: readonly Wallet[] } }

/**
 * Credits one account, centavo by centavo, and reads it at every process each time it was acknowledged: a balance from before the
 * acknowledgement is a stale read.
 */
export class StaleReads {
  readonly #trial: Trial
  readonly #problems: Problems
  readonly #random: Random
  #credits = 0
  #reads = 0

  constructor(trial: Trial, problems: Problems) {
    this.#trial = trial
    this.#problems = problems
    this.#random = trial.fork()
  }

  /** Reads that were answered. */
  get reads(): number {
    return this.#reads
  }

  /** Goes on until it is told to end. */
  async run(isOver: () => boolean): Promise<void> {
    const { asker, services } = this.#trial
    await asker.ask({ kind: 'open', accountId: ACCOUNT, id: 'open' }, this.#random)
    while (!isOver()) {
      const credit = { kind: 'credit', accountId: ACCOUNT, category: WALLET, amount: 1 } as const
      const told = await asker.ask({ ...credit, id: `credit-${this.#credits + 1}` }, this.#random)
      if (!told) return
      this.#credits += 1
      // One that is slow holds up no other, and may be read again meanwhile.
      for (let place = 0; place < services.all.length; place++) void this.#read(place, this.#credits)
      await delay(PAUSE_MS)
    }
  }

  async #read(place: number, credits: number): Promise<void> {
    const client = this.#trial.services.all[place]?.client
    const reply = await client?.call<Account>(methods.getAccount, { account_id: ACCOUNT }, CALL_MS_MAX)
    if (reply?.type !== 'ANSWER') return
    this.#reads += 1
    const { wallets } = reply.answer.account
    const balance = Number(wallets.find(({ category }) => category === WALLET)?.balance ?? 0)
    if (balance >= credits) return
    const detail = `process ${place + 1} showed ${balance} centavos after ${credits} had been acknowledged`
    this.#problems.found({ kind: 'STALE', accountId: ACCOUNT, detail })
  }
}
