import { expect } from 'chai'
import fc from 'fast-check'
import {
  type CountedDays,
  dayFields,
  joinDays,
  sumOfDays,
  takeNewest,
  takeOldest,
} from '../../../src/domain/counted-days.js'
import { smaller } from '../../../src/domain/money.js'

const first = { day: '2026-01-01', amount: 10n }
const second = { day: '2026-01-02', amount: 5n }
const days: CountedDays = [first, second]

const anyDays: fc.Arbitrary<CountedDays> = fc
  .uniqueArray(
    fc.record({
      day: fc.integer({ min: 10, max: 31 }).map((day) => `2026-01-${day}`),
      amount: fc.bigInt({ min: 1n, max: 50n }),
    }),
    { selector: ({ day }) => day, maxLength: 6 },
  )
  .map((some) => joinDays(some, []))

describe('counted days', () => {
  it('are joined day by day, in the order of the days', () => {
    expect(joinDays([second], [{ ...first, amount: 1n }, second])).to.deep.equal([
      { ...first, amount: 1n },
      { ...second, amount: 10n },
    ])
  })

  it('lose the oldest first', () => {
    expect(takeOldest(days, 12n)).to.deep.equal({
      taken: [first, { ...second, amount: 2n }],
      left: [{ ...second, amount: 3n }],
    })
  })

  it('lose the newest first', () => {
    expect(takeNewest(days, 12n)).to.deep.equal({
      taken: [{ ...first, amount: 7n }, second],
      left: [{ ...first, amount: 3n }],
    })
  })

  it('lose no more than they have', () => {
    for (const take of [takeOldest, takeNewest])
      expect(take(days, 99n)).to.deep.equal({ taken: days, left: [] })
  })

  it('are divided without a loss, whatever is taken', () => {
    fc.assert(
      fc.property(anyDays, fc.bigInt({ min: 0n, max: 200n }), (some, amount) => {
        for (const take of [takeOldest, takeNewest]) {
          const { taken, left } = take(some, amount)
          expect(joinDays(taken, left)).to.deep.equal(some)
          expect(sumOfDays(taken)).to.equal(smaller(amount, sumOfDays(some)))
        }
      }),
    )
  })

  it('are written as one day when it has the whole amount', () => {
    expect(dayFields([first], 10n)).to.deep.equal({ day: first.day })
    expect(dayFields([first], 12n)).to.deep.equal({ days: [first] })
    expect(dayFields(days, 15n)).to.deep.equal({ days })
    expect(dayFields([], 0n)).to.deep.equal({})
  })
})
