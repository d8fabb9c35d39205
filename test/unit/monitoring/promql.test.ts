import { expect } from 'chai'
import { partsOf } from '../../monitoring/promql.js'
import { queryProblems } from '../../monitoring/query-problems.js'

describe('the parts of a query', () => {
  it('are its selectors, with their matchers', () => {
    const { selectors } = partsOf(
      'sum by (a) (rate(calls_total{code=~"A|B", job!="x{y}"}[5m])) / (other_total offset 1h > 0.5e-3)',
    )
    expect(selectors).to.deep.equal([
      {
        name: 'calls_total',
        matchers: [
          { label: 'code', operator: '=~', value: 'A|B' },
          { label: 'job', operator: '!=', value: 'x{y}' },
        ],
      },
      { name: 'other_total', matchers: [] },
    ])
  })

  for (const [query, labels] of [
    ['sum by (a, b) (x)', ['a', 'b']],
    ['sum(x) by (a)', ['a']],
    ['x / on (c) group_left (d) y', ['c', 'd']],
    ['sum without () (x)', []],
    ['topk(3, x)', []],
  ] as const) {
    it(`are the labels that it groups by: ${query}`, () => {
      const { grouping, selectors } = partsOf(query)
      expect(grouping).to.deep.equal(labels)
      expect(selectors.map(({ name }) => name)).to.include('x')
    })
  }

  it('are undefined for a selector without a name', () => {
    expect(() => partsOf('{a="b"}')).to.throw(RangeError, 'a selector without a name')
  })
})

describe('problems of a query', () => {
  const exported = new Map([
    [
      'calls_total',
      [
        { method: 'A', code: 'OK' },
        { method: 'B', code: 'OK' },
        { method: 'B', code: 'LOST' },
      ],
    ],
  ])

  for (const [query, problems] of [
    ['calls_total{code="OK", method=~"A|B", job="any", instance=~".*"}', []],
    ['sum by (method, namespace) (rate(calls_total{code!="OK"}[5m])) > 1', []],
    ['up{job="x"} == 0', []],
    ['ALERTS{alertstate="firing"}', []],
    ['call_total', ['there is no call_total']],
    ['calls_total{status="OK"}', ['calls_total has no label status']],
    ['calls_total{code="ok"}', ['calls_total has no code like ^(?:ok)$']],
    ['calls_total{code=~"OK|GONE"}', ['calls_total has no code like ^(?:GONE)$']],
    ['calls_total{code!="GONE"}', ['calls_total has no code like ^(?:GONE)$']],
    [
      'calls_total{method="A", code="LOST"}',
      ['no series of calls_total has all the labels that are asked for together'],
    ],
    ['sum by (reason) (calls_total)', ['nothing in it has the label reason']],
  ] as const) {
    it(`${problems[0] ?? 'are absent'}: ${query}`, () => {
      expect(queryProblems(query, exported)).to.deep.equal(problems)
    })
  }
})
