import { expect } from 'chai'
import fc from 'fast-check'
import { Fifo } from '../../../../src/application/engine/fifo.js'

describe('a queue, first in, first out', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant('push' as const) },
    { weight: 2, arbitrary: fc.constant('shift' as const) },
    { weight: 1, arbitrary: fc.constant('pop' as const) },
  )

  it('yields the items of an array', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const fifo = new Fifo<number>()
        const array: number[] = []
        for (const [item, step] of steps.entries()) {
          if (step === 'push') {
            fifo.push(item)
            array.push(item)
          } else {
            expect(fifo[step]()).to.equal(array[step]())
          }
          expect(fifo.size).to.equal(array.length)
          expect(fifo.oldest).to.equal(array[0])
          expect([...fifo]).to.deep.equal(array)
        }
      }),
    )
  })
})
