import { createRequire } from 'node:module'
import fc from 'fast-check'
import { CASES, NONE, type Order, type Report } from './job.js'
import { Switchboard } from './switchboard.js'
import { TestSuite } from './test-suite.js'

/** A process in which tests run: it does as it is told by the one that started it. Its folder is the sandbox. */

// The same cases every time, or a mutant would survive today and not tomorrow. What fails need not be made small.
// Tests that are loaded by require have an instance of their own.
const required: typeof fc = createRequire(import.meta.url)('fast-check')
for (const instance of [fc, required])
  instance.configureGlobal({ seed: 20_261, numRuns: CASES, endOnFailure: true })

const board = new Switchboard()
const suite = new TestSuite(board)
// What a mutant has left behind may go wrong between two runs.
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})

process.on('message', (order: Order) => {
  void carryOut(order).then((report) => process.send?.(report))
})

async function carryOut(order: Order): Promise<Report> {
  switch (order.type) {
    case 'LOAD':
      board.use(order.mutant)
      try {
        await suite.load(order.files)
        return { type: 'LOADED' }
      } catch (error) {
        return { type: 'LOADED', problem: String(error) }
      }
    case 'OBSERVE': {
      const atLoad = [...board.takeSeen()]
      return { type: 'OBSERVED', tests: await suite.observe(), atLoad }
    }
    case 'TRY': {
      board.use(order.mutant)
      const outcome = await suite.attempt(order.tests, (test) =>
        process.send?.({ type: 'BEGUN', test } satisfies Report),
      )
      board.use(NONE)
      return { type: 'TRIED', outcome }
    }
    default:
      return order satisfies never
  }
}
