import { expect } from 'chai'
import { numbersFrom, simulate } from '../simulation/histories.js'
import { loadSubject } from '../support/engine-sources.js'

/** Few enough to be tried with every mutant of the engine, and always the same. `make test` simulates more. */
const SEEDS = 48

describe('simulated histories of the engine', () => {
  it('have nothing wrong in them', async () => {
    const subject = await loadSubject()
    const wrong: string[] = []
    const onEnd = (seed: number, { violation }: { readonly violation: string | undefined }): boolean => {
      if (violation !== undefined) wrong.push(`seed=${seed}: ${violation}`)
      return wrong.length === 0
    }
    await simulate(numbersFrom(0, SEEDS), { subject, onEnd })
    expect(wrong).to.deep.equal([])
  })
})
