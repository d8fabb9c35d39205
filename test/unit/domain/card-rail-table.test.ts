import { expect } from 'chai'
import { movementOf, spentBy } from '../../../src/domain/entry.js'
import { table } from '../../support/card-rail/table.js'
import { CardAccount, effectOf } from './card-account.js'

describe('what the card rail sends, row by row', () => {
  for (const { row, steps, effect, spent, after, balance = 1_000n } of table) {
    it(row, () => {
      const card = new CardAccount({ FOOD: balance })
      steps(card)
      const last = card.past.at(-1)
      if (!last) throw new Error('a row has a step')
      expect(effectOf(last)).to.equal(effect)
      const movement = movementOf(last)
      expect(movement && spentBy(movement)).to.equal(spent)
      expect(card.standing()).to.deep.equal(after)
    })
  }
})
