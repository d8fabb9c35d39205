import { expect } from 'chai'
import { categoryProfiles, isProfileName } from '../../../src/domain/category-profile.js'

describe('profiles of categories', () => {
  it('of the challenge has its three categories', () => {
    expect(namesIn('challenge')).to.deep.equal(['FOOD Food', 'MEAL Meals', 'CASH Free balance'])
  })

  it('for Brazil has eight categories, in the order in which they pay', () => {
    expect(namesIn('brazil')).to.deep.equal([
      'FOOD Alimentação',
      'MEAL Refeição',
      'MOBILITY Mobilidade',
      'CULTURE Cultura',
      'HEALTH Saúde',
      'EDUCATION Educação',
      'HOME_OFFICE Home office',
      'CASH Saldo livre',
    ])
  })

  it('have one free balance, and accept credits', () => {
    for (const { categories } of Object.values(categoryProfiles)) {
      expect(categories.filter(({ free }) => free).map(({ id }) => id)).to.deep.equal(['CASH'])
      expect(categories.filter(({ creditsClosed }) => creditsClosed)).to.deep.equal([])
    }
  })

  it('are found by name, and unknown names are not', () => {
    expect(['challenge', 'brazil', 'other', 'toString'].map(isProfileName)).to.deep.equal([
      true,
      true,
      false,
      false,
    ])
  })
})

function namesIn(profile: keyof typeof categoryProfiles): readonly string[] {
  return categoryProfiles[profile].categories.map(({ id, displayName }) => `${id} ${displayName}`)
}
