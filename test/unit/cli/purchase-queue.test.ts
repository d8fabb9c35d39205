import { expect } from 'chai'
import fc from 'fast-check'
import type { ClearingLine } from '../../../cli/clearing/clearing-file.js'
import { PurchaseQueue } from '../../../cli/clearing/purchase-queue.js'

/** Lines of purchases of one account. The queue reads nothing else of them. */
function linesOf(purchases: readonly string[]): readonly ClearingLine[] {
  return purchases.map((purchaseId, line) => ({ line, accountId: 'ana', purchaseId }) as ClearingLine)
}

describe('the queue of a clearing file', () => {
  it('gives one line of a purchase at a time, in the order of the file', () => {
    const queue = new PurchaseQueue(linesOf(['a', 'a', 'b', 'a']))
    const [first, second] = [queue.take(), queue.take()]
    expect([first?.line, second?.line, queue.take()]).to.deep.equal([0, 2, undefined])
    if (first) queue.done(first)
    expect(queue.take()?.line).to.equal(1)
  })

  it('gives every line once, each purchase in order, whatever is put back', () => {
    const purchases = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
    const chances = fc.infiniteStream(fc.nat({ max: 3 }))
    fc.assert(
      fc.property(purchases, chances, (names, draws) => {
        const queue = new PurchaseQueue(linesOf(names))
        const done = drained(queue, names.length, () => draws.next().value ?? 0)
        const linesIn = (name: string) =>
          done.filter(({ purchaseId }) => purchaseId === name).map(({ line }) => line)
        for (const name of new Set(names))
          expect(linesIn(name)).to.deep.equal(names.flatMap((each, line) => (each === name ? [line] : [])))
        expect(queue.take()).to.equal(undefined)
      }),
    )
  })
})

/** Takes, puts back and ends lines at random until all have ended, and returns them in that order. */
function drained(queue: PurchaseQueue, count: number, draw: () => number): readonly ClearingLine[] {
  const taken: ClearingLine[] = []
  const done: ClearingLine[] = []
  while (done.length < count) {
    const line = draw() === 0 && taken.length > 0 ? undefined : queue.take()
    if (line) taken.push(line)
    else if (draw() === 0) queue.putBack(taken.splice(0))
    else {
      for (const ended of taken.splice(draw() % taken.length, 1)) {
        queue.done(ended)
        done.push(ended)
      }
    }
  }
  return done
}
