import { randomUUID } from 'node:crypto'
import { type CardRail, cardRail } from '../../../src/application/card-rail.js'
import type { Clock } from '../../../src/application/clock.js'
import { reverse } from '../../../src/application/reverse.js'
import type { Account } from '../../../src/domain/account.js'
import type { Entry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import type { Reversal } from '../../../src/domain/reverse.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { type Core, systemClock } from '../../../src/service/core.js'
import { decideOn, somePurchase } from '../processes/engines.js'
import { testBudget } from './accounts.js'

/** A clock that a test moves forward. */
export class MovedClock implements Clock {
  #aheadMs = 0

  now(): Date {
    return new Date(systemClock.now().getTime() + this.#aheadMs)
  }

  monotonicMs(): number {
    return systemClock.monotonicMs()
  }

  advance(ms: number): void {
    this.#aheadMs += ms
  }
}

/** The fields of a request that these tests leave out, with an amount as a plain number of centavos. */
type Asked<Request> = Partial<Omit<Request, 'amount'>> & { readonly amount: bigint }
type Asks<Operation extends keyof CardRail> = Asked<Parameters<CardRail[Operation]>[1]>

/**
 * The card rail's calls on one account. Each resolves to the recorded entry. By default they name the
 * purchase `held`, which CASH pays.
 */
export function cardRailCalls(core: Core, accountId: string) {
  const rail = cardRail(core)
  const message = { mcc: '5999', merchant: '', originalId: 'held' }
  const full = <R extends { readonly amount: bigint }>({ amount, ...asked }: R) => ({
    transactionId: randomUUID(),
    ...message,
    ...asked,
    amount: centavos(amount),
  })
  return {
    hold: async (amount: bigint, { id = 'held', seconds = 60 } = {}) => {
      const hold = { expiresInSeconds: seconds }
      const asked = somePurchase({ transactionId: id, amount: centavos(amount), hold })
      return entryOf(await decideOn(core, accountId, asked))
    },
    buy: async (amount: bigint) =>
      entryOf(await decideOn(core, accountId, somePurchase({ amount: centavos(amount) }))),
    increment: async (amount: bigint) => {
      const { transactionId, originalId, amount: more } = full({ amount })
      return entryOf(
        await rail.increment(accountId, { transactionId, originalId, amount: more }, testBudget()),
      )
    },
    capture: async (asked: Asks<'capture'>) =>
      entryOf(await rail.capture(accountId, full(asked), testBudget())),
    advise: async (asked: Asks<'advise'>) => entryOf(await rail.advise(accountId, full(asked), testBudget())),
    refund: async (asked: Asks<'refund'>) => entryOf(await rail.refund(accountId, full(asked), testBudget())),
    reverse: async ({ amount, ...asked }: Asked<Reversal>) => {
      const reversal = { transactionId: randomUUID(), originalId: 'held', described: {}, ...asked }
      const verdict = await reverse(
        core.engine,
        accountId,
        { ...reversal, amount: centavos(amount) },
        testBudget(),
      )
      return entryOf(verdict)
    },
  }
}

/** The recorded entry of a verdict. */
function entryOf<E extends Entry>(verdict: Verdict<E, string>): E {
  if (verdict.type !== 'RECORD') throw new Error(`nothing was recorded: ${verdict.type}`)
  return verdict.entry
}

/** An account as it is stored, which must exist. */
export async function storedAccount(core: Core, accountId: string): Promise<Account> {
  const account = (await core.accounts.load([accountId])).get(accountId)
  if (!account) throw new Error(`there is no account ${accountId}`)
  return account
}
