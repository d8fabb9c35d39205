import { expect } from 'chai'
import fc from 'fast-check'
import { approvalCodeOf } from '../../../src/domain/approval-code.js'

const anyAccount = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/)
const anySeq = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n })

describe('an approval code', () => {
  it('has six characters of 0-9 and A-Z, whatever the account and the entry', () => {
    fc.assert(
      fc.property(anyAccount, anySeq, (account, seq) => {
        expect(approvalCodeOf(account, seq)).to.match(/^[0-9A-Z]{6}$/)
      }),
    )
  })

  it('is another for each of an account’s entries that are fewer than 36^6 apart', () => {
    const anyDistance = fc.bigInt({ min: 1n, max: 36n ** 6n - 1n })
    fc.assert(
      fc.property(
        anyAccount,
        fc.bigInt({ min: 1n, max: 2n ** 40n }),
        anyDistance,
        (account, seq, distance) => {
          expect(approvalCodeOf(account, seq)).not.to.equal(approvalCodeOf(account, seq + distance))
        },
      ),
    )
  })

  it('is the same again only after 36^6 entries', () => {
    expect(approvalCodeOf('a', 1n + 36n ** 6n)).to.equal(approvalCodeOf('a', 1n))
  })

  it('is rarely the same on two accounts', () => {
    const codes = Array.from({ length: 10_000 }, (_, index) => approvalCodeOf(`account-${index}`, 7n))
    expect(new Set(codes).size).to.be.at.least(9_999)
  })

  it('is this one, also in a later release', () => {
    expect(approvalCodeOf('6712b3eb3ec7354864d4274f', 42n)).to.equal('4T6CJQ')
  })
})
