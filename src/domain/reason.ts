/** Why a transaction was decided as it was: a closed set. */
export type Reason = keyof typeof codes

/** What a reason is answered with. */
export type Codes = {
  /** The challenge's answer: 00 approved, 51 insufficient balance, 07 anything else. */
  readonly code: '00' | '51' | '07'
  /** ISO 8583 response code (DE39), in which 07 would mean "pick up card". */
  readonly iso8583: string
}

const codes = {
  APPROVED: { code: '00', iso8583: '00' },
  INSUFFICIENT_BALANCE: { code: '51', iso8583: '51' },
  ACCOUNT_NOT_FOUND: { code: '07', iso8583: '14' },
  ACCOUNT_BLOCKED: { code: '07', iso8583: '62' },
  ACCOUNT_CLOSED: { code: '07', iso8583: '78' },
  MCC_NOT_PERMITTED: { code: '07', iso8583: '57' },
  AMOUNT_OVER_LIMIT: { code: '07', iso8583: '61' },
  ALREADY_REVERSED: { code: '07', iso8583: '94' },
  REVERSED_AHEAD: { code: '00', iso8583: '00' },
  ORIGINAL_DECLINED: { code: '07', iso8583: '12' },
  ORIGINAL_MISMATCH: { code: '07', iso8583: '64' },
  ORIGINAL_NOT_REVERSIBLE: { code: '07', iso8583: '12' },
  AMOUNT_OVER_REST: { code: '07', iso8583: '13' },
  BALANCE_TOO_LARGE: { code: '07', iso8583: '61' },
} as const satisfies Record<string, Codes>

/** The codes that a reason is answered with. */
export function codesOf(reason: Reason): Codes {
  return codes[reason]
}

/** Every reason, for metrics and tables that list them all. */
export const reasons: readonly Reason[] = Object.keys(codes).filter(isReason)

function isReason(text: string): text is Reason {
  return text in codes
}
