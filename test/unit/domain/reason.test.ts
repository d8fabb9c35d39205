import { expect } from 'chai'
import { codesOf, reasons } from '../../../src/domain/reason.js'

/** The table of domain.md: what the challenge is answered, and the true response code of ISO 8583 (DE39). */
const table: Readonly<Record<string, { readonly code: string; readonly iso8583: string }>> = {
  APPROVED: { code: '00', iso8583: '00' },
  INSUFFICIENT_BALANCE: { code: '51', iso8583: '51' },
  ACCOUNT_NOT_FOUND: { code: '07', iso8583: '14' },
  ACCOUNT_BLOCKED: { code: '07', iso8583: '62' },
  ACCOUNT_CLOSED: { code: '07', iso8583: '78' },
  AMOUNT_OVER_LIMIT: { code: '07', iso8583: '61' },
  MCC_NOT_PERMITTED: { code: '07', iso8583: '57' },
  ALREADY_REVERSED: { code: '07', iso8583: '94' },
}

/** Ours, for what the table does not speak of: reversals. The response codes are those of ISO 8583 (DE39). */
const reversals: typeof table = {
  REVERSED_AHEAD: { code: '00', iso8583: '00' },
  ORIGINAL_DECLINED: { code: '07', iso8583: '12' },
  ORIGINAL_MISMATCH: { code: '07', iso8583: '64' },
  ORIGINAL_NOT_REVERSIBLE: { code: '07', iso8583: '12' },
  AMOUNT_OVER_REST: { code: '07', iso8583: '13' },
  BALANCE_TOO_LARGE: { code: '07', iso8583: '61' },
}

describe('reason', () => {
  for (const reason of reasons) {
    it(`${reason} is answered with the codes of its table`, () => {
      expect(codesOf(reason)).to.deep.include(
        { ...table, ...reversals }[reason] ?? { missing: 'no row in the table' },
      )
    })
  }

  it('lists each reason once', () => {
    expect(new Set(reasons).size).to.equal(reasons.length)
  })

  it('lists every reason that the ladder of a purchase answers with', () => {
    const ladder = [
      'APPROVED',
      'INSUFFICIENT_BALANCE',
      'ACCOUNT_NOT_FOUND',
      'ACCOUNT_BLOCKED',
      'ACCOUNT_CLOSED',
    ]
    expect(reasons).to.include.members(ladder)
  })

  it('approves purchases with one reason only', () => {
    const approving = reasons.filter((reason) => codesOf(reason).code === '00')
    expect(approving.filter((reason) => reason in table)).to.deep.equal(['APPROVED'])
  })

  it('answers 51 for want of balance only', () => {
    expect(reasons.filter((reason) => codesOf(reason).code === '51')).to.deep.equal(['INSUFFICIENT_BALANCE'])
  })
})
