import { expect } from 'chai'
import fc from 'fast-check'
import { stringPacking } from '../../../../src/storage/account/string-packing.js'
import { account } from './arbitraries.js'

describe('accounts packed into strings', () => {
  it('are what they were', () => {
    fc.assert(
      fc.property(account, (kept) => {
        const packed = stringPacking.pack(kept)
        expect(packed).to.be.a('string')
        expect(stringPacking.unpack(packed)).to.deep.equal(kept)
      }),
    )
  })

  it('keep letters that are not Latin', () => {
    fc.assert(
      fc.property(account, (any) => {
        const kept = { ...any, id: 'açaí ☕ 食' }
        expect(stringPacking.unpack(stringPacking.pack(kept))).to.deep.equal(kept)
      }),
      { numRuns: 10 },
    )
  })
})
