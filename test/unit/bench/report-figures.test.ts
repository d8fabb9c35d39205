import { expect } from 'chai'
import fc from 'fast-check'
import { figureAt, perAnswerUs, ratioOf } from '../../../bench/report/figures.js'
import { goalOutcomes } from '../../../bench/report/goal-outcome.js'
import { numberText, spreadText } from '../../../bench/report/markdown.js'
import type { Goal, Measurements, Run } from '../../../bench/report/measurements.js'
import { spreadOf } from '../../../bench/report/spread.js'
import { result, withoutRuns } from './report-fixture.js'

const scenario = 'throughput-unary-256'
const ours = { scenario, side: 'ours' }
const rival = { scenario, side: 'wallets' }

/** Measurements with only these values: round, side, and answers per second. */
function measured(
  ...figures: readonly (readonly [round: number, side: string, perSecond: number])[]
): Measurements {
  const runs = figures.map(
    ([round, side, perSecond]): Run => ({
      round,
      scenario,
      side,
      result: result({ perSecond, medianMs: 1 }),
      discrepancies: [],
    }),
  )
  return { ...withoutRuns(), runs }
}

function outcomeOf(measurements: Measurements, goal: Pick<Goal, 'bound'> & Partial<Goal>) {
  const whole = { id: 'goal', title: 'a goal', figure: 'perSecond', of: ours, ...goal } as const
  const [outcome] = goalOutcomes({ ...measurements, goals: [whole] })
  if (!outcome) throw new Error('there is one goal')
  return outcome
}

describe('the spread of rounds', () => {
  it('consists of median, minimum and maximum', () => {
    expect(spreadOf([5, 1, 3])).to.deep.equal({ median: 3, min: 1, max: 5, rounds: 3 })
    expect(spreadOf([4, 1, 2, 3])).to.deep.equal({ median: 2.5, min: 1, max: 4, rounds: 4 })
    expect(spreadOf([7])).to.deep.equal({ median: 7, min: 7, max: 7, rounds: 1 })
    expect(spreadOf([])).to.equal(undefined)
  })

  it('has as many values below the median as above it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const { median } = spreadOf(values) ?? { median: Number.NaN }
        const below = values.filter((value) => value < median).length
        const above = values.filter((value) => value > median).length
        expect(Math.max(below, above)).to.be.at.most(values.length / 2)
      }),
    )
  })
})

describe('a figure', () => {
  it('of several rounds is their spread', () => {
    const measurements = measured([1, 'ours', 300], [2, 'ours', 100], [3, 'ours', 200], [1, 'wallets', 9])
    expect(figureAt(measurements, ours, 'perSecond')).to.include({ median: 200, min: 100, max: 300 })
    expect(figureAt(measurements, { ...ours, side: 'lock' }, 'perSecond')).to.equal(undefined)
  })

  it('is compared within a round, not between medians', () => {
    const measurements = measured(
      ...([
        [1, 'ours', 100],
        [1, 'wallets', 50],
      ] as const),
      ...([
        [2, 'ours', 300],
        [2, 'wallets', 100],
      ] as const),
      ...([
        [3, 'ours', 200],
        [3, 'wallets', 200],
      ] as const),
      [4, 'ours', 1_000_000],
    )
    // The medians would give 250 / 100.
    expect(ratioOf(measurements, { of: ours, over: rival, figure: 'perSecond' })).to.deep.equal({
      median: 2,
      min: 1,
      max: 3,
      rounds: 3,
    })
  })

  it('for processor time is per answer', () => {
    const [run] = measured([1, 'ours', 250]).runs
    // 250 per second, for four seconds.
    expect(run && perAnswerUs(100, run.result.whole)).to.equal(100)
  })
})

describe('a goal', () => {
  const measurements = measured([1, 'ours', 90], [2, 'ours', 100], [3, 'ours', 120])

  it('is met when the median is', () => {
    expect(outcomeOf(measurements, { bound: { atLeast: 100 } })).to.include({
      isMet: true,
      isMetAlways: false,
    })
    expect(outcomeOf(measurements, { bound: { atLeast: 90 } })).to.include({ isMet: true, isMetAlways: true })
    expect(outcomeOf(measurements, { bound: { atLeast: 101 } })).to.include({
      isMet: false,
      isMetAlways: false,
    })
    expect(outcomeOf(measurements, { bound: { atMost: 100 } })).to.include({
      isMet: true,
      isMetAlways: false,
    })
    expect(outcomeOf(measurements, { bound: { atMost: 99 } })).to.include({ isMet: false })
  })

  it('is not met when it was not measured', () => {
    const outcome = outcomeOf(measurements, { of: { ...ours, side: 'lock' }, bound: { atMost: 1 } })
    expect(outcome).to.deep.include({ isMet: false, isMetAlways: false, reached: undefined })
    expect(outcomeOf(measurements, { over: rival, bound: { atLeast: 0 } }).reached).to.equal(undefined)
  })
})

describe('numbers for people', () => {
  it('have three significant digits', () => {
    const shown = [0, 0.012345, 1.2345, 12.345, 123.45, 1234.5, 1_234_567].map(numberText)
    expect(shown).to.deep.equal(['0', '0.0123', '1.23', '12.3', '123', '1,235', '1,234,567'])
  })

  it('show the spread of the rounds, if any', () => {
    expect(spreadText(spreadOf([1, 2, 4]))).to.equal('2 (1 to 4)')
    expect(spreadText(spreadOf([2, 2]))).to.equal('2')
    expect(spreadText(undefined)).to.equal('-')
  })
})
