import { expect } from 'chai'
import { movementOf } from '../../../src/domain/entry.js'
import { adminEntryOf, authorizationOf, creditEntryOf, declineOf } from './builders.js'

describe('movement of an entry', () => {
  it('is the debit of an approved purchase', () => {
    const entry = authorizationOf()
    expect(movementOf(entry)).to.equal(entry.movement)
  })

  it('is the amount of a credit', () => {
    const entry = creditEntryOf()
    expect(movementOf(entry)).to.equal(entry.movement)
  })

  it('is absent from a declined purchase', () => {
    expect(movementOf(declineOf())).to.equal(undefined)
  })

  it('is absent from a change of the account', () => {
    expect(movementOf(adminEntryOf())).to.equal(undefined)
  })
})
