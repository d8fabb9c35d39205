/** Why a transaction was approved or declined: a closed set. */
export type Reason = keyof typeof codes

/** The codes that answer a reason. */
export type Codes = {
  /** The challenge's answer: 00 approved, 51 insufficient balance, 07 anything else. */
  readonly code: '00' | '51' | '07'
  /** ISO 8583 response code (DE39), where 07 would mean "pick up card". */
  readonly iso8583: string
  readonly retry: Retry
}

/**
 * Whether the caller may try again under a new transaction id. NEVER: no, the result would be the same, or
 * the first attempt succeeded. LATER: yes, once the account has changed. SMALLER: yes, with a smaller amount.
 */
export type Retry = 'NEVER' | 'LATER' | 'SMALLER'

const codes = {
  APPROVED: { code: '00', iso8583: '00', retry: 'NEVER' },
  VERIFIED: { code: '00', iso8583: '00', retry: 'NEVER' },
  INSUFFICIENT_BALANCE: { code: '51', iso8583: '51', retry: 'LATER' },
  ACCOUNT_NOT_FOUND: { code: '07', iso8583: '14', retry: 'NEVER' },
  ACCOUNT_BLOCKED: { code: '07', iso8583: '62', retry: 'LATER' },
  // Not 78, "not unlocked yet": terminals retry it.
  ACCOUNT_CLOSED: { code: '07', iso8583: '46', retry: 'NEVER' },
  CURRENCY_NOT_SUPPORTED: { code: '07', iso8583: '12', retry: 'NEVER' },
  MCC_NOT_PERMITTED: { code: '07', iso8583: '57', retry: 'NEVER' },
  RAIL_NOT_PERMITTED: { code: '07', iso8583: '57', retry: 'NEVER' },
  AMOUNT_OVER_LIMIT: { code: '07', iso8583: '61', retry: 'SMALLER' },
  ALREADY_REVERSED: { code: '07', iso8583: '94', retry: 'NEVER' },
  REVERSED_BEFORE_PURCHASE: { code: '00', iso8583: '00', retry: 'NEVER' },
  ORIGINAL_DECLINED: { code: '07', iso8583: '12', retry: 'NEVER' },
  ORIGINAL_MISMATCH: { code: '07', iso8583: '64', retry: 'NEVER' },
  ORIGINAL_NOT_REVERSIBLE: { code: '07', iso8583: '12', retry: 'NEVER' },
  AMOUNT_OVER_REMAINDER: { code: '07', iso8583: '13', retry: 'SMALLER' },
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
  BALANCE_TOO_LARGE: { code: '07', iso8583: '61', retry: 'SMALLER' },
} as const satisfies Record<string, Codes>

/** Returns the codes that answer a reason. */
export function codesOf(reason: Reason): Codes {
  return codes[reason]
}

/** All reasons, for metrics and tables. */
export const reasons: readonly Reason[] = Object.keys(codes).filter(isReason)

function isReason(text: string): text is Reason {
  return text in codes
}
