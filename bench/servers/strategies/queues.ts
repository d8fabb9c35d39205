import type { AccountId } from '../../../src/domain/account-status.js'

/** A queue for each account in the memory of the process: work on one account is done piece by piece, in the order of arrival. */
export class Queues {
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
