import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { figuresOf, problemsIn, withFigures } from '../../../../bench/long-run/page.js'
import { pictureOf } from '../../../../bench/long-run/picture.js'
import { judged } from '../../../../bench/long-run/verdict.js'
import { inventedRecord } from './invented-record.js'

const page = readFileSync('.docs/reliability/long-run.md', 'utf8')
const leaky = inventedRecord({ courses: { resident: (minute) => 100 + 5 * minute } })

describe('the page on the long run', () => {
  it('replaces the figures of a run, and nothing else', () => {
    const once = withFigures(page, inventedRecord({}), 'a.svg')
    const twice = withFigures(once, leaky, 'b.svg')
    expect(once).to.include('![Everything over time](a.svg)').and.include('2,520,000')
    expect(twice).to.include('(b.svg)').and.not.include('(a.svg)')
    expect(outside(twice)).to.deep.equal(outside(page))
  })

  it('has a verdict for each judged series', () => {
    const text = withFigures(page, leaky, 'a.svg')
    for (const { title } of judged) expect(text).to.include(`| ${title}`)
    expect(text).to.match(/\| memory, resident, MiB \|.*\| rises \|/)
    expect(text).to.match(/\| latency, p99, ms \|.*\| no \|/)
  })

  it('has no verdicts on a run that is too short', () => {
    expect(withFigures(page, inventedRecord({ minutes: 2 }), 'a.svg')).to.not.include('slope over the run')
  })

  it('is rejected without a place for the figures', () => {
    expect(() => withFigures('# Another page', leaky, 'a.svg')).to.throw('no place')
  })

  it('prints the same at a terminal, with slopes among the problems', () => {
    expect(figuresOf(leaky)).to.include('memory, resident').and.include('2,520,000').and.not.include('![')
    expect(problemsIn({ ...leaky, problems: ['lost'] }))
      .to.have.length(2)
      .and.include('lost')
    expect(problemsIn(inventedRecord({}))).to.deep.equal([])
  })
})

describe('the chart of a long run', () => {
  it('shows each judged series and its slope', () => {
    const svg = pictureOf(leaky)
    const slopes = [...svg.matchAll(/stroke-dasharray="6 4"/g)]
    expect(slopes).to.have.length(judged.length)
    for (const title of ['Latency, p99, ms', 'Unposted entries', 'Waiting requests'])
      expect(svg).to.include(`>${title}</text>`)
    expect(svg).to.not.match(/NaN|undefined|Infinity/)
  })

  it('can be drawn for a run of seconds', () => {
    const svg = pictureOf(inventedRecord({ minutes: 1, courses: { unposted: () => 0 } }))
    expect(svg).to.not.match(/NaN|undefined|Infinity|stroke-dasharray="6 4"/)
  })
})

/** The text before and after the figures. */
function outside(text: string): readonly string[] {
  const lines = text.split('\n')
  const marks = lines.flatMap((line, index) =>
    line.startsWith('<!-- Written by make long-run') ? [index] : [],
  )
  expect(marks).to.have.length(2)
  return [...lines.slice(0, marks[0]), ...lines.slice(marks[1])]
}
