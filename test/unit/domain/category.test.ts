import { expect } from 'chai'
import { challengeCategories, isCategoryId, isMcc } from '../../../src/domain/category.js'
import { mccSet } from '../../../src/domain/mcc-set.js'

describe('category id', () => {
  for (const text of ['FOOD', 'A', 'HOME_OFFICE', 'A1', 'A_', 'A'.repeat(32)]) {
    it(`may be ${text}`, () => {
      expect(isCategoryId(text)).to.equal(true)
    })
  }

  const rejected = ['', 'food', 'Food', '1A', '_A', 'A.B', 'A$', '$A', 'A B', 'FOOD\n', 'ÉDEN', '__proto__']
  for (const text of [...rejected, 'A'.repeat(33)]) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      expect(isCategoryId(text)).to.equal(false)
    })
  }
})

describe('mcc', () => {
  for (const text of ['5411', '0000', '9999', '0742']) {
    it(`may be ${text}`, () => {
      expect(isMcc(text)).to.equal(true)
    })
  }

  for (const text of [
    '',
    '541',
    '54111',
    '54a1',
    ' 5411',
    '5411 ',
    '5411\n',
    '-541',
    '5.11',
    '٥٤١١',
    '５４１１',
  ]) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      expect(isMcc(text)).to.equal(false)
    })
  }
})

describe('challenge profile', () => {
  const categoryOf = (id: string) => challengeCategories.find((category) => category.id === id)

  it('has FOOD, MEAL and CASH', () => {
    expect(challengeCategories.map(({ id }) => id)).to.have.members(['FOOD', 'MEAL', 'CASH'])
  })

  it('pays 5411 and 5412 from FOOD', () => {
    expect(categoryOf('FOOD')?.mccs).to.deep.equal(mccSet(['5411', '5412']))
  })

  it('pays 5811 and 5812 from MEAL', () => {
    expect(categoryOf('MEAL')?.mccs).to.deep.equal(mccSet(['5811', '5812']))
  })

  it('has CASH as its only free balance', () => {
    expect(challengeCategories.filter(({ free }) => free).map(({ id }) => id)).to.deep.equal(['CASH'])
  })
})
