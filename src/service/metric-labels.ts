import { status } from '@grpc/grpc-js'
import { codesOf, type Reason } from '../domain/reason.js'
import { closings } from '../grpc/connections/connection-guard.js'
import { servedMethods } from '../grpc/served-methods.js'
import { rejectionReasons } from '../grpc/tokens/token-rejection.js'
import { routeNames } from '../http-api/http-route.js'
import type { LabelSets } from '../observability/metrics/metrics.js'

type Kind = LabelSets['outcomes'][number]['kind']

/** The possible reasons of each kind of decision. The decide functions of the domain explain them. */
const reasonsOf: Readonly<Record<Kind, readonly Reason[]>> = {
  AUTHORIZATION: [
    'APPROVED',
    'VERIFIED',
    'INSUFFICIENT_BALANCE',
    'ACCOUNT_NOT_FOUND',
    'ACCOUNT_BLOCKED',
    'ACCOUNT_CLOSED',
    'CURRENCY_NOT_SUPPORTED',
    'MCC_NOT_PERMITTED',
    'RAIL_NOT_PERMITTED',
    'AMOUNT_OVER_LIMIT',
    'ALREADY_REVERSED',
    'ALREADY_CAPTURED',
    'HOLDS_FULL',
  ],
  REVERSAL: [
    'APPROVED',
    'REVERSED_BEFORE_PURCHASE',
    'ALREADY_REVERSED',
    'ORIGINAL_DECLINED',
    'ORIGINAL_MISMATCH',
    'ORIGINAL_NOT_REVERSIBLE',
    'AMOUNT_OVER_REMAINDER',
    'BALANCE_TOO_LARGE',
  ],
  INCREMENT: [
    'APPROVED',
    'INSUFFICIENT_BALANCE',
    'ACCOUNT_NOT_FOUND',
    'ACCOUNT_BLOCKED',
    'ACCOUNT_CLOSED',
    'CURRENCY_NOT_SUPPORTED',
    'HOLD_NOT_OPEN',
    'AMOUNT_OVER_LIMIT',
  ],
  CAPTURE: [
    'CAPTURED',
    'CAPTURED_OVER',
    'CAPTURED_OVER_TOLERANCE',
    'CAPTURED_LATE',
    'CAPTURED_AFTER_DECLINE',
    'CAPTURED_UNSEEN',
    'ALREADY_CAPTURED',
    'ACCOUNT_NOT_FOUND',
  ],
  ADVICE: [
    'ADVISED',
    'ADVICE_OVERRIDES',
    'ADVICE_REVERSED',
    'ALREADY_APPROVED',
    'ALREADY_CAPTURED',
    'ACCOUNT_NOT_FOUND',
  ],
  REFUND: [
    'REFUNDED',
    'REFUNDED_OVER',
    'REFUNDED_UNLINKED',
    'ORIGINAL_NOT_CAPTURED',
    'AMOUNT_OVER_REMAINDER',
    'BALANCE_TOO_LARGE',
    'ACCOUNT_NOT_FOUND',
  ],
}

/** The reasons with which money moves. A reversal before its purchase moves some only after a capture. */
const moving: ReadonlySet<Reason> = new Set<Reason>([
  'APPROVED',
  'CAPTURED',
  'CAPTURED_OVER',
  'CAPTURED_OVER_TOLERANCE',
  'CAPTURED_LATE',
  'CAPTURED_AFTER_DECLINE',
  'CAPTURED_UNSEEN',
  'ADVISED',
  'ADVICE_OVERRIDES',
  'REFUNDED',
  'REFUNDED_OVER',
  'REFUNDED_UNLINKED',
])

const kinds = [
  'AUTHORIZATION',
  'REVERSAL',
  'INCREMENT',
  'CAPTURE',
  'ADVICE',
  'REFUND',
] as const satisfies Kind[]

/** All label values that are known at the start. Every series is exported before its first event. */
export const metricLabels: LabelSets = {
  calls: servedMethods.map(({ path, type }) => {
    const [, service = '', method = ''] = path.split('/')
    return { service, method, type }
  }),
  codes: Object.values(status).filter((name) => typeof name === 'string'),
  outcomes: [...kinds.flatMap(outcomesOf), ...advisedReversals()],
  rejections: rejectionReasons,
  closings,
  httpRoutes: routeNames,
}

function outcomesOf(kind: Kind): LabelSets['outcomes'] {
  return reasonsOf[kind].map((reason) => ({
    kind,
    code: codesOf(reason).code,
    reason,
    moves: moving.has(reason),
  }))
}

/** A reversal that is an advice is answered with 00, whatever its reason. */
function advisedReversals(): LabelSets['outcomes'] {
  return outcomesOf('REVERSAL').flatMap((outcome) =>
    outcome.code === '00' ? [] : [{ ...outcome, code: '00' }],
  )
}
