import { expect } from 'chai'
import type { Beside, Measurements, Run } from '../../../bench/report/measurements.js'
import { railSection } from '../../../bench/report/rail-section.js'
import { result, withoutRuns } from './report-fixture.js'

function run(scenario: string, round: number, figures: { perSecond: number; medianMs: number }): Run {
  const cpuMs = { service: 800, mongod: 400 }
  return {
    round,
    scenario: `rail-${scenario}`,
    side: 'ours',
    result: result(figures),
    cpuMs,
    discrepancies: [],
  }
}

function tablesOf(measurements: Measurements): readonly (readonly (readonly string[])[])[] {
  const tables = railSection(measurements)?.parts.filter((part) => typeof part === 'object')
  return tables?.flatMap((table) => ('rows' in table ? [table.rows] : [])) ?? []
}

describe('the section of the report on the card rail', () => {
  const other: Beside = { other: { unit: 'expiries', perSecond: 1_500 } }
  const runs = [
    run('purchase', 1, { perSecond: 1_000, medianMs: 10 }),
    run('hold', 1, { perSecond: 900, medianMs: 11 }),
    run('purchase', 2, { perSecond: 500, medianMs: 20 }),
    run('hold', 2, { perSecond: 550, medianMs: 18 }),
    run('quiet', 1, { perSecond: 100, medianMs: 10 }),
    { ...run('expiry', 1, { perSecond: 100, medianMs: 15 }), beside: other },
  ]
  const [closed, open] = tablesOf({ ...withoutRuns(), runs })

  it('compares the requests of each turn with its own purchases', () => {
    expect(closed?.map(([title]) => title)).to.deep.equal(['purchase', 'hold'])
    expect(closed?.map((row) => row[2])).to.deep.equal(['', '1× (0.9× to 1.1×)'])
  })

  it('shows the processor time for one answer', () => {
    // 800 and 400 ms for 4,000 and 2,000 answers.
    expect(closed?.[0]?.slice(4)).to.deep.equal(['300 (200 to 400)', '150 (100 to 200)'])
  })

  it('compares purchases while holds expire with purchases alone', () => {
    const [quiet, expiry] = open ?? []
    expect(quiet?.slice(4)).to.deep.equal(['', '', ''])
    expect(expiry?.[4]).to.equal('1.5×')
    expect(expiry?.[6]).to.equal('1,500 expiries')
  })

  it('is omitted without measurements', () => {
    expect(railSection(withoutRuns())).to.equal(undefined)
  })
})
