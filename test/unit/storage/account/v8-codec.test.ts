import { expect } from 'chai'
import fc from 'fast-check'
import { v8Codec } from '../../../../src/storage/account/v8-codec.js'
import { account } from './arbitraries.js'

describe('accounts packed into strings', () => {
  it('are unpacked unchanged', () => {
    fc.assert(
      fc.property(account, (kept) => {
        const packed = v8Codec.pack(kept)
        expect(Object.values(packed as object).map((part) => typeof part)).to.deep.equal(['string', 'string'])
        expect(v8Codec.unpack(packed)).to.deep.equal(kept)
      }),
    )
  })

  it('keep letters beyond Latin', () => {
    fc.assert(
      fc.property(account, (any) => {
        const kept = { ...any, id: 'açaí ☕ 食' }
        expect(v8Codec.unpack(v8Codec.pack(kept))).to.deep.equal(kept)
      }),
      { numRuns: 10 },
    )
  })
})
