import { expect } from 'chai'
import { categoryProfiles, isProfileName } from '../../../src/domain/category-profile.js'
import { permissivePolicy, samePolicy } from '../../../src/domain/mcc-policy.js'
import { mccItems } from '../../../src/domain/mcc-set.js'

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

  it('for Brazil pay regulated money over the voucher function alone, and all other money elsewhere', () => {
    const { categories } = categoryProfiles.brazil
    const regulated = categories.filter((category) => category.regulated)
    expect(regulated.map(({ id }) => id)).to.deep.equal(['FOOD', 'MEAL', 'CULTURE'])
    for (const { id, rails } of categories) {
      const isRegulated = regulated.some((category) => category.id === id)
      expect(rails, id).to.deep.equal(isRegulated ? ['VOUCHER'] : ['CREDIT', 'DEBIT'])
    }
  })

  it('for Brazil forbid alcohol, tobacco, cash and gambling as received', () => {
    const { neverPermitted, neverPermittedAsReceived } = categoryProfiles.brazil
    expect(mccItems(neverPermittedAsReceived)).to.deep.equal(['5921', '5993', '6010', '6011', '7995'])
    expect(mccItems(neverPermitted)).to.include.members(mccItems(neverPermittedAsReceived))
  })

  it('of the challenge permit every MCC', () => {
    expect(samePolicy(categoryProfiles.challenge, permissivePolicy)).to.equal(true)
  })

  it('of the challenge pay over any rail', () => {
    for (const { rails, regulated } of categoryProfiles.challenge.categories) {
      expect([rails, regulated]).to.deep.equal([[], false])
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
