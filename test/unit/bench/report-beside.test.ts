import { expect } from 'chai'
import type { Beside, Measurements, Run } from '../../../bench/report/measurements.js'
import { besideSection } from '../../../bench/report/table-sections.js'
import { invented, result, withoutRuns } from './report-fixture.js'

const quiet: Beside = { modest: { offered: 200, rejected: 0 } }
const loaded: Beside = { modest: { offered: 200, rejected: 3 }, other: { unit: 'credits', perSecond: 1_500 } }

function run(scenario: string, round: number, medianMs: number, beside: Beside): Run {
  const measured = result({ perSecond: 100, medianMs, rejectedPerSecond: 2, offeredPerSecond: 102 })
  return { round, scenario: `beside-${scenario}`, side: 'ours', result: measured, beside, discrepancies: [] }
}

function rowsOf(measurements: Measurements): readonly (readonly string[])[] {
  const tables = besideSection(measurements)?.parts.filter((part) => typeof part === 'object')
  return tables?.flatMap((table) => ('rows' in table ? table.rows : [])) ?? []
}

describe('the section of the report on concurrent work', () => {
  const runs = [
    run('quiet', 1, 10, quiet),
    run('credits', 1, 20, loaded),
    run('quiet', 2, 20, quiet),
    run('credits', 2, 60, loaded),
  ]
  const rows = rowsOf({ ...withoutRuns(), runs })

  it('has a row for each measured kind of work, the quiet purchases first', () => {
    expect(rows.map(([title]) => title)).to.deep.equal(['nothing else', 'BatchCredit at full speed'])
  })

  it('compares each round with its own quiet purchases', () => {
    const [alone, credits] = rows
    expect(alone?.slice(3, 5)).to.deep.equal(['', ''])
    expect(credits?.[3]).to.equal('2.5× (2× to 3×)')
    expect(credits?.[4]).to.match(/^2\.5× /)
  })

  it('counts rejections over all rounds', () => {
    expect(rows[1]?.slice(5, 7)).to.deep.equal(['16 of 816', '6 of 400'])
  })

  it('shows how much of the concurrent work was done', () => {
    expect(rows.map((row) => row[7])).to.deep.equal(['', '1,500 credits'])
  })

  it('is omitted without measurements', () => {
    expect(besideSection(withoutRuns())).to.equal(undefined)
    expect(besideSection({ ...invented(), scenarios: [] })).to.equal(undefined)
  })
})
