import { expect } from 'chai'
import type { Mutant, Outcome, Result } from '../../../tools/mutation-test/mutant.js'
import { countsOf, scoreOf, scoreTable } from '../../../tools/mutation-test/score.js'
import { compare, parseExplained } from '../../../tools/mutation-test/survivors.js'

const survived: Outcome = { type: 'SURVIVED' }
const killed: Outcome = { type: 'KILLED', by: 'a test' }

function result(outcome: Outcome, { original = 'a < b', ...given }: Partial<Mutant> = {}): Result {
  const mutant: Mutant = {
    file: 'src/a.ts',
    scope: 'f',
    mutator: 'Comparison',
    start: 0,
    end: 5,
    original,
    replacement: 'a <= b',
    ...given,
  }
  return { mutant, outcome }
}

const list = `
src/a.ts:
  - scope: f
    mutator: Comparison
    original: a < b
    replacement: a <= b
    reason: the same for all that comes here
`

describe('explained survivors', () => {
  const explained = parseExplained(list)

  it('are found again wherever they have moved to, and however they are broken into lines', () => {
    const moved = result(survived, { start: 100, end: 107, original: 'a <\n  b' })
    expect(compare([moved], explained)).to.deep.equal({ explained: 1, unexplained: [], stale: [] })
  })

  it('are reported apart from unexplained ones, which are listed', () => {
    const other = result({ type: 'NOT_COVERED' }, { scope: 'g', original: 'a <\n  b' })
    expect(compare([result(survived), other], explained).unexplained).to.deep.equal([
      {
        file: 'src/a.ts',
        scope: 'g',
        mutator: 'Comparison',
        original: 'a < b',
        replacement: 'a <= b',
        nth: 1,
      },
    ])
  })

  it('are distinguished by their position among equal ones', () => {
    const results = [result(killed), result(survived, { start: 9 })]
    const { unexplained, stale } = compare(results, explained)
    expect(unexplained.map(({ nth }) => nth)).to.deep.equal([2])
    expect(stale.map(({ what }) => what)).to.deep.equal(['is KILLED by a test'])
    const second = parseExplained(`${list}    nth: 2\n`)
    expect(compare(results, second)).to.deep.equal({ explained: 1, unexplained: [], stale: [] })
  })

  it('are stale when they are killed, or rejected, or not there any more', () => {
    const whatOf = (results: readonly Result[]): readonly string[] =>
      compare(results, explained).stale.map(({ what }) => what)
    expect(whatOf([result(killed)])).to.deep.equal(['is KILLED by a test'])
    expect(whatOf([result({ type: 'REJECTED' })])).to.deep.equal(['is REJECTED'])
    expect(whatOf([result(killed, { original: 'a < c' })])).to.deep.equal(['is not there any more'])
  })

  it('of a file that was not tried are not missed', () => {
    expect(compare([result(killed, { file: 'src/b.ts' })], explained).stale).to.deep.equal([])
  })

  it('need a reason, and are listed once', () => {
    expect(() => parseExplained(list.replace(/ {4}reason.*\n/, ''))).to.throw('reason is missing')
    expect(() => parseExplained(list.replace('the same for all that comes here', '""'))).to.throw(
      'reason is missing',
    )
    expect(() => parseExplained(`${list}${list.split('\n').slice(2).join('\n')}`)).to.throw('explained twice')
    expect(() => parseExplained(`${list}    line: 7\n`)).to.throw('nobody knows line')
    expect(() => parseExplained('- a')).to.throw()
  })
})

describe('the score of mutants', () => {
  const results = [
    ...Array.from({ length: 6 }, () => result(killed)),
    result({ type: 'TIMED_OUT', by: 'a test' }),
    result(survived),
    result({ type: 'NOT_COVERED' }),
    result({ type: 'REJECTED' }),
  ]

  it('is the share of noticed mutants, without those that the compiler rejects', () => {
    expect(countsOf(results).mutants).to.equal(9)
    expect(scoreOf(countsOf(results))).to.be.closeTo(700 / 9, 1e-9)
  })

  it('is full without any', () => {
    expect(scoreOf(countsOf([]))).to.equal(100)
  })

  it('is told for each file and each area that was tried', () => {
    const areas = [
      { name: 'one', files: ['src/a.ts', 'src/b.ts'] },
      { name: 'other', files: ['src/c.ts'] },
    ]
    expect(
      scoreTable(areas, results)
        .split('\n')
        .slice(2)
        .map((line) => line.split(/\s{2,}/)),
    ).to.deep.equal([
      ['src/a.ts', '9', '6', '1', '1', '1', '77.8'],
      ['all of the one', '9', '6', '1', '1', '1', '77.8'],
    ])
  })
})
