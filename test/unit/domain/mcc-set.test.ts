import { expect } from 'chai'
import fc from 'fast-check'
import { commonMcc, hasMcc, mccItemFault, mccItems, mccSet, mccsOf } from '../../../src/domain/mcc-set.js'

const anyCode = fc.integer({ min: 0, max: 9999 }).map((code) => String(code).padStart(4, '0'))
const anyRange = fc
  .tuple(anyCode, fc.integer({ min: 0, max: 40 }))
  .map(([first, more]) => [first, String(Math.min(9999, Number(first) + more)).padStart(4, '0')] as const)
const anyItem = fc.oneof(
  anyCode,
  anyRange.map(([first, last]) => `${first}-${last}`),
)
const anyItems = fc.array(anyItem, { maxLength: 12 })

/** The codes that items name, listed one by one. */
function codesIn(items: readonly string[]): ReadonlySet<string> {
  const codes = new Set<string>()
  for (const item of items) {
    const [first = '', last = first] = item.split('-')
    for (let code = Number(first); code <= Number(last); code++) codes.add(String(code).padStart(4, '0'))
  }
  return codes
}

describe('set of MCCs', () => {
  it('is written as codes and ranges, in ascending order', () => {
    expect(mccItems(mccSet(['5812', '3000-3350', '5811']))).to.deep.equal(['3000-3350', '5811', '5812'])
  })

  it('joins overlapping ranges', () => {
    expect(mccItems(mccSet(['3000-3010', '3005-3020', '3001', '3020']))).to.deep.equal(['3000-3020'])
  })

  it('keeps leading zeros', () => {
    expect(mccItems(mccSet(['0742', '0000-0001']))).to.deep.equal(['0000-0001', '0742'])
  })

  for (const [item, fault] of [
    ['541', 'must be four digits'],
    ['54111', 'must be four digits'],
    ['', 'must be four digits'],
    ['5411 ', 'must be four digits'],
    ['5411-', 'must be four digits'],
    ['5411-5412-5413', 'must be four digits'],
    ['５４１１', 'must be four digits'],
    ['3350-3000', 'ends before it begins'],
  ] as const) {
    it(`rejects ${JSON.stringify(item)}: ${fault}`, () => {
      expect(mccItemFault(item)).to.include(fault)
      expect(() => mccSet(['5411', item])).to.throw(RangeError, fault)
    })
  }

  it('contains exactly the codes of its items, by every way to ask', () => {
    fc.assert(
      fc.property(anyItems, anyCode, (items, code) => {
        const set = mccSet(items)
        const expected = codesIn(items)
        expect([...mccsOf(set)]).to.deep.equal([...expected].sort())
        expect(hasMcc(set, code)).to.equal(expected.has(code))
      }),
    )
  })

  it('is the same set after it is written and read', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        const set = mccSet(items)
        expect(mccSet(mccItems(set))).to.deep.equal(set)
      }),
    )
  })

  it('finds the lowest code that it shares with another', () => {
    fc.assert(
      fc.property(anyItems, anyItems, (a, b) => {
        const inB = codesIn(b)
        const [lowest] = [...codesIn(a)].filter((code) => inB.has(code)).sort()
        expect(commonMcc(mccSet(a), mccSet(b))).to.equal(lowest)
      }),
    )
  })
})
