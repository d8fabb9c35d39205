import { expect } from 'chai'
import { UndecidedError } from '../../../src/application/errors.js'
import { patiently } from '../../../src/grpc/patience.js'

const overloaded = new UndecidedError('OVERLOADED', 'the queue is full')

/** A request that fails with these errors first. */
function failing(...errors: readonly Error[]) {
  const left = [...errors]
  const request = {
    made: 0,
    make: async () => {
      request.made += 1
      const error = left.shift()
      if (error) throw error
      return 'answer'
    },
  }
  return request
}

/** A budget that a wait does not use up, or with nothing left. */
const budgetOf = (remainingMs: number) => ({ remainingMs: () => remainingMs })

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    (value) => {
      throw new Error(`no error, but ${value}`)
    },
    (error: unknown) => error,
  )
}

describe('a patient request', () => {
  it('is made once when it is answered', async () => {
    const request = failing()
    expect(await patiently(budgetOf(1_000), request.make)).to.equal('answer')
    expect(request.made).to.equal(1)
  })

  it('is made again while the queue is full', async () => {
    const request = failing(overloaded, overloaded)
    expect(await patiently(budgetOf(1_000), request.make)).to.equal('answer')
    expect(request.made).to.equal(3)
  })

  it('fails as overloaded when its time does not allow another wait', async () => {
    const request = failing(overloaded)
    expect(await errorOf(patiently(budgetOf(19), request.make))).to.equal(overloaded)
    expect(request.made).to.equal(1)
  })

  for (const error of [new UndecidedError('UNAVAILABLE', 'no primary'), new Error('a bug')]) {
    it(`fails at once with any other error: ${error.message}`, async () => {
      const request = failing(error)
      expect(await errorOf(patiently(budgetOf(1_000), request.make))).to.equal(error)
      expect(request.made).to.equal(1)
    })
  }
})
