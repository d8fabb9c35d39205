import { status } from '@grpc/grpc-js'
import { codesOf, type Reason } from '../domain/reason.js'
import { closings } from '../grpc/connections/connection-guard.js'
import { servedMethods } from '../grpc/served-methods.js'
import { rejectionReasons } from '../grpc/tokens/token-rejection.js'
import { routeNames } from '../http-api/http-route.js'
import type { LabelSets } from '../observability/metrics/metrics.js'

type Kind = LabelSets['outcomes'][number]['kind']

/** The possible reasons of each kind of decision. `decide` and `reverse` explain them. */
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
}

/** All label values that are known at the start. Every series is exported before its first event. */
export const metricLabels: LabelSets = {
  calls: servedMethods.map(({ path, type }) => {
    const [, service = '', method = ''] = path.split('/')
    return { service, method, type }
  }),
  codes: Object.values(status).filter((name) => typeof name === 'string'),
  outcomes: [...outcomesOf('AUTHORIZATION'), ...outcomesOf('REVERSAL')],
  rejections: rejectionReasons,
  closings,
  httpRoutes: routeNames,
}

function outcomesOf(kind: Kind): LabelSets['outcomes'] {
  return reasonsOf[kind].map((reason) => ({
    kind,
    code: codesOf(reason).code,
    reason,
    moves: reason === 'APPROVED',
  }))
}
