import { expect } from 'chai'
import * as authorize from '../../src/application/authorize.js'
import * as budget from '../../src/application/budget.js'
import * as cardRail from '../../src/application/card-rail.js'
import * as limits from '../../src/application/change-limits.js'
import * as status from '../../src/application/change-status.js'
import * as credit from '../../src/application/credit-account.js'
import * as engine from '../../src/application/engine/engine.js'
import * as poster from '../../src/application/engine/ledger-poster.js'
import * as errors from '../../src/application/errors.js'
import * as expireHolds from '../../src/application/expire-holds.js'
import * as open from '../../src/application/open-account.js'
import * as reverse from '../../src/application/reverse.js'
import { numbersFrom, simulate } from '../simulation/histories.js'
import type { Outcome } from '../simulation/simulation.js'
import type { Subject } from '../support/engine-sources.js'

/** Few enough to run with every mutant of the engine, and always the same. `make test` simulates more. */
const SEEDS = 48

// Loaded with the tests: modules that a test loads would keep the mutant of that moment permanently.
const subject: Subject = {
  ...{ authorize, budget, cardRail, credit, engine, errors, expireHolds },
  ...{ limits, open, reverse, poster, status },
}

describe('simulated histories of the engine', () => {
  it('contain no error', async () => {
    const wrong: string[] = []
    const onEnd = (seed: number, { violation }: Outcome): boolean => {
      if (violation !== undefined) wrong.push(`seed=${seed}: ${violation}`)
      return wrong.length === 0
    }
    await simulate(numbersFrom(0, SEEDS), { subject, onEnd })
    expect(wrong).to.deep.equal([])
  })
})
