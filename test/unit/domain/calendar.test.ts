import { expect } from 'chai'
import { monthOf } from '../../../src/domain/calendar.js'

describe('month of a day', () => {
  it('is the year and the month', () => {
    expect(monthOf('2026-11-23')).to.equal('2026-11')
  })
})
