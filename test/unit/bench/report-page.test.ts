import { expect } from 'chai'
import fc from 'fast-check'
import { labelPlaces } from '../../../bench/report/chart.js'
import type { Measurements } from '../../../bench/report/measurements.js'
import { reportOn } from '../../../bench/report/report.js'
import { countAxis, linearScale, logScale, pointScale } from '../../../bench/report/scale.js'
import { invented, withoutRuns } from './report-fixture.js'

/** The first fault of a text as XML, as far as these pictures use XML; undefined without a fault. */
function flawOf(xml: string): string | undefined {
  const open: string[] = []
  const rest = xml.replace(
    /<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g,
    (_, end, name, _attributes, single) => {
      if (end && open.pop() !== name) open.push(`</${name}>`)
      if (!end && !single) open.push(name)
      return ''
    },
  )
  if (open.length > 0) return `not closed: ${open.join(' ')}`
  const bare = /[<>]|&(?!(?:amp|lt|gt|quot);)/.exec(rest)
  return bare ? `not escaped: ${rest.slice(bare.index, bare.index + 40)}` : undefined
}

/** Every coordinate in a picture. */
function coordinatesIn(svg: string): readonly string[] {
  return [...svg.matchAll(/ (?:x|y|x1|x2|y1|y2|cx|cy|r|width|height|points)="([^"]*)"/g)].map(
    (match) => match[1] ?? '',
  )
}

describe('the report', () => {
  const report = reportOn(invented())

  it('has a section for each measurement', () => {
    const sections = [...report.markdown.matchAll(/^## (.*)$/gm)].map((match) => match[1])
    expect(sections).to.deep.equal([
      ...['Goals', 'Throughput', 'One hot account', 'Latency at a rate', 'Overload', 'Beside other work'],
      'Card rail',
      ...['Few accounts and many', 'What it costs', 'The books', 'Conditions'],
    ])
  })

  it('shows every chart that it draws', () => {
    const shown = [...report.markdown.matchAll(/\]\(benchmarks\/([^)]*)\)/g)].map((match) => match[1])
    expect(shown).to.have.members(report.charts.map(({ file }) => file))
    expect(shown).to.include.members(['throughput-unary.svg', 'throughput-stream.svg'])
  })

  it('draws well-formed charts with a number in every coordinate', () => {
    for (const { file, svg } of report.charts) {
      expect(flawOf(svg), file).to.equal(undefined)
      expect(coordinatesIn(svg).join(' '), file).to.match(/^[\d., -]+$/)
    }
  })

  it('lists met and missed goals', () => {
    expect(report.markdown).to.include('3 of 4 goals are met.')
    expect(report.markdown).to.match(/over those on many \| at least 1\.4× \| .* \| 3 \| no \|/)
  })

  it('names the discrepancies of the books', () => {
    const measurements = invented()
    const [first, ...others] = measurements.runs
    if (!first) throw new Error('there are runs')
    const damaged: Measurements = {
      ...measurements,
      runs: [{ ...first, discrepancies: ['5.00 are missing'] }, ...others],
    }
    expect(reportOn(damaged).markdown).to.match(/- .*, round 1: 5\.00 are missing/)
    expect(report.markdown).not.to.include('are missing')
  })

  it('omits missing measurements', () => {
    const { markdown, charts } = reportOn({ ...withoutRuns(), goals: [], loading: [] })
    expect(charts).to.deep.equal([])
    expect(markdown).not.to.include('## Throughput')
    expect(markdown).not.to.match(/NaN|Infinity|undefined/)
  })

  it('shows a number in every cell', () => {
    expect(report.markdown).not.to.match(/NaN|Infinity|undefined/)
  })
})

describe('XML errors', () => {
  it('are found', () => {
    expect(flawOf('<a b="c"><d/>e &amp; f</a>')).to.equal(undefined)
    expect(flawOf('<a><b></a></b>')).to.include('not closed')
    expect(flawOf('<a>')).to.include('not closed')
    expect(flawOf('<a>b & c</a>')).to.include('not escaped')
    expect(flawOf('<a>1 < 2</a>')).to.include('not escaped')
    expect(flawOf('<a b="<"/>')).to.include('not escaped')
  })
})

describe('the labels of a chart', () => {
  it('never overlap, keep their order, and stay within bounds', () => {
    const wanted = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(wanted, (heights) => {
        const places = labelPlaces(heights, { gap: 17, from: 0, to: 400 })
        const inOrder = heights
          .map((height, index) => ({ height, place: places[index] ?? Number.NaN }))
          .sort((one, other) => one.place - other.place)
        inOrder.forEach(({ height, place }, index) => {
          const next = inOrder[index + 1]
          expect(place).to.be.within(0, 400)
          if (!next) return
          expect(next.place - place).to.be.at.least(16.999)
          expect(next.height).to.be.at.least(height)
        })
      }),
    )
  })
})

describe('the scales of a chart', () => {
  it('cover every shown value', () => {
    const value = fc.double({ min: 0.001, max: 1e7, noNaN: true })
    fc.assert(
      fc.property(value, value, (one, other) => {
        const [smallest, largest] = [Math.min(one, other), Math.max(one, other)]
        expect(linearScale(largest).at(largest)).to.be.within(0, 1.000_001)
        const log = logScale({ smallest, largest })
        expect(log.at(smallest)).to.be.at.least(-1e-9)
        expect(log.at(largest)).to.be.at.most(1 + 1e-9)
        expect(linearScale(largest).ticks.length).to.be.within(2, 8)
      }),
    )
  })

  it('are logarithmic for counts that span decades, and still hold a count of 0', () => {
    const { label, scale } = countAxis('answers', [0, 10, 10_000])
    expect(label).to.equal('answers, logarithmic')
    expect([0, 10, 100, 10_000].map((count) => scale.at(count).toFixed(3))).to.deep.equal([
      ...['0.000', '0.000', '0.333', '1.000'],
    ])
    expect(countAxis('answers', [400, 10_000]).label).to.equal('answers')
    expect(countAxis('answers', [0]).scale.at(0)).to.equal(0)
  })

  it('put points at the same distance', () => {
    expect([1, 8, 256].map(pointScale([256, 1, 8]).at)).to.deep.equal([0, 0.5, 1])
  })
})
