import { Queues } from './queues.js'
import { readAndWrite } from './read-and-write.js'
import type { Strategy } from './strategy.js'
import { requireTime } from './turn.js'

/** A queue for each account in the memory of the process, and nothing else: right only as long as there is one process. */
export const inProcessQueue: Strategy = (options) => {
  const queues = new Queues()
  return (accountId, purchase, budget) =>
    queues.inTurn(accountId, async () => {
      requireTime(budget)
      return await readAndWrite(options, accountId, purchase)
    })
}
