import { expect } from 'chai'
import { compare } from '../../../bench/books/compare.js'
import type { WholeRun } from '../../../bench/load/result.js'

const before = { balance: 10_000n, entries: 50n, negative: 0n }

/** Five ids decided, three of them approved with 300 centavos in all. */
const run: WholeRun = {
  sent: 6,
  ids: 5,
  decided: 5,
  outcomes: [],
  errors: [],
  approved: { count: 3, centavos: '300' },
  approvedByCategory: {},
  unknown: { count: 0, centavos: '0', ids: [] },
  decidedTwice: 0,
  contradicted: 0,
  unexpected: { count: 0, first: undefined },
}
const right = { balance: 9_700n, entries: 55n, negative: 0n }

describe('comparing answers with the database', () => {
  it('finds no difference in equal data', () => {
    expect(compare(run, before, right)).to.deep.equal([])
  })

  const wrong: readonly (readonly [what: string, run: WholeRun, after: typeof right, found: RegExp])[] = [
    [
      'an approval that was never debited',
      run,
      { ...right, balance: 9_701n },
      /^1 centavos were approved and never left/,
    ],
    [
      'a debit that nobody was told of',
      run,
      { ...right, balance: 9_699n },
      /^1 centavos left the wallets that nobody/,
    ],
    ['a lost entry', run, { ...right, entries: 54n }, /^lost: 1 /],
    ['a doubled entry', run, { ...right, entries: 56n }, /^doubled: 1 /],
    ['a wallet below zero', run, { ...right, negative: 1n }, /^1 accounts have a wallet below zero/],
    ['a repeat that was decided anew', { ...run, decidedTwice: 1 }, right, /^1 repeats were decided anew/],
    [
      'a repeat that was answered otherwise',
      { ...run, contradicted: 1 },
      right,
      /^1 repeats were answered otherwise/,
    ],
    [
      'a wrong answer',
      { ...run, unexpected: { count: 1, first: 'x' } },
      right,
      /^1 unexpected answers, the first: x/,
    ],
  ]
  for (const [what, seen, after, found] of wrong) {
    it(`finds ${what}`, () => {
      const discrepancies = compare(seen, before, after)
      expect(discrepancies).to.have.length(1)
      expect(discrepancies[0]).to.match(found)
    })
  }

  describe('with missing answers', () => {
    const unsure = { ...run, unknown: { count: 2, centavos: '150', ids: [] } }

    it('accepts either outcome', () => {
      expect(compare(unsure, before, right)).to.deep.equal([])
      expect(compare(unsure, before, { ...right, balance: 9_550n, entries: 57n })).to.deep.equal([])
    })

    it('finds unexplained differences', () => {
      const discrepancies = compare(unsure, before, { ...right, balance: 9_549n, entries: 58n })
      expect(discrepancies).to.have.length(2)
    })
  })
})
