import { expect } from 'chai'
import type { Entry } from '../../../src/domain/entry.js'
import type { Step } from '../../support/card-rail/card-steps.js'
import { type Outcome, races } from '../../support/card-rail/races.js'
import { CardAccount, effectOf } from './card-account.js'

/** The effects of two steps, one after the other, and the amounts of FOOD after them. */
function outcomeOf(card: CardAccount, first: Step, second: Step): Outcome {
  const effects = [first, second].map((step) => {
    const { length } = card.past
    step(card)
    const made: readonly Entry[] = card.past.slice(length)
    return made.map(effectOf).join('; ') || 'no entry'
  })
  const { available, held, owed, counted } = card.standing()
  return [effects[0] ?? '', effects[1] ?? '', `${available} ${held} ${owed} ${counted}`]
}

describe('operations that race', () => {
  for (const { race, balance = 1_000n, before, one, other, oneFirst, otherFirst } of races) {
    const start = () => {
      const card = new CardAccount({ FOOD: balance })
      before?.(card)
      return card
    }
    it(`${race}: in this order`, () => {
      expect(outcomeOf(start(), one, other)).to.deep.equal(oneFirst)
    })
    it(`${race}: the other way round`, () => {
      expect(outcomeOf(start(), other, one)).to.deep.equal(otherFirst)
    })
  }
})
