import { expect } from 'chai'
import { defaultHoldPolicy, heldUntil, isWithinTolerance } from '../../../src/domain/hold-policy.js'
import { mccSet } from '../../../src/domain/mcc-set.js'

const at = new Date('2026-01-02T03:04:05.678Z')
const policy = {
  days: 3,
  rules: [
    { mccs: mccSet(['3000-3999']), days: 30, overPercent: 15 },
    { mccs: mccSet(['3500']), days: 1 },
  ],
}

describe('duration of a hold', () => {
  for (const [what, asked, end] of [
    ['is that of the request', { mcc: '3001', expiresInSeconds: 60 }, '2026-01-02T03:05:05.678Z'],
    ['is that of the first rule with the MCC', { mcc: '3500' }, '2026-02-01T03:04:05.678Z'],
    ['is that of the policy without a rule', { mcc: '5411' }, '2026-01-05T03:04:05.678Z'],
    ['is 31 days at most', { mcc: '5411', expiresInSeconds: 9_999_999 }, '2026-02-02T03:04:05.678Z'],
  ] as const) {
    it(what, () => {
      expect(heldUntil(policy, { ...asked, at })).to.deep.equal(new Date(end))
    })
  }

  it('is 7 days by default', () => {
    expect(heldUntil(defaultHoldPolicy, { mcc: '5812', at })).to.deep.equal(
      new Date('2026-01-09T03:04:05.678Z'),
    )
  })
})

describe('tolerance of a hold', () => {
  for (const [mcc, approved, captured, isWithin] of [
    ['3001', 100n, 115n, true],
    ['3001', 100n, 116n, false],
    // 115 % of 99 are 113.85: nobody rounds up.
    ['3001', 99n, 113n, true],
    ['3001', 99n, 114n, false],
    ['5411', 100n, 100n, true],
    ['5411', 100n, 101n, false],
  ] as const) {
    it(`${isWithin ? 'includes' : 'excludes'} ${captured} of ${approved} for the MCC ${mcc}`, () => {
      expect(isWithinTolerance(policy, { mcc, approved, captured })).to.equal(isWithin)
    })
  }
})
