import type { AccountId } from '../../../src/domain/account.js'
import { readAndWrite } from './read-and-write.js'
import type { Strategy } from './strategy.js'
import { requireTime } from './turn.js'

/**
 * A queue for each account in the memory of the process: who comes is served after those who came before. Right only as long as there
 * is one process.
 */
export const inProcessQueue: Strategy = (options) => {
  const queues = new Queues()
  return (accountId, purchase, budget) =>
    queues.inTurn(accountId, async () => {
      requireTime(budget)
      return await readAndWrite(options, accountId, purchase)
    })
}

class Queues {
  readonly #last = new Map<AccountId, Promise<unknown>>()

  inTurn<T>(id: AccountId, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(id)
    const turn = before ? before.then(work, work) : work()
    this.#last.set(id, turn)
    const forget = () => {
      if (this.#last.get(id) === turn) this.#last.delete(id)
    }
    turn.then(forget, forget)
    return turn
  }
}
