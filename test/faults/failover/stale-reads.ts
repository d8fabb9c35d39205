import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../../tools/random.js'
import type { Campaign } from '../harness/campaign.js'
import { methods } from '../harness/wire-client.js'

const ACCOUNT = 'seen-by-all'
const WALLET = 'CASH'
const CALL_MS_MAX = 5_000
const PAUSE_MS = 20

type Wallet = { readonly category: string; readonly balance: string }
type Account = { readonly account: { readonly wallets: readonly Wallet[] } }

/**
 * Credits one account, centavo by centavo, and reads it at every process after each acknowledgement. A
 * balance older than the acknowledgement is a stale read.
 */
export class StaleReads {
  readonly #campaign: Campaign
  readonly #random: Random
  #reads = 0

  constructor(campaign: Campaign) {
    this.#campaign = campaign
    this.#random = campaign.fork()
  }

  /** Answered reads. */
  get reads(): number {
    return this.#reads
  }

  /** Credits and reads until `isOver`. */
  async run(isOver: () => boolean): Promise<void> {
    const { client, services } = this.#campaign
    await client.ask({ kind: 'open', accountId: ACCOUNT, id: 'open' }, this.#random)
    for (let credits = 1; !isOver(); credits++) {
      const credit = {
        kind: 'credit',
        accountId: ACCOUNT,
        category: WALLET,
        amount: 1,
        paysOwed: false,
      } as const
      if (!(await client.ask({ ...credit, id: `credit-${credits}` }, this.#random))) return
      // A slow read delays no other read, and may be repeated meanwhile.
      for (let place = 0; place < services.all.length; place++) void this.#read(place, credits)
      await delay(PAUSE_MS)
    }
  }

  async #read(place: number, credits: number): Promise<void> {
    const client = this.#campaign.services.all[place]?.client
    const reply = await client?.call<Account>(methods.getAccount, { account_id: ACCOUNT }, CALL_MS_MAX)
    if (reply?.type !== 'ANSWER') return
    this.#reads += 1
    const { wallets } = reply.answer.account
    const balance = Number(wallets.find(({ category }) => category === WALLET)?.balance ?? 0)
    if (balance >= credits) return
    const detail = `process ${place + 1} showed ${balance} centavos after ${credits} were acknowledged`
    this.#campaign.problems.found({ kind: 'STALE', accountId: ACCOUNT, detail })
  }
}
