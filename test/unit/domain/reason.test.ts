import { expect } from 'chai'
import { codesOf, reasons } from '../../../src/domain/reason.js'

type Row = { readonly code: string; readonly iso8583: string; readonly retry: string }

/**
 * The table of the domain: the challenge's code, the true response code of ISO 8583 (DE39), the retry advice.
 */
const table: Readonly<Record<string, Row>> = {
  APPROVED: { code: '00', iso8583: '00', retry: 'NEVER' },
  VERIFIED: { code: '00', iso8583: '00', retry: 'NEVER' },
  INSUFFICIENT_BALANCE: { code: '51', iso8583: '51', retry: 'LATER' },
  ACCOUNT_NOT_FOUND: { code: '07', iso8583: '14', retry: 'NEVER' },
  ACCOUNT_BLOCKED: { code: '07', iso8583: '62', retry: 'LATER' },
  ACCOUNT_CLOSED: { code: '07', iso8583: '46', retry: 'NEVER' },
  CURRENCY_NOT_SUPPORTED: { code: '07', iso8583: '12', retry: 'NEVER' },
  AMOUNT_OVER_LIMIT: { code: '07', iso8583: '61', retry: 'SMALLER' },
  MCC_NOT_PERMITTED: { code: '07', iso8583: '57', retry: 'NEVER' },
  RAIL_NOT_PERMITTED: { code: '07', iso8583: '57', retry: 'NEVER' },
  ALREADY_REVERSED: { code: '07', iso8583: '94', retry: 'NEVER' },
}

/**
 * Our additions for reversals, which the table does not cover. The response codes are those of ISO 8583
 * (DE39).
 */
const reversals: typeof table = {
  REVERSED_BEFORE_PURCHASE: { code: '00', iso8583: '00', retry: 'NEVER' },
  ORIGINAL_DECLINED: { code: '07', iso8583: '12', retry: 'NEVER' },
  ORIGINAL_MISMATCH: { code: '07', iso8583: '64', retry: 'NEVER' },
  ORIGINAL_NOT_REVERSIBLE: { code: '07', iso8583: '12', retry: 'NEVER' },
  AMOUNT_OVER_REMAINDER: { code: '07', iso8583: '13', retry: 'SMALLER' },
  BALANCE_TOO_LARGE: { code: '07', iso8583: '61', retry: 'SMALLER' },
}

/** Reasons of holds and of what follows a purchase. Bookings are approved, whatever they found. */
const followUps: typeof table = {
  ALREADY_CAPTURED: { code: '00', iso8583: '00', retry: 'NEVER' },
  HOLDS_FULL: { code: '07', iso8583: '65', retry: 'LATER' },
  HOLD_NOT_OPEN: { code: '07', iso8583: '12', retry: 'NEVER' },
  CAPTURED: { code: '00', iso8583: '00', retry: 'NEVER' },
  CAPTURED_OVER: { code: '00', iso8583: '00', retry: 'NEVER' },
  CAPTURED_OVER_TOLERANCE: { code: '00', iso8583: '00', retry: 'NEVER' },
  CAPTURED_LATE: { code: '00', iso8583: '00', retry: 'NEVER' },
  CAPTURED_AFTER_DECLINE: { code: '00', iso8583: '00', retry: 'NEVER' },
  CAPTURED_UNSEEN: { code: '00', iso8583: '00', retry: 'NEVER' },
  EXPIRED: { code: '00', iso8583: '00', retry: 'NEVER' },
  ADVISED: { code: '00', iso8583: '00', retry: 'NEVER' },
  ADVICE_OVERRIDES: { code: '00', iso8583: '00', retry: 'NEVER' },
  ADVICE_REVERSED: { code: '00', iso8583: '00', retry: 'NEVER' },
  ALREADY_APPROVED: { code: '00', iso8583: '00', retry: 'NEVER' },
  REFUNDED: { code: '00', iso8583: '00', retry: 'NEVER' },
  REFUNDED_OVER: { code: '00', iso8583: '00', retry: 'NEVER' },
  REFUNDED_UNLINKED: { code: '00', iso8583: '00', retry: 'NEVER' },
  ORIGINAL_NOT_CAPTURED: { code: '07', iso8583: '12', retry: 'NEVER' },
}

describe('reason', () => {
  for (const reason of reasons) {
    it(`${reason} has the codes of its table`, () => {
      expect(codesOf(reason)).to.deep.equal({ ...table, ...reversals, ...followUps }[reason])
    })
  }

  it('lists each reason once', () => {
    expect(new Set(reasons).size).to.equal(reasons.length)
  })

  it('lists every reason that the rules of a purchase give', () => {
    const answers = [
      'APPROVED',
      'INSUFFICIENT_BALANCE',
      'ACCOUNT_NOT_FOUND',
      'ACCOUNT_BLOCKED',
      'ACCOUNT_CLOSED',
    ]
    expect(reasons).to.include.members(answers)
  })

  it('approves purchases with one reason, and verifications with another', () => {
    const approving = reasons.filter((reason) => codesOf(reason).code === '00')
    expect(approving.filter((reason) => reason in table)).to.deep.equal(['APPROVED', 'VERIFIED'])
  })

  it('returns NEVER for every change', () => {
    const done = reasons.filter((reason) => codesOf(reason).code === '00')
    expect(new Set(done.map((reason) => codesOf(reason).retry))).to.deep.equal(new Set(['NEVER']))
  })

  it('answers 51 for lack of balance only', () => {
    expect(reasons.filter((reason) => codesOf(reason).code === '51')).to.deep.equal(['INSUFFICIENT_BALANCE'])
  })
})
