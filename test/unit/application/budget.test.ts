import { expect } from 'chai'
import { timeBudget } from '../../../src/application/budget.js'
import { HandClock } from './hand-clock.js'

describe('time budget', () => {
  it('is complete at the start', () => {
    expect(timeBudget(100, new HandClock()).remainingMs()).to.equal(100)
  })

  it('shrinks as time passes', () => {
    const clock = new HandClock()
    clock.advance(1_000)
    const budget = timeBudget(100, clock)
    clock.advance(30)
    expect(budget.remainingMs()).to.equal(70)
  })

  it('is negative after its end', () => {
    const clock = new HandClock()
    const budget = timeBudget(100, clock)
    clock.advance(130)
    expect(budget.remainingMs()).to.equal(-30)
  })

  it('ignores jumps of the wall clock', () => {
    let wall = new Date(0)
    const budget = timeBudget(100, { now: () => wall, monotonicMs: () => 5 })
    wall = new Date(86_400_000)
    expect(budget.remainingMs()).to.equal(100)
  })
})
